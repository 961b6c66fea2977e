/**
 * How a run's `start`, `end` and what is said between are written, and where the ledger's lines lie. A run that ends settles what it has still
 * reserved, and its end says what the ledger says it cost: one change set. The ledger is loaded with its first use.
 */
import type { Actor } from '../protocol/actor.ts';
import { decodeText } from '../protocol/bytes.ts';
import type { DeviceId, VersionVector } from '../protocol/entry.ts';
import { fail, type Result } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import { LEDGER } from '../protocol/formats/ledger.ts';
import { emptyUsage, type RunRecord } from '../protocol/formats/records.ts';
import type { Path } from '../protocol/paths.ts';
import type { Fs } from '../fs/fs.ts';
import type { Ledger } from '../process/ledger.ts';
import type { LazyLedger } from '../syscalls/kernel.ts';

type LedgerParts = { fs: Fs; device: DeviceId; vector: () => VersionVector; now: () => number };

export const createLazyLedger = ({ fs, device, vector, now }: LedgerParts): LazyLedger => {
  let ledger: Ledger | undefined;
  const read = async (path: Path): Promise<string> => {
    const found = await fs.read(path, { as: 'bytes' });
    if (!found.ok) return fail(found.error.code, found.error.message, { path });
    return decodeText(found.value.content as Uint8Array) ?? '';
  };
  const list = () => fs.files(LEDGER).map(({ path }) => ({ path, revision: fs.stat(path)?.revision ?? '' }));
  return {
    opened: () => ledger,
    open: async () => {
      const { createLedger } = await import('../process/ledger.ts');
      await fs.whole();
      ledger ??= createLedger({ device, devices: () => Object.keys(vector()), files: { list, read }, now });
      await ledger.load();
      return ledger;
    },
  };
};

type Parts = { fs: Fs; ledger: () => Ledger | undefined; now: () => number };

const UNHEARD = 'The run ended before it was known what this call used. All that was reserved counts as spent.';

export const createRunRecords =
  ({ fs, ledger, now }: Parts) =>
  async (
    file: Path,
    record: RunRecord,
    { actor, id: run }: { actor: Actor; id: string },
    also: readonly Change[],
  ): Promise<Result<unknown>> => {
    // Whoever takes a run up says so each time anew.
    const cause = record.t === 'note' ? '' : `${run}:${record.t}`;
    const author = { actor, message: `Run ${run}: ${record.t}`, run, cause };
    const line = (what: RunRecord): string => `${JSON.stringify(what)}\n`;
    if (record.t === 'start')
      return fs.write([{ op: 'put', path: file, content: line(record), base: null }, ...also], author);
    if (record.t !== 'end') return fs.write([{ op: 'append', path: file, content: line(record) }, ...also], author);
    const book = ledger();
    const open = book?.openOf(run);
    const settled = open && book?.settle(open, 'unknown', emptyUsage(), now(), UNHEARD);
    const cost = book?.ofRun(run);
    const end = cost ? { ...record, usage: cost.usage, usd: cost.nano / 1e9 } : record;
    const changes: Change[] = [
      { op: 'append', path: file, content: line(end) },
      ...(settled ? [settled.change] : []),
      ...also,
    ];
    const written = await fs.write(changes, author);
    if (!written.ok && open) book?.reopen(open.id);
    return written;
  };

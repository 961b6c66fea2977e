/**
 * Settling: what a call cost takes the place of what was reserved for it, together with the run's record of the call.
 */
import { ok, type Result } from '../protocol/errors.ts';
import type { How } from '../protocol/formats/ledger.ts';
import { emptyUsage, RUNS, type RunRecord, type Usage } from '../protocol/formats/records.ts';
import type { RevisionId } from '../protocol/entry.ts';
import { usdOf } from '../protocol/money.ts';
import type { Path } from '../protocol/paths.ts';
import type { Account } from '../process/ledger.ts';
import { authorOf, type Caller, type Kernel } from './kernel.ts';

export const UNKNOWN =
  'What this call used is not known: nothing was heard of how it ended. All that was reserved counts as spent.';

type Ending = { how: How; usage?: Usage; words?: string };

const isCount = (value: unknown): boolean => value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0);

/** What a run's record says of a call. Numbers that are none, from a server that counts oddly, say nothing. */
export const usageIn = (record: Record<string, unknown>): Ending => {
  const usage = { ...emptyUsage(), ...(record['usage'] as Partial<Usage>) };
  const how = record['how'] === 'none' || record['how'] === 'unknown' ? record['how'] : 'reported';
  const words = typeof record['text'] === 'string' ? { words: record['text'] } : {};
  if (!Object.values(usage).every(isCount) || (usage.cacheWriteHour ?? 0) > usage.cacheWrite) return { how: 'unknown' };
  return { how, usage, ...words };
};

/** `recordOf` makes the run's record of the call, once it is known what it cost. */
export const settle = async (
  kernel: Kernel,
  caller: Pick<Caller, 'actor' | 'run' | 'cause'>,
  file: Path,
  account: Account,
  { how, usage = emptyUsage(), words = how === 'unknown' ? UNKNOWN : undefined }: Ending,
  recordOf?: (usd: number) => RunRecord,
): Promise<Result<{ revision: RevisionId }>> => {
  const ledger = await kernel.ledger.open();
  const now = kernel.now();
  const { line, change } = ledger.settle(account, how, usage, now, words);
  const usd = usdOf(line.nano);
  const record = recordOf?.(usd) ?? {
    t: 'spent',
    at: line.at,
    model: account.model,
    usage,
    usd,
    how,
    ...(words === undefined ? {} : { text: words }),
  };
  const written = await kernel.fs.write(
    [{ op: 'append', path: file, content: `${JSON.stringify(record)}\n` }, change],
    authorOf(caller, `Step of run ${account.run}: ${record.t}`),
  );
  if (written.ok) return ok({ revision: written.value.revisions[0] ?? '' });
  ledger.reopen(account.id);
  return written;
};

/** Nothing comes after the end of a run. */
const hasEnded = async (kernel: Kernel, file: Path): Promise<boolean> => {
  const read = await kernel.fs.read(file, { as: 'text' });
  const last = read.ok ? String(read.value.content).trimEnd().split('\n').at(-1) : undefined;
  return last !== undefined && (JSON.parse(last) as RunRecord).t === 'end';
};

/**
 * [M4] At boot: what an earlier kernel reserved and did not settle. Whether the model answered, nobody knows. Where the
 * run's record is gone or closed, the ledger alone says so.
 */
export const settleReservations = async (kernel: Kernel): Promise<void> => {
  const ledger = await kernel.ledger.open();
  if (ledger.open().length === 0) return;
  const listed = await kernel.fs.list(RUNS, { limit: 10_000 });
  const days = listed.ok ? listed.value.entries.map(({ path }) => path).reverse() : [];
  for (const account of ledger.open()) {
    const file = days.map((day) => `${day}/${account.run}.jsonl`).find((path) => kernel.fs.stat(path));
    const author = { actor: account.actor, run: account.run, cause: '' };
    if (file !== undefined && !(await hasEnded(kernel, file))) {
      await settle(kernel, author, file, account, { how: 'unknown' });
      continue;
    }
    const { change } = ledger.settle(account, 'unknown', emptyUsage(), kernel.now(), UNKNOWN);
    const written = await kernel.fs.write([change], { ...author, message: `Settles ${account.id}` });
    if (!written.ok) ledger.reopen(account.id);
  }
};

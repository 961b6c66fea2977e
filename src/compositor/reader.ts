/**
 * Reads for one surface, remembered by revision: after a change only the changed files are read and parsed again, and
 * rows that did not change stay the same objects, so what is drawn of them stays in place.
 */
import type { SysError } from '../../kernel/protocol/errors.ts';
import type { Stat } from '../../kernel/protocol/files.ts';
import type { Path } from '../../kernel/protocol/paths.ts';
import type { ReadHandle } from '../../kernel/protocol/stub.ts';
import { decode, fileRow, type As, type Decoded } from './decode.ts';
import { asProposal, proposalRow, runSummary, type RunSummary } from './records.ts';

const MAX_KEPT = 2000;
const MAX_KEPT_BYTES = 256_000;
const MAX_TEXT_BYTES = 4_000_000;
const END_BYTES = 64_000;

export type Reader = {
  handle: ReadHandle;
  /** A file whose Stat is known, as rows. */
  rows: (stat: Stat, as: As, at?: string) => Promise<Decoded>;
  /** A file by path; undefined when it is not there. */
  file: (path: Path, as: As, at?: string) => Promise<Decoded | undefined>;
  /** A proposal's file as one row that knows its proposal. */
  proposal: (stat: Stat) => Promise<Decoded>;
  run: (stat: Stat) => Promise<RunSummary | undefined>;
};

const NOTHING: Decoded = { rows: [], problems: [] };

const isAbsence = (error: SysError): boolean => error.code === 'ENOENT' || error.code === 'ENOTDIR';
const unreadable = (path: Path, message: string): Decoded => ({ rows: [], problems: [{ path, message }] });
const asText = (content: string | Uint8Array): string =>
  typeof content === 'string' ? content : new TextDecoder().decode(content);

const toProposal = ({ rows, problems }: Decoded, stat: Stat): Decoded => {
  const proposal = rows[0] && asProposal(rows[0].data);
  if (proposal) return { rows: [proposalRow(proposal, stat)], problems };
  return problems.length > 0 ? { rows: [], problems } : unreadable(stat.path, 'is not a proposal.');
};

export const createReader = (handle: ReadHandle): Reader => {
  const kept = new Map<string, { revision: string; value: Promise<unknown> }>();

  /**
   * What was made of this revision before, or what `make` makes of it now. Kept while it is being made, so that two
   * panels over one file share its rows. `undefined` is a failure, and not kept.
   */
  const once = <T>(what: string, stat: Stat, make: () => Promise<T | undefined>): Promise<T | undefined> => {
    const key = `${what} ${stat.path}`;
    const hit = kept.get(key);
    if (hit?.revision === stat.revision) return hit.value as Promise<T | undefined>;
    const value = make();
    kept.delete(key);
    if (what !== 'files' && stat.size > MAX_KEPT_BYTES) return value;
    kept.set(key, { revision: stat.revision, value });
    const forget = (): void => void (kept.get(key)?.value === value && kept.delete(key));
    value.then((made) => made === undefined && forget(), forget);
    const oldest = kept.size > MAX_KEPT ? kept.keys().next() : undefined;
    if (oldest && !oldest.done) kept.delete(oldest.value);
    return value;
  };

  /** The text of a file and what it is of; a reason why not; undefined when it is not there. */
  const textOf = async (path: Path): Promise<{ text: string; stat: Stat } | { why: Decoded } | undefined> => {
    const read = await handle.read(path, { as: 'text', length: MAX_TEXT_BYTES + 1 });
    if (!read.ok) return isAbsence(read.error) ? undefined : { why: unreadable(path, read.error.message) };
    const { content, stat } = read.value;
    if (typeof content !== 'string') return { why: unreadable(path, 'is not text.') };
    if (content.length <= MAX_TEXT_BYTES) return { text: content, stat };
    return { why: unreadable(path, `is ${stat.size} bytes long; a panel reads at most ${MAX_TEXT_BYTES}.`) };
  };

  const file: Reader['file'] = async (path, as, at) => {
    const read = await textOf(path);
    if (!read || 'why' in read) return read?.why;
    return once(`${as} ${at ?? ''}`, read.stat, () => Promise.resolve(decode(as, read.stat, read.text, at)));
  };

  const rows: Reader['rows'] = async (stat, as, at) => {
    if (as === 'files') {
      return (await once('files', stat, () => Promise.resolve({ rows: [fileRow(stat)], problems: [] }))) ?? NOTHING;
    }
    const decoded = await once(`${as} ${at ?? ''}`, stat, async () => {
      const read = await textOf(stat.path);
      return !read || 'why' in read ? read?.why : decode(as, read.stat, read.text, at);
    });
    // A file that went away between listing and reading is simply not there.
    return decoded ?? NOTHING;
  };

  const run: Reader['run'] = async (stat) => {
    const found = await once('run', stat, async () => {
      // A long run's first and last lines say what it came to; what stands between is its story.
      const whole = stat.size <= 2 * END_BYTES;
      const parts = whole ? [{}] : [{ length: END_BYTES }, { offset: stat.size - END_BYTES }];
      const texts: string[] = [];
      for (const part of parts) {
        const read = await handle.read(stat.path, { as: 'bytes', ...part });
        if (!read.ok) return undefined;
        texts.push(asText(read.value.content));
      }
      return { summary: runSummary(texts.join('\n'), whole) };
    });
    return found?.summary;
  };

  return {
    handle,
    file,
    rows,
    run,
    proposal: async (stat) =>
      (await once('proposal', stat, async () => toProposal(await rows(stat, 'json'), stat))) ?? NOTHING,
  };
};

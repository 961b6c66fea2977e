/**
 * Runs from their files: the first and last record of the newest ones (who, what, how it ended, what it cost), and one
 * run whole. A run file only grows, so what did not grow is not read again.
 */
import { ok, type Result } from '../../kernel/protocol/errors.ts';
import type { Stat } from '../../kernel/protocol/files.ts';
import { parseRecord, parseRun, RUNS, type RunRecord } from '../../kernel/protocol/formats/records.ts';
import type { Client } from './client.ts';
import { useClient } from './context.ts';
import { createLive, listAll, type Live } from './live.ts';

export type Start = Extract<RunRecord, { t: 'start' }>;
export type End = Extract<RunRecord, { t: 'end' }>;

/** `end` is absent while it runs, or when its kernel was lost before it could say how it ended. */
export type RunHead = { path: string; start: Start; end?: End };

const HEAD_BYTES = 8_192;
const TAIL_BYTES = 16_384;

const textOf = (content: string | Uint8Array): string =>
  typeof content === 'string' ? content : new TextDecoder().decode(content);

const lastOf = (text: string): RunRecord | undefined => parseRecord(text.trimEnd().split('\n').at(-1) ?? '');

const readHead = async (client: Client, stat: Stat): Promise<RunHead | undefined> => {
  const whole = stat.size <= HEAD_BYTES + TAIL_BYTES;
  const first = await client.stub.read(stat.path, { as: 'bytes', ...(whole ? {} : { length: HEAD_BYTES }) });
  if (!first.ok) return undefined;
  let text = textOf(first.value.content);
  const start = parseRun(text.slice(0, text.indexOf('\n') + 1 || undefined))[0] ?? (await readWholeStart(client, stat));
  if (start?.t !== 'start') return undefined;
  if (!whole) {
    const last = await client.stub.read(stat.path, { as: 'bytes', offset: stat.size - TAIL_BYTES });
    if (last.ok) text = textOf(last.value.content);
  }
  let end = lastOf(text);
  if (!whole && end === undefined) {
    // The last record is longer than the tail that was read.
    const file = await client.stub.read(stat.path, { as: 'text' });
    if (file.ok) end = lastOf(textOf(file.value.content));
  }
  return { path: stat.path, start, ...(end?.t === 'end' ? { end } : {}) };
};

/** A prompt may be longer than a head: then the whole file is read to find its first line. */
const readWholeStart = async (client: Client, stat: Stat): Promise<RunRecord | undefined> => {
  const file = await client.stub.read(stat.path, { as: 'text' });
  return file.ok ? parseRun(textOf(file.value.content))[0] : undefined;
};

export type HeadReader = (limit: number, wanted?: (head: RunHead) => boolean) => Promise<Result<RunHead[]>>;

/** Reads the newest run heads, newest first; remembers what it read as long as the file does not grow. */
export const createHeadReader = (client: Client): HeadReader => {
  const known = new Map<string, { size: number; head: RunHead | undefined }>();
  const headOf = async (stat: Stat): Promise<RunHead | undefined> => {
    const before = known.get(stat.path);
    if (before?.size === stat.size) return before.head;
    const head = await readHead(client, stat);
    known.set(stat.path, { size: stat.size, head });
    return head;
  };
  return async (limit, wanted = () => true) => {
    const days = await listAll(client, RUNS);
    if (!days.ok) return days;
    const heads: RunHead[] = [];
    for (const day of days.value.filter((stat) => stat.kind === 'dir').sort((a, b) => (a.path < b.path ? 1 : -1))) {
      const files = await listAll(client, day.path);
      if (!files.ok) return files;
      const read = await Promise.all(files.value.filter((stat) => stat.path.endsWith('.jsonl')).map(headOf));
      heads.push(
        ...read
          .filter((head): head is RunHead => head !== undefined && wanted(head))
          .sort((a, b) => (a.start.at < b.start.at ? 1 : -1)),
      );
      if (heads.length >= limit) break;
    }
    return ok(heads.slice(0, limit));
  };
};

/** The newest runs that are wanted, followed. */
export const createRuns = (limit: number, wanted?: (head: RunHead) => boolean): Live<RunHead[]> => {
  const read = createHeadReader(useClient());
  return createLive(
    () => `${RUNS}/*/*.jsonl`,
    () => read(limit, wanted),
  );
};

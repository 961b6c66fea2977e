/**
 * A copy of every file that can be read, in zip archives, with a report of what could not. It asks the kernel only to
 * list and to read, so it works on a damaged journal as well: one file that cannot be read does not stop the others.
 */
import { ok, type Result } from '../../kernel/protocol/errors.ts';
import type { Stat } from '../../kernel/protocol/files.ts';
import type { Stub } from '../../kernel/protocol/stub.ts';
import type { ListValue } from '../../kernel/protocol/syscalls.ts';
import type { Limits } from './archive.ts';

export type Unread = { path: string; why: string };
export type CopyProgress = { done: number; total: number; bytes: number; unread: number };
export type Copied = { parts: Blob[]; files: number; bytes: number; unread: Unread[] };

export type CopyOptions = {
  stub: Pick<Stub, 'list' | 'read'>;
  /** When, for the report. */
  now: Date;
  signal: AbortSignal;
  onProgress: (progress: CopyProgress) => void;
  limits?: Limits;
};

const ROOTS = ['/workspace', '/programs', '/system'];
const DEPTH = 64;
const PAGE = 10_000;
export const REPORT = 'allod-copy.txt';

const listBelow = async (stub: CopyOptions['stub'], folder: string): Promise<Result<Stat[]>> => {
  const entries: Stat[] = [];
  let cursor: string | undefined;
  do {
    const page: Result<ListValue> = await stub.list(folder, {
      depth: DEPTH,
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    });
    if (!page.ok) return page.error.code === 'ENOENT' ? ok(entries) : page;
    entries.push(...page.value.entries);
    cursor = page.value.cursor;
  } while (cursor !== undefined);
  return ok(entries);
};

/** Undefined when it was stopped: then nothing is kept of it. */
export const copyFiles = async ({
  stub,
  now,
  signal,
  onProgress,
  limits,
}: CopyOptions): Promise<Copied | undefined> => {
  const { createArchive } = await import('./archive.ts');
  const archive = createArchive(limits);
  const unread: Unread[] = [];
  const entries: Stat[] = [];
  for (const root of ROOTS) {
    const listed = await listBelow(stub, root);
    if (listed.ok) for (const stat of listed.value) entries.push(stat);
    else unread.push({ path: root, why: listed.error.message });
  }
  const total = entries.filter(({ kind }) => kind === 'file').length;
  let done = 0;
  let files = 0;
  let bytes = 0;
  for (const stat of entries) {
    if (signal.aborted) return undefined;
    const name = stat.path.slice(1);
    if (stat.kind === 'dir') {
      await archive.add(`${name}/`, new Uint8Array(), new Date(stat.at));
      continue;
    }
    const read = await stub.read(stat.path, { as: 'bytes' });
    if (read.ok) {
      const { content } = read.value;
      const raw = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      await archive.add(name, raw, new Date(stat.at));
      files += 1;
      bytes += raw.length;
    } else unread.push({ path: stat.path, why: `${read.error.code}: ${read.error.message}` });
    done += 1;
    onProgress({ done, total, bytes, unread: unread.length });
  }
  if (signal.aborted) return undefined;
  await archive.add(REPORT, new TextEncoder().encode(reportOf(now, files, unread)), now);
  return { parts: archive.finish(), files, bytes, unread };
};

const reportOf = (now: Date, files: number, unread: readonly Unread[]): string =>
  [
    `A copy of an Allod workspace, made ${now.toISOString()}.`,
    `${files} files, as they were at that moment. Former versions are not in it.`,
    unread.length === 0 ? 'Every file could be read.' : `${unread.length} could not be read:`,
    ...unread.map(({ path, why }) => `${path}\n    ${why}`),
    '',
  ].join('\n');

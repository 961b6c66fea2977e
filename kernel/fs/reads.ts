/**
 * Reading the file system: now, as it was, listed, with history and with authorship.
 * [F6] Nobody is shown what is not durable yet: an answer is kept back until everything it was made from is on disk, and
 * made again when that was rolled back meanwhile. It does not wait for what is written after it.
 */
import { decodeText } from '../protocol/bytes.ts';
import { revisionOf } from '../protocol/entry.ts';
import { fail, ok, SysFailure, type Result } from '../protocol/errors.ts';
import type { Revision, Stat } from '../protocol/files.ts';
import type { Log } from '../protocol/log.ts';
import { join, type Path } from '../protocol/paths.ts';
import type { BlameRun, HistoryValue, ListValue, ReadValue } from '../protocol/syscalls.ts';
import type { Contents, Past, Was } from './contents.ts';
import type { HistRow } from './hist-store.ts';
import { toRevision, type Histories } from './history.ts';
import { newestOf } from './timeline.ts';
import { inTime } from './generations.ts';
import type { Tree, TreeNode } from './tree.ts';

export type ReadOptions = {
  at?: string | undefined;
  as?: 'text' | 'bytes' | undefined;
  offset?: number | undefined;
  length?: number | undefined;
};
export type ListOptions = { depth?: number | undefined; limit?: number | undefined; cursor?: string | undefined };

export type Reads = {
  read: (path: Path, options?: ReadOptions) => Promise<Result<ReadValue>>;
  list: (path: Path, options?: ListOptions) => Promise<Result<ListValue>>;
  history: (path: Path, options?: ListOptions) => Promise<Result<HistoryValue>>;
  blame: (path: Path) => Promise<Result<{ runs: BlameRun[] }>>;
  /** Every file below a folder as it is now, in path order. */
  files: (under: Path) => { node: TreeNode; path: Path }[];
};

type Options = {
  tree: () => Tree;
  log: Log;
  contents: Contents;
  histories: Histories;
  /** Everything staged so far is durable, or rolled back and gone from the tree. */
  ready: () => Promise<void>;
  /** The folders that lead to a path are read; without one, every folder. */
  reach: (path?: Path) => Promise<void>;
};

/** A refusal thrown deep inside, as the answer it is; a bug stays a bug. */
export const refused = (cause: unknown): Result<never> => {
  if (cause instanceof SysFailure) return { ok: false, error: cause.error };
  throw cause;
};

export const createReads = ({ tree, log, contents, histories, ready, reach }: Options): Reads => {
  /** Answer from what stands now, told once it is durable; looked at anew when it was rolled back meanwhile. */
  const shown = async <T>(path: Path | undefined, look: () => T | Promise<T>): Promise<Result<T>> => {
    try {
      for (;;) {
        await ready();
        await reach(path);
        const seen = tree();
        const looked = await Promise.resolve()
          .then(look)
          .then(ok, (cause: unknown) => ({ ok: false as const, cause }));
        await ready();
        if (tree() !== seen) continue;
        return looked.ok ? looked : refused(looked.cause);
      }
    } catch (cause) {
      return refused(cause);
    }
  };

  const noFile = (path: Path): never => fail('ENOENT', `There is no file at ${path}.`, { path });
  const isFolder = (path: Path): never => fail('EISDIR', `${path} is a folder. List it instead.`, { path });

  const slice = (path: Path, content: Past, bytes: Uint8Array | undefined, o: ReadOptions): string | Uint8Array => {
    const from = o.offset ?? 0;
    const to = o.length === undefined ? undefined : from + o.length;
    const text = content.as === 'text' ? content.text : bytes && decodeText(bytes);
    if (o.as === 'text' && text === undefined) fail('EINVAL', `${path} is not text. Read it as bytes.`, { path });
    if (o.as !== 'bytes' && text !== undefined) return text.slice(from, to);
    return (bytes ?? new Uint8Array()).slice(from, to);
  };

  const readNow = async (path: Path, options: ReadOptions): Promise<ReadValue> => {
    for (;;) {
      const node = tree().resolve(path) ?? noFile(path);
      if (node.kind === 'dir') isFolder(path);
      const { revision } = node;
      const content = await contents.load(node);
      const bytes = content.as !== 'text' || options.as === 'bytes' ? await contents.bytesOf(content) : undefined;
      if (node.revision === revision)
        return { content: slice(path, content, bytes, options), stat: tree().stat(node, path) };
    }
  };

  type Place = { node: TreeNode; row: HistRow; was: () => Promise<Was> };

  /** [F5] Whatever had this path: the revision itself, or at a date what stood here then. */
  const placeAt = async (path: Path, at: string): Promise<Place> => {
    const holders = tree().holders(path);
    const files = holders.filter((node) => node.kind === 'file');
    if (files.length === 0) return holders.length > 0 ? isFolder(path) : noFile(path);
    for (const node of files) {
      const row = await histories.find(node, ({ id }) => id === at);
      if (row) return { node, row, was: () => contents.asOf(node, row) };
    }
    const time = Date.parse(at);
    if (Number.isNaN(time))
      return fail(
        'EINVAL',
        `"${at}" is neither a revision of this file nor a date. List its history to see its revisions.`,
        { path },
      );
    const then = await Promise.all(
      files.map(async (node): Promise<Place[]> => {
        const newest = await histories.at(node, time);
        if (!newest) return [];
        const { row, merged } = newest;
        return [{ node, row, was: () => (merged ? contents.until(node, row) : contents.asOf(node, row)) }];
      }),
    );
    const places = then.flat();
    const found = places.find(({ row }) => row.path === path) ?? places[0];
    if (found) return found;
    const [first] = files[0] ? (await histories.since(files[0])).toSorted(inTime) : [];
    return fail(
      'ENOENT',
      `This file did not exist at ${at}; its first revision is of ${first?.at ?? 'a later time'}.`,
      {
        path,
      },
    );
  };

  const readAt = async (path: Path, at: string, options: ReadOptions): Promise<ReadValue> => {
    const { node, row, was } = await placeAt(path, at);
    const { content, size, hash } = await was();
    const bytes = content.as !== 'text' || options.as === 'bytes' ? await contents.bytesOf(content) : undefined;
    const stat: Stat = {
      ...tree().stat(node, row.path),
      size,
      hash,
      revision: row.id,
      actor: row.actor,
      at: row.at,
      as: content.as,
    };
    return { content: slice(path, content, bytes, options), stat };
  };

  const read: Reads['read'] = (path, options = {}) =>
    options.at === undefined
      ? shown(path, () => readNow(path, options))
      : shown(undefined, () => readAt(path, options.at ?? '', options));

  const children = function* (node: TreeNode, path: Path, depth: number): Generator<{ node: TreeNode; path: Path }> {
    for (const [name, child] of [...tree().children(node)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const at = join(path, name);
      yield { node: child, path: at };
      if (child.kind === 'dir' && depth > 1) yield* children(child, at, depth - 1);
    }
  };

  const list: Reads['list'] = (path, { depth = 1, limit = 1000, cursor } = {}) =>
    shown(depth > 1 ? undefined : path, (): ListValue => {
      const node = tree().resolve(path) ?? fail('ENOENT', `There is no folder at ${path}.`, { path });
      if (node.kind === 'file') fail('ENOTDIR', `${path} is a file. Read it, or list it with history.`, { path });
      const entries: Stat[] = [];
      let skipping = cursor !== undefined;
      for (const child of children(node, path, depth)) {
        if (skipping) {
          if (child.path === cursor) skipping = false;
          continue;
        }
        if (entries.length === limit) return { entries, cursor: entries.at(-1)?.path ?? '' };
        entries.push(tree().stat(child.node, child.path));
      }
      if (skipping) fail('EINVAL', 'The entry this cursor stood at is gone. List again from the start.', { path });
      return { entries };
    });

  /** The file's revisions, newest first, through moves; then those of files that had this path before it [F5]. */
  const history: Reads['history'] = (path, { limit = 1000, cursor } = {}) =>
    shown(undefined, async (): Promise<HistoryValue> => {
      const holders = tree().holders(path);
      if (holders.length === 0) return fail('ENOENT', `There never was anything at ${path}.`, { path });
      const entries: Revision[] = [];
      let skipping = cursor !== undefined;
      for await (const row of newestOf(histories, holders, path)) {
        if (skipping) skipping = row.id !== cursor;
        else if (entries.length === limit) return { entries, cursor: entries.at(-1)?.id ?? '' };
        else entries.push(toRevision(row));
      }
      if (skipping) fail('EINVAL', `"${cursor}" is not a revision of this file. List again from the start.`, { path });
      return { entries };
    });

  const blame: Reads['blame'] = (path) =>
    shown(undefined, async () => {
      const node = tree().resolve(path) ?? noFile(path);
      if (node.kind === 'dir') isFolder(path);
      const rows = await contents.members(node);
      await log.settled();
      const byId = new Map(rows.map((row) => [row.id, row]));
      const entries = await log.entries(rows.map((row) => row.id));
      const stretches =
        node.as === 'text'
          ? (await import('./texts.ts')).blameText(
              entries.map((sealed) => ({ key: revisionOf(sealed.entry), update: sealed.entry.payload })),
            )
          : [{ from: 0, to: node.size, key: rows.at(-1)?.id ?? '' }];
      const runs = stretches.flatMap(({ from, to, key }): BlameRun[] => {
        const row = byId.get(key);
        return row
          ? [
              {
                from,
                to,
                revision: key,
                actor: row.actor,
                at: row.at,
                message: row.message,
                ...(row.run ? { run: row.run } : {}),
              },
            ]
          : [];
      });
      return { runs };
    });

  const files: Reads['files'] = (under) => {
    const node = tree().resolve(under);
    if (!node) return [];
    if (node.kind === 'file') return [{ node, path: under }];
    return [...children(node, under, 64)].filter((child) => child.node.kind === 'file');
  };

  return { read, list, history, blame, files };
};

/**
 * Reading the file system: now, as it was, listed, with history and with authorship.
 * [F6] Nobody is shown what is not durable yet: every answer waits for what was staged before it, and starts again when
 * the file changed or was rolled back meanwhile.
 */
import { decodeText } from '../protocol/bytes.ts';
import { revisionOf } from '../protocol/entry.ts';
import { err, fail, ok, SysFailure, type Result } from '../protocol/errors.ts';
import type { Revision, Stat } from '../protocol/files.ts';
import type { Log } from '../protocol/log.ts';
import { join, type Path } from '../protocol/paths.ts';
import type { BlameRun, HistoryValue, ListValue, ReadValue } from '../protocol/syscalls.ts';
import type { Contents } from './contents.ts';
import { toRevision, type Histories } from './history.ts';
import type { HistRow } from './projection.ts';
import { blameText } from './texts.ts';
import type { Tree, TreeNode } from './tree.ts';

export type ReadOptions = { at?: string | undefined; as?: 'text' | 'bytes' | undefined; offset?: number | undefined; length?: number | undefined };
export type ListOptions = { depth?: number | undefined; limit?: number | undefined; cursor?: string | undefined };

export type Reads = {
  read: (path: Path, options?: ReadOptions) => Promise<Result<ReadValue>>;
  list: (path: Path, options?: ListOptions) => Promise<Result<ListValue>>;
  history: (path: Path, options?: ListOptions) => Promise<Result<HistoryValue>>;
  blame: (path: Path) => Promise<Result<{ runs: BlameRun[] }>>;
  /** Every file below a folder, in path order. */
  files: (under: Path) => Generator<{ node: TreeNode; path: Path }>;
};

type Options = {
  tree: () => Tree;
  log: Log;
  contents: Contents;
  histories: Histories;
  /** Everything staged so far is durable, or rolled back and gone from the tree. */
  ready: () => Promise<void>;
};

/** A refusal thrown deep inside, as the answer it is; a bug stays a bug. */
export const refused = (cause: unknown): Result<never> => {
  if (cause instanceof SysFailure) return { ok: false, error: cause.error };
  throw cause;
};

export const createReads = ({ tree, log, contents, histories, ready }: Options): Reads => {
  /** Where in a file's history `at` (a revision id or a date) stands. */
  const indexAt = (rows: readonly HistRow[], at: string): number => {
    const byId = rows.findIndex((row) => row.id === at);
    if (byId >= 0) return byId;
    const time = Date.parse(at);
    if (Number.isNaN(time)) return fail('EINVAL', `"${at}" is neither a revision of this file nor a date. List its history to see its revisions.`);
    const index = rows.findLastIndex((row) => Date.parse(row.at) <= time);
    return index >= 0 ? index : fail('ENOENT', `This file did not exist at ${at}; its first revision is of ${rows[0]?.at ?? 'a later time'}.`);
  };

  const slice = (path: Path, content: Awaited<ReturnType<Contents['load']>>, bytes: Uint8Array | undefined, o: ReadOptions): string | Uint8Array => {
    const from = o.offset ?? 0;
    const to = o.length === undefined ? undefined : from + o.length;
    const text = content.as === 'text' ? content.text : bytes && decodeText(bytes);
    if (o.as === 'text' && text === undefined) fail('EINVAL', `${path} is not text. Read it as bytes.`, { path });
    if (o.as !== 'bytes' && text !== undefined) return text.slice(from, to);
    return (bytes ?? new Uint8Array()).slice(from, to);
  };

  const read: Reads['read'] = async (path, options = {}) => {
    try {
      for (;;) {
        await ready();
        const node = tree().resolve(path, options.at !== undefined) ?? fail('ENOENT', `There is no file at ${path}.`, { path });
        if (node.kind === 'dir') fail('EISDIR', `${path} is a folder. List it instead.`, { path });
        const { revision } = node;
        const loaded = options.at === undefined ? { content: await contents.load(node), stat: undefined } : await readAt(node, options.at);
        const needsBytes = loaded.content.as !== 'text' || options.as === 'bytes';
        const bytes = needsBytes ? await contents.bytesOf(loaded.content) : undefined;
        await ready();
        // Changed or rolled back while it was read: take the newer state.
        if (node.revision !== revision || tree().get(node.id) !== node) continue;
        return ok({ content: slice(path, loaded.content, bytes, options), stat: loaded.stat ?? tree().stat(node, path) });
      }
    } catch (cause) {
      return refused(cause);
    }
  };

  const readAt = async (node: TreeNode, at: string) => {
    const rows = await histories.of(node);
    const index = indexAt(rows, at);
    const row = rows[index] ?? fail('ENOENT', 'That revision is not here.');
    const content = await contents.asOf(rows, index);
    const stat: Stat = { ...tree().stat(node, row.path), size: row.size, hash: row.hash, revision: row.id, actor: row.actor, at: row.at, as: content.as };
    return { content, stat };
  };

  const children = function* (node: TreeNode, path: Path, depth: number): Generator<{ node: TreeNode; path: Path }> {
    for (const name of [...node.children.keys()].sort()) {
      const child = tree().get(node.children.get(name) ?? '');
      if (!child) continue;
      const at = join(path, name);
      yield { node: child, path: at };
      if (child.kind === 'dir' && depth > 1) yield* children(child, at, depth - 1);
    }
  };

  const list: Reads['list'] = async (path, { depth = 1, limit = 1000, cursor } = {}) => {
    await ready();
    const node = tree().resolve(path);
    if (!node) return err('ENOENT', `There is no folder at ${path}.`, { path });
    if (node.kind === 'file') return err('ENOTDIR', `${path} is a file. Read it, or list it with history.`, { path });
    const entries: Stat[] = [];
    let skipping = cursor !== undefined;
    for (const child of children(node, path, depth)) {
      if (skipping) {
        if (child.path === cursor) skipping = false;
        continue;
      }
      if (entries.length === limit) return ok({ entries, cursor: entries.at(-1)?.path ?? '' });
      entries.push(tree().stat(child.node, child.path));
    }
    if (skipping) return err('EINVAL', 'The entry this cursor stood at is gone. List again from the start.', { path });
    return ok({ entries });
  };

  const history: Reads['history'] = async (path, { limit = 1000, cursor } = {}) => {
    await ready();
    const node = tree().resolve(path, true);
    if (!node) return err('ENOENT', `There never was anything at ${path}.`, { path });
    const newest = (await histories.of(node)).reverse();
    const start = cursor === undefined ? 0 : newest.findIndex((row) => row.id === cursor) + 1;
    const entries: Revision[] = newest.slice(start, start + limit).map(toRevision);
    const more = start + limit < newest.length;
    return ok({ entries, ...(more ? { cursor: entries.at(-1)?.id ?? '' } : {}) });
  };

  const blame: Reads['blame'] = async (path) => {
    try {
      await ready();
      const node = tree().resolve(path) ?? fail('ENOENT', `There is no file at ${path}.`, { path });
      if (node.kind === 'dir') fail('EISDIR', `${path} is a folder.`, { path });
      const rows = await histories.of(node);
      const byId = new Map(rows.map((row) => [row.id, row]));
      const since = contents.generation(rows, rows.length - 1);
      const entries = await log.entries(since.map((row) => row.id));
      const stretches = node.as === 'text'
        ? blameText(entries.map((sealed) => ({ key: revisionOf(sealed.entry), update: sealed.entry.payload })))
        : [{ from: 0, to: node.size, key: node.revision }];
      const runs = stretches.flatMap(({ from, to, key }): BlameRun[] => {
        const row = byId.get(key);
        return row ? [{ from, to, revision: key, actor: row.actor, at: row.at, message: row.message, ...(row.run ? { run: row.run } : {}) }] : [];
      });
      return ok({ runs });
    } catch (cause) {
      return refused(cause);
    }
  };

  const files: Reads['files'] = function* (under) {
    const node = tree().resolve(under);
    if (!node) return;
    if (node.kind === 'file') yield { node, path: under };
    else for (const child of children(node, under, 64)) if (child.node.kind === 'file') yield child;
  };

  return { read, list, history, blame, files };
};

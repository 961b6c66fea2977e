/**
 * Histories: every revision of every file. Rows not yet flushed are kept here; the rest lie in `hist`, in pages of which
 * the ones last used are kept too. Whoever needs a part of a history reads the pages it lies in and no others.
 */
import type { Entry, NodeId } from '../protocol/entry.ts';
import { revisionOf } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Revision } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { Database } from '../store/schema.ts';
import { HIST_PAGE, readHistory, type HistRow } from './projection.ts';
import type { TreeNode } from './tree.ts';

export type Histories = {
  /** Note an entry just applied to `node`; undone by `forget`. */
  note: (entry: Entry, node: TreeNode, path: Path, seen?: HistRow['seen']) => void;
  forget: (count: number) => void;
  /** Rows from revision `from` on (0 is the first), oldest first. */
  since: (node: TreeNode, from?: number) => Promise<HistRow[]>;
  /** Rows below revision `end`, newest first, a page at a time. */
  newest: (node: TreeNode, end?: number) => AsyncGenerator<HistRow[]>;
  /** The newest row that passes. */
  find: (node: TreeNode, passes: (row: HistRow) => boolean) => Promise<HistRow | undefined>;
  /** What made the content that revision `index` has: from the last create or put up to it, without moves and the like. */
  generation: (node: TreeNode, index: number) => Promise<HistRow[]>;
  pending: () => readonly HistRow[];
  /** The first `count` pending rows are on disk now. */
  flushed: (count: number) => void;
  clear: () => void;
};

const CACHED_PAGES = 128;

const pageOf = (index: number): number => Math.floor(index / HIST_PAGE);
export const startsContent = (row: HistRow): boolean => row.op === 'create' || row.op === 'put';
export const changesContent = (row: HistRow): boolean => startsContent(row) || row.op === 'edit' || row.op === 'append';

/** `onDamage`: rows that must be on disk are not; the caller has the projection rebuilt. */
export const createHistories = (db: Database, onDamage: () => void): Histories => {
  let pending: HistRow[] = [];
  /** Pages as they are on disk, the last used at the end. */
  const pages = new Map<string, HistRow[]>();
  const keyOf = (node: NodeId, page: number): string => `${node}/${page}`;

  const keep = (key: string, rows: HistRow[]): void => {
    pages.delete(key);
    pages.set(key, rows);
    const oldest = pages.size > CACHED_PAGES ? pages.keys().next().value : undefined;
    if (oldest !== undefined) pages.delete(oldest);
  };

  const storedPages = async (node: NodeId, first: number, last: number): Promise<HistRow[]> => {
    const held: HistRow[][] = [];
    for (let page = first; page <= last; page++) {
      const rows = pages.get(keyOf(node, page));
      if (rows) held.push(rows);
    }
    if (held.length === last - first + 1) return held.flat();
    const read = await readHistory(db, node, first, last);
    for (const rows of read) if (rows[0]) keep(keyOf(node, pageOf(rows[0].index)), rows);
    return read.flat();
  };

  /** Rows of these pages below revision `end`, oldest first, none missing. */
  const rowsIn = async (node: TreeNode, first: number, last: number, end: number): Promise<HistRow[]> => {
    const from = first * HIST_PAGE;
    const stored = await storedPages(node.id, first, last);
    const next = from + stored.length;
    const to = Math.min(end, (last + 1) * HIST_PAGE);
    const rows = stored.concat(pending.filter((row) => row.node === node.id && row.index >= next)).slice(0, to - from);
    if (rows.length < to - from || rows.some((row, offset) => row.index !== from + offset)) {
      onDamage();
      fail(
        'EAGAIN',
        'The stored history of this file was damaged and is being made again from the journal. Try again.',
      );
    }
    return rows;
  };

  const newest = async function* (node: TreeNode, end = node.count): AsyncGenerator<HistRow[]> {
    for (let page = pageOf(end - 1); page >= 0; page--) yield (await rowsIn(node, page, page, end)).toReversed();
  };

  return {
    newest,
    note: (entry, node, path, seen) => {
      pending.push({
        node: node.id,
        index: node.count - 1,
        id: revisionOf(entry),
        path,
        op: entry.change.op,
        actor: entry.actor,
        at: new Date(entry.at).toISOString(),
        tick: entry.tick,
        message: entry.message,
        size: node.size,
        hash: node.hash,
        ...(node.as ? { as: node.as } : {}),
        ...(seen ? { seen } : {}),
        ...(entry.run ? { run: entry.run } : {}),
        ...(entry.cause ? { cause: entry.cause } : {}),
      });
    },
    forget: (count) => void pending.splice(pending.length - count, count),
    since: async (node, from = 0) => {
      const { count } = node;
      if (from >= count) return [];
      const first = pageOf(from);
      return (await rowsIn(node, first, pageOf(count - 1), count)).slice(from - first * HIST_PAGE);
    },
    find: async (node, passes) => {
      for await (const rows of newest(node)) {
        const found = rows.find(passes);
        if (found) return found;
      }
      return undefined;
    },
    generation: async (node, index) => {
      const made: HistRow[] = [];
      for await (const rows of newest(node, index + 1)) {
        for (const row of rows) {
          if (changesContent(row)) made.push(row);
          if (startsContent(row)) return made.reverse();
        }
      }
      return [];
    },
    pending: () => pending,
    flushed: (count) => {
      for (const row of pending.splice(0, count)) pages.delete(keyOf(row.node, pageOf(row.index)));
    },
    clear: () => {
      pending = [];
      pages.clear();
    },
  };
};

/**
 * All that ever stood at a path, newest first: the holder's rows, and of those before it the rows up to where each left
 * the path (what came after belongs to the path it went to). Read as far as asked for.
 */
export const newestOf = async function* (
  histories: Histories,
  [holder, ...former]: readonly TreeNode[],
  path: Path,
): AsyncGenerator<HistRow> {
  if (!holder) return;
  const rowsOf = async function* (node: TreeNode): AsyncGenerator<HistRow> {
    let had = node === holder;
    for await (const rows of histories.newest(node)) {
      for (const row of rows) if ((had ||= row.path === path)) yield row;
    }
  };
  if (former.length === 0) return yield* rowsOf(holder);
  const lines = await Promise.all(
    [holder, ...former].map(async (node) => {
      const rows = rowsOf(node);
      return { rows, head: await rows.next() };
    }),
  );
  for (;;) {
    const open = lines.filter(({ head }) => !head.done);
    const [first] = open;
    if (!first) return;
    const line = open.reduce((newest, other) => (other.head.value.at > newest.head.value.at ? other : newest), first);
    yield line.head.value as HistRow;
    line.head = await line.rows.next();
  }
};

export const toRevision = ({ node: _n, index: _i, as: _a, tick: _t, seen: _s, ...revision }: HistRow): Revision =>
  revision;
export type { NodeId };

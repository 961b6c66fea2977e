/**
 * Histories: every revision of every file. Rows not yet flushed are kept here; the rest lie in `hist`, in pages of which
 * the ones last used are kept too. Whoever needs a part of a history reads the pages it lies in and no others.
 * The only revision of a file is not stored at all: it is made from its journal entry when somebody asks, and stored when
 * the second one is.
 */
import type { Entry, NodeId, RevisionId } from '../protocol/entry.ts';
import { revisionOf } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Revision } from '../protocol/files.ts';
import type { Log } from '../protocol/log.ts';
import { join, nameOf, type Path } from '../protocol/paths.ts';
import type { Database } from '../store/schema.ts';
import { changesContent, inTime, startsContent } from './generations.ts';
import { HIST_PAGE, pageOf, readHistory, type HistRow } from './hist-store.ts';
import type { TreeNode } from './tree.ts';

export type Histories = {
  /**
   * Note an entry just applied to `node`; undone by `forget`. `seen` as in HistRow. `first` is the node's only revision
   * before this one: needed with its second entry.
   */
  note: (entry: Entry, node: TreeNode, path: Path, seen?: HistRow['seen'], first?: RevisionId) => void;
  forget: (count: number) => void;
  /** Rows from revision `from` on (0 is the first), in the order they came in. */
  since: (node: TreeNode, from?: number) => Promise<HistRow[]>;
  /** Rows below revision `end`, the last that came first, a page at a time. */
  newest: (node: TreeNode, end?: number) => AsyncGenerator<HistRow[]>;
  /** The last row that came and passes. */
  find: (node: TreeNode, passes: (row: HistRow) => boolean) => Promise<HistRow | undefined>;
  /** The newest row by time of those made at `time` or before. `merged`: others of those came after it, or unseen by it. */
  at: (node: TreeNode, time: number) => Promise<{ row: HistRow; merged: boolean } | undefined>;
  /**
   * What made the content that revision `index` has: from the last create or put up to it, without moves and the like.
   * Undefined where not every author had seen all that came before: then `generations.ts` tells.
   */
  generation: (node: TreeNode, index: number) => Promise<HistRow[] | undefined>;
  pending: () => readonly HistRow[];
  /** What of these pending rows has to be stored, with the first row of every file that got its second. */
  due: (pending: readonly HistRow[]) => Promise<HistRow[]>;
  /** The first `count` pending rows are on disk now. */
  flushed: (count: number) => void;
  clear: () => void;
};

const CACHED_PAGES = 128;

/** A row from its entry. What an entry does not say of the content is what `was` there. */
const rowFrom = (entry: Entry, index: number, path: Path, was: Pick<TreeNode, 'size' | 'hash' | 'as'>): HistRow => {
  const { change } = entry;
  const told = 'hash' in change ? change : was;
  const as = change.op === 'edit' ? 'text' : 'as' in change ? change.as : was.as;
  return {
    node: entry.node,
    index,
    id: revisionOf(entry),
    path,
    op: change.op,
    actor: entry.actor,
    at: new Date(entry.at).toISOString(),
    tick: entry.tick,
    message: entry.message,
    size: told.size,
    hash: told.hash,
    ...(as ? { as } : {}),
    ...(entry.run ? { run: entry.run } : {}),
    ...(entry.cause ? { cause: entry.cause } : {}),
  };
};

type Options = {
  db: Database;
  log: Pick<Log, 'entries'>;
  /** A node of the tree as it is now. */
  nodeOf: (id: NodeId) => TreeNode | undefined;
  /** Rows that must be on disk are not; the caller has the projection rebuilt. */
  onDamage: () => void;
};

export const createHistories = ({ db, log, nodeOf, onDamage }: Options): Histories => {
  let pending: HistRow[] = [];
  /** The same rows by node. */
  let fresh = new Map<NodeId, HistRow[]>();
  /** First revisions of files whose second is pending and whose first was never stored. */
  const firsts = new Map<NodeId, RevisionId>();
  /** Pages as they are on disk (or, of one revision, as the journal has it), the last used at the end. */
  const pages = new Map<string, HistRow[]>();
  const keyOf = (node: NodeId, page: number): string => `${node}/${page}`;

  const keep = (key: string, rows: HistRow[]): void => {
    pages.delete(key);
    pages.set(key, rows);
    const oldest = pages.size > CACHED_PAGES ? pages.keys().next().value : undefined;
    if (oldest !== undefined) pages.delete(oldest);
  };

  /** Where a folder was just after `row` was made: a folder above it may have moved since. */
  const folderAt = async (id: NodeId, row: Pick<HistRow, 'id' | 'index' | 'at' | 'tick'>, below = 0): Promise<Path> => {
    const folder = nodeOf(id);
    if (!folder || folder.parent === id || below > 512) return '/';
    let then: HistRow | undefined;
    if (folder.count > 1) {
      for await (const rows of newest(folder)) if ((then = rows.find((one) => inTime(one, row) <= 0))) break;
    }
    const above = await folderAt(then?.parent ?? folder.parent, row, below + 1);
    return join(above, then ? nameOf(then.path) : folder.name);
  };

  /** First rows, from the journal: what is known of them without it is not all there is to a row. */
  const firstRows = async (ids: readonly RevisionId[]): Promise<HistRow[]> => {
    const entries = await log.entries(ids);
    if (entries.length !== ids.length) fail('EBADMSG', 'the first revision of this file is missing from the journal.');
    const rows: HistRow[] = [];
    for (const { entry } of entries) {
      const { change } = entry;
      if (change.op !== 'create' && change.op !== 'mkdir')
        return fail('EBADMSG', 'the first revision of this file in the journal does not make it.');
      const row = rowFrom(entry, 0, '/', { as: undefined, size: 0, hash: '' });
      const path = join(await folderAt(change.parent, row), change.name);
      rows.push({ ...row, path, ...(change.op === 'mkdir' ? { parent: change.parent } : {}) });
    }
    return rows;
  };

  const storedPages = async (node: TreeNode, first: number, last: number): Promise<HistRow[]> => {
    const held: HistRow[][] = [];
    for (let page = first; page <= last; page++) {
      const rows = pages.get(keyOf(node.id, page));
      if (rows) held.push(rows);
    }
    if (held.length === last - first + 1) return held.flat();
    const unstored = node.count === 1 ? node.revision : firsts.get(node.id);
    if (unstored !== undefined) {
      if (first > 0 || fresh.get(node.id)?.[0]?.index === 0) return [];
      const rows = await firstRows([unstored]);
      keep(keyOf(node.id, 0), rows);
      return rows;
    }
    const read = await readHistory(db, node.id, first, last);
    for (const rows of read) if (rows[0]) keep(keyOf(node.id, pageOf(rows[0].index)), rows);
    return read.flat();
  };

  /** Rows of these pages below revision `end`, in the order they came in, none missing. */
  const rowsIn = async (node: TreeNode, first: number, last: number, end: number): Promise<HistRow[]> => {
    const from = first * HIST_PAGE;
    const length = Math.min(end, (last + 1) * HIST_PAGE) - from;
    // What was flushed while it was read is in neither place: a second look finds it.
    for (let looks = 0; looks < 2; looks++) {
      const stored = await storedPages(node, first, last);
      const next = from + stored.length;
      const unflushed = (fresh.get(node.id) ?? []).filter((row) => row.index >= next);
      const rows = stored.concat(unflushed).slice(0, length);
      if (rows.length === length && rows.every((row, offset) => row.index === from + offset)) return rows;
      for (let page = first; page <= last; page++) pages.delete(keyOf(node.id, page));
    }
    onDamage();
    return fail(
      'EAGAIN',
      'The stored history of this file was damaged and is being made again from the journal. Try again.',
    );
  };

  const newest = async function* (node: TreeNode, end = node.count): AsyncGenerator<HistRow[]> {
    for (let page = pageOf(end - 1); page >= 0; page--) yield (await rowsIn(node, page, page, end)).toReversed();
  };

  return {
    newest,
    note: (entry, node, path, seen, first) => {
      const row = rowFrom(entry, node.count - 1, path, node);
      const before = fresh.get(node.id);
      if (row.index === 1 && before?.[0]?.index !== 0) {
        if (first === undefined) throw new Error(`the first revision of ${path} was not told with its second`);
        firsts.set(node.id, first);
      }
      if (node.kind === 'dir') row.parent = node.parent;
      if (seen) row.seen = seen;
      pending.push(row);
      if (before) before.push(row);
      else fresh.set(node.id, [row]);
    },
    forget: (count) => {
      for (const row of pending.splice(pending.length - count, count)) {
        fresh.get(row.node)?.pop();
        if (row.index === 1) firsts.delete(row.node);
      }
    },
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
    at: async (node, time) => {
      let found: HistRow | undefined;
      let merged = false;
      for await (const rows of newest(node)) {
        for (const row of rows) {
          merged ||= row.seen !== undefined;
          if (Date.parse(row.at) > time) continue;
          if (!found || inTime(row, found) > 0) found = row;
          // Its author had seen everything before it, so nothing there is newer.
          if (!row.seen) return { row: found, merged };
        }
      }
      return found && { row: found, merged };
    },
    generation: async (node, index) => {
      const made: HistRow[] = [];
      for await (const rows of newest(node, index + 1)) {
        for (const row of rows) {
          if (row.seen) return undefined;
          if (changesContent(row)) made.push(row);
          if (startsContent(row)) return made.reverse();
        }
      }
      return [];
    },
    pending: () => pending,
    due: async (rows) => {
      const several = new Set(rows.filter((row) => row.index > 0).map((row) => row.node));
      const unstored = [...firsts].flatMap(([node, id]) => (several.has(node) ? [id] : []));
      const first = unstored.length > 0 ? await firstRows(unstored) : [];
      return [...first, ...rows.filter((row) => row.index > 0 || several.has(row.node))];
    },
    flushed: (count) => {
      for (const row of pending.splice(0, count)) {
        pages.delete(keyOf(row.node, pageOf(row.index)));
        const rest = fresh.get(row.node);
        rest?.shift();
        if (rest?.length === 0) fresh.delete(row.node);
        if (row.index === 1) firsts.delete(row.node);
      }
    },
    clear: () => {
      pending = [];
      fresh = new Map();
      firsts.clear();
      pages.clear();
    },
  };
};

export const toRevision = ({
  node: _n,
  index: _i,
  as: _a,
  tick: _t,
  seen: _s,
  parent: _p,
  ...revision
}: HistRow): Revision => revision;

/**
 * Tree and histories on disk: written in batches together with a watermark, read at boot as far as it is asked for, and
 * dropped and rebuilt from the journal whenever their version changes. The journal is the truth; nothing here is.
 *
 *   dirs  key = [folder id, page] → nodes of the folder (`pages.ts`)
 *         key = ['moves', page]   → moves of folders, in order
 *   hist  as hist-store.ts writes it
 *   sys   'proj:fs' → { version, vector, seen, folders, moves }
 */
import type { DeviceId, NodeId, VersionVector } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import { segments, type Path } from '../protocol/paths.ts';
import { request, transact, transactFenced, type Stores } from '../store/transact.ts';
import type { Database } from '../store/schema.ts';
import { LOADED, type Row } from './node-table.ts';
import { decodeMoves, decodePage, encodeMoves, encodePage, isUnread, MOVES_PAGE, PAGE_NODES, pageOf } from './pages.ts';
import { createTree, ROOT, type Tree } from './tree.ts';

/** Raise it whenever a row's shape or meaning changes: the next boot rebuilds. */
export const PROJECTION_VERSION = 4;
const KEY = 'proj:fs';
const MOVES = 'moves';

type Mark = {
  version: number;
  vector: VersionVector;
  seen: Record<DeviceId, VersionVector>;
  /** How many pages there are: fewer on disk means that the store was cleared or cut. */
  pages: number;
  moves: number;
  /** How many nodes lie in them, about: room is made at once. */
  nodes: number;
  /** There are rows in `hist`. */
  histories: boolean;
};

/** The stored tree: its root's names are read, the rest when asked for. */
export type StoredTree = {
  tree: Tree;
  layout: Layout;
  vector: VersionVector;
  /** Read the folders that lead to a path, and the one it names. */
  reach: (path: Path) => Promise<void>;
  /** Read all that is not read yet. */
  whole: () => Promise<void>;
};

const READ_PAGES = 256;

const damaged = (): never =>
  fail('EAGAIN', 'The stored names of files were damaged and are being made again from the journal. Try again.');

const folderRange = (db: Database, id: NodeId, from = 0): IDBKeyRange => db.keyRange.bound([id, from], [id, Infinity]);

/** Nothing when there is none that can be trusted [S4]. `broken` is called when pages that must be there are not. */
export const openTree = async (db: Database, broken: () => void): Promise<StoredTree | undefined> => {
  const tree = createTree();
  const { table } = tree;
  const layout: Layout = { pages: new Map(), histories: false };
  const read = await transact(db, ['sys', 'dirs', 'hist'], 'readonly', async ({ sys, dirs, hist }) => {
    const [row, pages, histories] = await Promise.all([
      request(sys.get(KEY)) as Promise<{ v: Mark } | undefined>,
      request(dirs.getAll(folderRange(db, ROOT))) as Promise<Uint8Array[]>,
      request(hist.getAllKeys(null, 1)),
    ]);
    return { mark: row?.v, pages, histories: histories.length > 0 };
  });
  const { mark } = read;
  if (mark?.version !== PROJECTION_VERSION) return undefined;
  if (mark.histories && !read.histories) return undefined;

  const take = (pages: readonly Uint8Array[]): void => {
    const decoded = pages.map((bytes) => decodePage(tree, bytes));
    // None, or not as many as they say: gone, cut, or of something else.
    if (decoded[0]?.pages !== pages.length) damaged();
    for (const { folder, pages: count } of decoded) layout.pages.set(folder, count);
  };

  const readFolder = async (row: Row): Promise<void> => {
    const range = folderRange(db, table.id(row));
    const pages = await transact(db, ['dirs'], 'readonly', ({ dirs }) =>
      request(dirs.getAll(range) as IDBRequest<Uint8Array[]>),
    );
    if (!isUnread(table, row)) return;
    take(pages);
    table.mark(row, LOADED, true);
  };

  const guarded = async (body: () => Promise<void>): Promise<void> => {
    try {
      await body();
    } catch (cause) {
      broken();
      throw cause;
    }
  };

  try {
    take(read.pages);
  } catch {
    return undefined;
  }
  layout.histories = mark.histories;
  for (const [device, seq] of Object.entries(mark.vector)) tree.applied.set(device, seq);
  for (const [device, vector] of Object.entries(mark.seen)) tree.seenBy.set(device, vector);

  const readAll = async (): Promise<void> => {
    const moves: Uint8Array[] = [];
    let total = 0;
    table.reserve(mark.nodes + 16);
    for (let after: IDBValidKey | undefined; ;) {
      const range = after === undefined ? null : db.keyRange.lowerBound(after, true);
      const [keys, values] = await transact(db, ['dirs'], 'readonly', ({ dirs }) =>
        Promise.all([
          request(dirs.getAllKeys(range, READ_PAGES)) as Promise<[string, number][]>,
          request(dirs.getAll(range, READ_PAGES)) as Promise<Uint8Array[]>,
        ]),
      );
      values.forEach((bytes, i) => {
        const [folder = ''] = keys[i] ?? [];
        if (folder === MOVES) return void moves.push(bytes);
        const row = table.row(folder);
        if (table.has(row, LOADED)) return;
        layout.pages.set(row, decodePage(tree, bytes).pages);
      });
      total += keys.length;
      after = keys.at(-1);
      if (keys.length < READ_PAGES) break;
    }
    for (const bytes of moves) decodeMoves(tree, bytes);
    tree.moves.unsaved = tree.moves.log.length;
    // Counting them when the store is opened would read them all: 100,000 files' names are 10 MB.
    if (tree.moves.log.length !== mark.moves || total !== mark.pages) damaged();
    for (let row = 0; row < table.count; row++) if (isUnread(table, row)) table.mark(row, LOADED, true);
  };

  let whole: Promise<void> | undefined;
  return {
    tree,
    layout,
    vector: mark.vector,
    reach: (path) =>
      guarded(async () => {
        let node = tree.get(ROOT);
        for (const name of segments(path)) {
          node = node && tree.child(node, name);
          if (!node) return;
          if (isUnread(table, node.row)) await readFolder(node.row);
        }
      }),
    whole: () => (whole ??= guarded(readAll)),
  };
};

/** Throw the stored projection away, so that a rebuild starts clean. */
export const dropProjection = (db: Database, epoch: number): Promise<void> =>
  transactFenced(db, epoch, ['dirs', 'docs', 'hist', 'revs', 'sys'], async ({ dirs, docs, hist, revs, sys }) => {
    await Promise.all([...[dirs, docs, hist, revs].map((store) => request(store.clear())), request(sys.delete(KEY))]);
  });

type Page = { key: [string, number]; bytes: Uint8Array };

/** How many pages each folder that was read or written has on disk; changed only when a flush is through. */
export type Layout = { pages: Map<Row, number>; histories: boolean };

/** What stands now and is not on disk, taken at once; `kept` is called when it is there. */
export type TreeFlush = { pages: Page[]; mark: Mark; kept: () => void; failed: () => void };

const wanted = (members: number, now: number): number => {
  let pages = Math.max(1, now);
  while (members > pages * PAGE_NODES) pages *= 2;
  return pages;
};

/** Take what is to be written; `layout` tells what there is. Synchronous: what comes later is the next flush's. */
export const takeTree = (tree: Tree, layout: Layout, histories: boolean): TreeFlush => {
  const { table, folders, moves } = tree;
  const pages: Page[] = [];
  const next = new Map<Row, number>();
  const taken = [...tree.dirty];
  for (const [folder, touched] of taken) {
    const now = layout.pages.get(folder) ?? 0;
    const members = folders.members(folder);
    const count = wanted(members.size, now);
    const due = count === now ? new Set([0, ...[...touched].map((row) => pageOf(table, row, count))]) : undefined;
    const groups = new Map<number, Row[]>();
    if (due) for (const page of due) groups.set(page, []);
    else for (let page = 0; page < count; page++) groups.set(page, []);
    for (const row of members) groups.get(pageOf(table, row, count))?.push(row);
    for (const [page, rows] of groups) {
      pages.push({ key: [table.id(folder), page], bytes: encodePage(tree, folder, page, count, rows) });
    }
    next.set(folder, count);
  }
  const { unsaved } = moves;
  for (
    let page = Math.floor(unsaved / MOVES_PAGE);
    page * MOVES_PAGE < moves.log.length && unsaved < moves.log.length;
    page++
  ) {
    pages.push({ key: [MOVES, page], bytes: encodeMoves(tree, page) });
  }
  let total = Math.ceil(moves.log.length / MOVES_PAGE);
  for (const [folder, count] of layout.pages) if (!next.has(folder)) total += count;
  for (const count of next.values()) total += count;
  const nodes = table.count;
  const mark: Mark = {
    nodes,
    histories: histories || layout.histories,
    version: PROJECTION_VERSION,
    vector: Object.fromEntries(tree.applied),
    seen: Object.fromEntries(tree.seenBy),
    pages: total,
    moves: moves.log.length,
  };
  tree.dirty.clear();
  moves.unsaved = moves.log.length;
  return {
    pages,
    mark,
    kept: () => {
      layout.histories ||= histories;
      for (const [folder, count] of next) layout.pages.set(folder, count);
    },
    failed: () => {
      for (const [folder, touched] of taken) {
        const rows = tree.dirty.get(folder) ?? new Set<Row>();
        for (const row of touched) rows.add(row);
        tree.dirty.set(folder, rows);
      }
      moves.unsaved = Math.min(moves.unsaved, unsaved);
    },
  };
};

/** Issue the puts of a flush in a transaction of the caller's. */
export const putTree = ({ dirs, sys }: Pick<Stores, 'dirs' | 'sys'>, { pages, mark }: TreeFlush): void => {
  for (const { key, bytes } of pages) dirs.put(bytes, key);
  sys.put({ k: KEY, v: mark });
};

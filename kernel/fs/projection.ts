/**
 * Tree and histories on disk: written in batches together with a watermark, loaded at boot, and dropped and rebuilt
 * from the journal whenever their version changes. The journal is the truth; nothing here is.
 *
 *   dirs  key = directory id → DirRow: every node that is or was a child, and former names
 *   hist  key = [node id, page] → up to 64 rows of its history, oldest first
 *   sys   'proj:fs' → { version, vector }
 */
import type { ContentKind, NodeId, VersionVector } from '../protocol/entry.ts';
import type { Revision } from '../protocol/files.ts';
import { request, transact, transactFenced } from '../store/transact.ts';
import type { Database } from '../store/schema.ts';
import { createTree, type Tree, type TreeNode } from './tree.ts';

/** Raise it whenever a row's shape or meaning changes: the next boot rebuilds. */
export const PROJECTION_VERSION = 2;
export const HIST_PAGE = 64;
const KEY = 'proj:fs';

type NodeRow = Omit<TreeNode, 'children' | 'past'>;
type DirRow = { nodes: NodeRow[]; children: [string, NodeId][]; past: [string, NodeId[]][] };
type Mark = { version: number; vector: VersionVector };

/** `as` is how the content was kept at that revision; folders have none. */
export type HistRow = Revision & {
  node: NodeId;
  index: number;
  as?: ContentKind;
  /** With `at` and the device, the place in the total order. */
  tick: number;
  /**
   * Only where its author had not seen every row before it: the newest seq seen of each other device (the first 12
   * characters of its id) that has acted on this file. Of its own device it has seen every earlier seq.
   */
  seen?: Record<string, number>;
};

const rowOf = ({ children: _c, past: _p, ...row }: TreeNode): NodeRow => row;

/** The stored tree and how far it reaches; nothing when there is none that can be trusted [S4]. */
export const loadTree = async (db: Database): Promise<{ tree: Tree; vector: VersionVector } | undefined> => {
  const tree = createTree();
  const { mark, rows, histories } = await transact(
    db,
    ['sys', 'dirs', 'hist'],
    'readonly',
    async ({ sys, dirs, hist }) => {
      const row = (await request(sys.get(KEY))) as { v: Mark } | undefined;
      const histories = (await request(hist.getAllKeys(null, 1))).length;
      const keys = (await request(dirs.getAllKeys())) as NodeId[];
      const values = (await request(dirs.getAll())) as DirRow[];
      return { mark: row?.v, histories, rows: values.map((value, index) => [keys[index] ?? '', value] as const) };
    },
  );
  if (mark?.version !== PROJECTION_VERSION || histories === 0) return undefined;
  for (const [, row] of rows) {
    for (const node of row.nodes) tree.nodes.set(node.id, { ...node, children: new Map(), past: new Map() });
  }
  for (const [id, row] of rows) {
    const node = tree.nodes.get(id);
    if (node) Object.assign(node, { children: new Map(row.children), past: new Map(row.past) });
  }
  // Every folder has a row of its own: one that is missing means that the store was cleared or cut.
  const stored = new Set(rows.map(([id]) => id));
  for (const node of tree.nodes.values()) if (node.kind === 'dir' && !stored.has(node.id)) return undefined;
  return { tree, vector: mark.vector };
};

/** Throw the stored projection away, so that a rebuild starts clean. */
export const dropProjection = (db: Database, epoch: number): Promise<void> =>
  transactFenced(db, epoch, ['dirs', 'docs', 'hist', 'revs', 'sys'], async ({ dirs, docs, hist, revs, sys }) => {
    await Promise.all([...[dirs, docs, hist, revs].map((store) => request(store.clear())), request(sys.delete(KEY))]);
  });

const dirRow = (tree: Tree, id: NodeId, byParent: Map<NodeId, TreeNode[]>): DirRow => {
  const node = tree.get(id);
  return {
    nodes: (byParent.get(id) ?? []).map(rowOf),
    children: [...(node?.children ?? [])],
    past: [...(node?.past ?? [])],
  };
};

/** Which nodes have each dirty directory as their parent: live children, and dead ones still recorded there. */
const groupByParent = (tree: Tree, ids: ReadonlySet<NodeId>): Map<NodeId, TreeNode[]> => {
  const groups = new Map<NodeId, TreeNode[]>([...ids].map((id) => [id, []]));
  for (const [id, group] of groups) {
    const node = tree.get(id);
    const members = new Set([...(node?.children.values() ?? []), ...[...(node?.past.values() ?? [])].flat()]);
    for (const member of members) {
      const child = tree.get(member);
      if (child && child.parent === id && child.id !== id) group.push(child);
    }
  }
  return groups;
};

/** Write what changed, and the watermark, in one transaction. `docs` are text checkpoints to write along. */
export const flushTree = async (
  db: Database,
  epoch: number,
  tree: Tree,
  hist: readonly HistRow[],
  docs: ReadonlyMap<NodeId, unknown>,
  vector: VersionVector,
): Promise<void> => {
  const dirtyIds = new Set(tree.dirty);
  const groups = groupByParent(tree, dirtyIds);
  const rows = [...dirtyIds].map((id) => [id, dirRow(tree, id, groups)] as const);
  const pages = new Map<string, { key: [NodeId, number]; rows: HistRow[] }>();
  for (const row of hist) {
    const page = Math.floor(row.index / HIST_PAGE);
    const slot = pages.get(`${row.node}/${page}`) ?? { key: [row.node, page], rows: [] };
    slot.rows.push(row);
    pages.set(`${row.node}/${page}`, slot);
  }
  // Writers go on meanwhile: what they touch from here on is for the next flush.
  for (const id of dirtyIds) tree.dirty.delete(id);
  try {
    await transactFenced(db, epoch, ['dirs', 'docs', 'hist', 'sys'], async (stores) => {
      const putPage = async ({ key, rows: fresh }: { key: [NodeId, number]; rows: HistRow[] }): Promise<void> => {
        const first = fresh[0]?.index ?? 0;
        // A page that begins here has nothing on disk that stays.
        const stored =
          first % HIST_PAGE === 0 ? [] : (((await request(stores.hist.get(key))) as HistRow[] | undefined) ?? []);
        await request(stores.hist.put([...stored.filter((row) => row.index < first), ...fresh], key));
      };
      await Promise.all([
        ...rows.map(([id, row]) => request(stores.dirs.put(row, id))),
        ...[...docs].map(([id, doc]) => request(stores.docs.put(doc, id))),
        ...[...pages.values()].map(putPage),
        request(stores.sys.put({ k: KEY, v: { version: PROJECTION_VERSION, vector } satisfies Mark })),
      ]);
    });
  } catch (cause) {
    for (const id of dirtyIds) tree.dirty.add(id);
    throw cause;
  }
};

/** Pages `first` to `last` of one file's history, as far as they are on disk. */
export const readHistory = (db: Database, node: NodeId, first: number, last: number): Promise<HistRow[][]> =>
  transact(db, ['hist'], 'readonly', ({ hist }) =>
    request(hist.getAll(db.keyRange.bound([node, first], [node, last])) as IDBRequest<HistRow[][]>),
  );

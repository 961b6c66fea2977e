/**
 * The tree that stands: read from what is stored and brought up to the journal, or made from the journal when nothing
 * stored can be trusted. A workspace that was closed in order is there once its root is read; other folders are read when
 * a path leads through them, and all of them before anything is changed.
 */
import type { Entry, NodeId, SealedEntry, VersionVector } from '../protocol/entry.ts';
import { SysFailure } from '../protocol/errors.ts';
import type { Path } from '../protocol/paths.ts';
import type { Database } from '../store/schema.ts';
import type { Contents } from './contents.ts';
import type { Histories } from './history.ts';
import { dropProjection, openTree, type Layout, type StoredTree } from './projection.ts';
import { createTree, type Applied, type Tree } from './tree.ts';

/** Entries of every device after `vector`, each after what its author had seen. */
export type Replay = (after: VersionVector, each: (entries: SealedEntry[]) => void) => Promise<void>;

export type Standing = {
  tree: () => Tree;
  layout: () => Layout;
  /** Put the tree in line with what is durable, from what is stored or from the journal. */
  load: () => Promise<void>;
  /** Every folder is read. */
  whole: () => Promise<void>;
  reach: (path: Path) => Promise<void>;
  /** Note an applied entry in its file's history. */
  note: (entry: Entry, done: Applied) => void;
  /** Make the contents of files that were changed apart. */
  settleContents: (ids: Iterable<NodeId>) => Promise<void>;
  /** What is stored is not what was written: the next load starts from the journal. */
  distrust: () => void;
};

type Options = {
  db: Database;
  epoch: number;
  histories: Histories;
  contents: Contents;
  replay: Replay;
  /** Pages that must be there are not, or not what they were. */
  onBroken: () => void;
};

export const isContent = ({ change }: Entry): boolean =>
  change.op === 'create' || change.op === 'put' || change.op === 'edit' || change.op === 'append';

export const createStanding = ({ db, epoch, histories, contents, replay, onBroken }: Options): Standing => {
  let tree: Tree = createTree();
  let layout: Layout = { pages: new Map(), histories: false };
  let reading: StoredTree | undefined;
  let distrusted = false;

  const noteIn = (of: Tree, entry: Entry, { seen, first }: Applied): void => {
    const node = of.get(entry.node);
    if (node) histories.note(entry, node, of.namedPath(node), seen, first);
  };

  const settleIn = async (of: Tree, ids: Iterable<NodeId>): Promise<void> => {
    for (const id of ids) {
      const node = of.get(id);
      if (!node?.mixed) continue;
      const { lost, ...content } = await contents.refresh(node);
      // Of records the newer holds, and that is all there is to say.
      const told = lost !== undefined && content.as !== 'record';
      of.setContent(node, content, told ? { revision: lost, at: node.at } : undefined);
    }
  };

  const forget = (): void => {
    histories.clear();
    contents.clear();
  };

  /**
   * Apply what is in the journal after `vector`; false when it does not fit the tree that was stored. From the start
   * everything fits: an entry about nothing is passed over.
   */
  const bringUp = async (next: Tree, vector?: VersionVector): Promise<boolean> => {
    const apart = new Set<NodeId>();
    await replay(vector ?? {}, (entries) => {
      for (const { entry } of entries) {
        const done = next.apply(entry);
        if (done) noteIn(next, entry, done);
        if (done?.seen && isContent(entry)) apart.add(entry.node);
      }
    });
    if (vector && next.orphans > 0) return false;
    await settleIn(next, apart);
    return true;
  };

  /** Nothing came after `vector` but entries about no node: then folders need not be read before they are asked for. */
  const onlySessions = async (vector: VersionVector): Promise<SealedEntry[] | undefined> => {
    const tail: SealedEntry[] = [];
    let only = true;
    await replay(vector, (entries) => {
      only &&= entries.every(({ entry }) => entry.change.op === 'session');
      if (only) tail.push(...entries);
    });
    return only ? tail : undefined;
  };

  const fromStored = async (stored: StoredTree): Promise<boolean> => {
    const sessions = await onlySessions(stored.vector);
    if (sessions) {
      for (const { entry } of sessions) stored.tree.apply(entry);
    } else {
      await stored.whole();
      if (!(await bringUp(stored.tree, stored.vector))) return false;
    }
    // The old tree stood until now: `stat` and its like do not wait.
    ({ tree, layout } = stored);
    reading = sessions ? stored : undefined;
    return true;
  };

  const fromJournal = async (): Promise<void> => {
    forget();
    await dropProjection(db, epoch);
    const next = createTree();
    await bringUp(next);
    tree = next;
    layout = { pages: new Map(), histories: false };
    reading = undefined;
  };

  const load = async (): Promise<void> => {
    forget();
    const stored = distrusted ? undefined : await openTree(db, onBroken);
    distrusted = false;
    try {
      if (stored && (await fromStored(stored))) return;
    } catch (cause) {
      // Pages that do not fit are `EAGAIN`: the journal knows better.
      if (cause instanceof SysFailure && cause.error.code !== 'EAGAIN') throw cause;
    }
    await fromJournal();
  };

  return {
    tree: () => tree,
    layout: () => layout,
    load,
    whole: async () => {
      const stored = reading;
      await stored?.whole();
      if (reading === stored) reading = undefined;
    },
    reach: async (path) => reading?.reach(path),
    note: (entry, done) => noteIn(tree, entry, done),
    settleContents: (ids) => settleIn(tree, ids),
    distrust: () => {
      distrusted = true;
    },
  };
};

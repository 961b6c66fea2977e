/**
 * The file system: a projection of the journal with contents, histories and live documents.
 * Contract: one writer at a time (a mutex); a change set is checked, chained and applied in one synchronous step, then
 * made durable by the journal's group commit; answers and events come only after that. It does not know who may do what.
 */
import { decodeText } from '../protocol/bytes.ts';
import {
  revisionOf,
  type Entry,
  type NodeId,
  type RevisionId,
  type SealedEntry,
  type VersionVector,
} from '../protocol/entry.ts';
import { fail, must, ok, SysFailure, type Result } from '../protocol/errors.ts';
import type { Change, Stat } from '../protocol/files.ts';
import type { Conflict } from '../protocol/formats/records.ts';
import type { Draft, Log } from '../protocol/log.ts';
import type { Merged, Parcel } from '../protocol/parcel.ts';
import type { Path } from '../protocol/paths.ts';
import { storageFailure, transactFenced } from '../store/transact.ts';
import type { Database } from '../store/schema.ts';
import { storeBlob } from './blobs.ts';
import { createBus, type Bus, type Committed } from './bus.ts';
import { conflictChanges, conflictNodes, type Known } from './conflicts.ts';
import { createContents, type Contents } from './contents.ts';
import { changeSets, committedBy, placesBefore } from './foreign.ts';
import { eventsOf } from './events.ts';
import { createHistories, type Histories } from './history.ts';
import {
  dropProjection,
  openTree,
  putHistories,
  putTree,
  takeTree,
  type Layout,
  type StoredTree,
} from './projection.ts';
import { recordBytes } from './record.ts';
import { createReads, refused, type Reads } from './reads.ts';
import { prepare } from './prepare.ts';
import { stage, type Author, type Staged } from './stage.ts';
import { randomClient } from './texts.ts';
import { createTree, type Applied, type Tree, type TreeNode, type Undo } from './tree.ts';

/** Judges the texts a change set would leave behind, before it takes its place. */
export type Check = (textAt: (path: Path) => string | undefined) => Result<unknown>;

export type Fs = Reads &
  Omit<Bus, 'announce'> & {
    stat: (path: Path) => Stat | undefined;
    /** Apply one change set. `author` is whoever the gate says asked; `check` sees what the set would leave, and may refuse it. */
    write: (changes: readonly Change[], author: Author, check?: Check) => Promise<Result<{ revisions: RevisionId[] }>>;
    /** Stage work of its own under the writer's lock (live documents seal themselves this way). */
    exclusive: <T>(body: () => Promise<T>) => Promise<T>;
    commit: (drafts: Draft[], staged: Staged, author: Author) => Promise<void>;
    /** Take in what other devices wrote: verified and durable first, then applied, then told to watchers. */
    merge: (parcels: readonly Parcel[]) => Promise<Result<Merged>>;
    /**
     * Every folder is read. `read` and `list` do not need it; `stat`, `nodeAt`, `node`, `files` and `counts` know no more
     * than was read before.
     */
    whole: () => Promise<void>;
    /** Bring /system/conflicts in line with what is there. */
    reviewConflicts: () => Promise<void>;
    childrenOf: (folder: { id: NodeId }) => Iterable<[string, TreeNode]>;
    nodeAt: (path: Path) => TreeNode | undefined;
    node: (id: string) => TreeNode | undefined;
    pathOf: (node: TreeNode) => Path;
    contents: Contents;
    /** Write the projection; safe at any time. */
    flush: () => Promise<void>;
    /** The journal rolled back: what was staged is dropped before anything else is read or written. */
    rolledBack: () => void;
    counts: () => { files: number; folders: number };
    stop: () => Promise<void>;
  };

type Options = {
  db: Database;
  log: Log;
  epoch: number;
  /** Entries of every device after `vector`, each after what its author had seen. */
  replay: (after: VersionVector, each: (entries: SealedEntry[]) => void) => Promise<void>;
  setTimer: (run: () => void, ms: number) => () => void;
};

const MERGER: Author = { actor: 'daemon:merge', message: 'Noted where devices disagree', run: '', cause: '' };
const FLUSH_ENTRIES = 256;
const FLUSH_IDLE_MS = 250;

const isContent = ({ change }: Entry): boolean =>
  change.op === 'create' || change.op === 'put' || change.op === 'edit' || change.op === 'append';

export const openFs = async ({ db, log, epoch, replay, setTimer }: Options): Promise<Fs> => {
  let tree: Tree = createTree();
  let layout: Layout = { pages: new Map() };
  let reading: Pick<StoredTree, 'reach' | 'whole'> | undefined;
  let client = randomClient();
  const broken = (): void => {
    damaged = true;
    stale = true;
  };
  const histories: Histories = createHistories(db, broken);
  const contents = createContents({ db, epoch, log, histories, client: () => client });
  const bus = createBus();
  let lock: Promise<unknown> = Promise.resolve();
  /** The flush on its way to the disk; settles when it is there or failed. */
  let flushing: Promise<unknown> = Promise.resolve();
  let cancelFlush: (() => void) | undefined;
  let stopped = false;
  /** The tree holds what the journal rolled back, or has to be made again. */
  let stale = false;
  /** What is stored of the projection is not what was written. */
  let damaged = false;

  const exclusive = <T>(body: () => Promise<T>): Promise<T> => {
    const turn = lock.then(async () => {
      if (stale) await restore();
      await whole();
      return body();
    });
    lock = turn.catch(() => undefined);
    return turn;
  };

  /** Every folder is read. Whatever changes the tree, or finds nodes by anything but a path, comes after. */
  const whole = async (): Promise<void> => {
    await reading?.whole();
    reading = undefined;
  };

  const applyEntry = (to: Tree, entry: Entry): Undo => {
    const done = to.apply(entry);
    if (!done) return () => undefined;
    note(to, entry, done);
    return () => {
      done.undo();
      histories.forget(1);
    };
  };

  const note = (to: Tree, entry: Entry, { seen }: Applied): void => {
    const node = to.get(entry.node);
    if (node) histories.note(entry, node, to.pathOf(node), seen);
  };

  /** What stands in files that were changed apart; no entry says it. */
  const settleContents = async (of: Tree, ids: Iterable<NodeId>): Promise<void> => {
    for (const id of ids) {
      const node = of.get(id);
      if (!node?.mixed) continue;
      const { lost, ...content } = await contents.refresh(node);
      of.setContent(node, content, lost);
    }
  };

  /** Apply what is in the journal after `vector`; false when it does not fit the tree. */
  const replayOver = async (next: Tree, vector: VersionVector): Promise<boolean> => {
    const apart = new Set<NodeId>();
    await replay(vector, (entries) => {
      for (const { entry } of entries) {
        const done = next.apply(entry);
        if (done) note(next, entry, done);
        if (done?.seen && isContent(entry)) apart.add(entry.node);
      }
    });
    const fits = next.orphans === 0;
    if (fits) await settleContents(next, apart);
    return fits;
  };

  /** Nothing after `vector` but what is about no node: then folders need not be read before they are asked for. */
  const onlySessions = async (vector: VersionVector): Promise<SealedEntry[] | undefined> => {
    const tail: SealedEntry[] = [];
    let only = true;
    await replay(vector, (entries) => {
      only &&= entries.every(({ entry }) => entry.change.op === 'session');
      if (only) tail.push(...entries);
    });
    return only ? tail : undefined;
  };

  /** Stored projection plus the journal's tail; a projection that does not fit is dropped and rebuilt from the start. */
  const load = async (): Promise<void> => {
    await flushing.catch(() => undefined);
    histories.clear();
    contents.clear();
    const stored = await openTree(db, broken);
    try {
      if (stored) {
        const sessions = await onlySessions(stored.vector);
        if (!sessions) await stored.whole();
        // The old tree stands until the new one is whole: `stat` and its like do not wait.
        if (
          sessions
            ? sessions.every(({ entry }) => !stored.tree.apply(entry))
            : await replayOver(stored.tree, stored.vector)
        ) {
          ({ tree, layout } = stored);
          reading = sessions ? stored : undefined;
          return;
        }
      }
    } catch (cause) {
      if (cause instanceof SysFailure && cause.error.code !== 'EAGAIN') throw cause;
    }
    damaged = false;
    stale = false;
    histories.clear();
    contents.clear();
    await dropProjection(db, epoch);
    const next = createTree();
    await replayOver(next, {});
    tree = next;
    layout = { pages: new Map() };
    reading = undefined;
  };

  /** Back to the durable state. A client id whose clock was given to lost updates is never used again. */
  const restore = async (): Promise<void> => {
    client = randomClient();
    await flushing.catch(() => undefined);
    if (damaged) await dropProjection(db, epoch);
    damaged = false;
    await load();
    await whole();
    stale = false;
  };

  const ready = async (): Promise<void> => {
    await log.settled();
    if (stale) await exclusive(async () => undefined);
  };

  /** Folders are read as far as a path needs it; a projection found broken is made again, and looked at anew. */
  const reach = async (path?: Path): Promise<void> => {
    try {
      await (path === undefined ? whole() : reading?.reach(path));
    } catch (cause) {
      if (!stale) throw cause;
      await exclusive(async () => undefined);
    }
  };

  /** What is to be written is taken at once; writers do not wait until it is on disk. */
  const takeFlush = async (): Promise<(() => Promise<void>) | undefined> => {
    cancelFlush?.();
    cancelFlush = undefined;
    await log.settled();
    // Rolled back while it waited: the tree holds what never was, and is about to be made again. Nor is a watermark
    // set in a damaged journal: the projection may know more than can be read of it now.
    if (stale || log.damage()) return undefined;
    const pending = [...histories.pending()];
    if (pending.length === 0 && tree.dirty.size === 0) return undefined;
    const touched = new Map(pending.flatMap((row) => tree.get(row.node) ?? []).map((node) => [node.id, node]));
    const docs = contents.checkpoints(touched.values());
    const taken = takeTree(tree, layout, log.vector());
    return async () => {
      try {
        await transactFenced(db, epoch, ['dirs', 'docs', 'hist', 'sys'], async (stores) => {
          putTree(stores, taken);
          for (const [id, doc] of docs) stores.docs.put(doc, id);
          await putHistories(stores, pending);
        });
      } catch (cause) {
        taken.failed();
        throw cause;
      }
      taken.kept();
      histories.flushed(pending.length);
      contents.checkpointed(docs);
    };
  };

  const flush = async (): Promise<void> => {
    await exclusive(async () => {
      await flushing.catch(() => undefined);
      const put = await takeFlush();
      if (put) flushing = put();
      // Whoever waits for it is told below.
      flushing.catch(() => undefined);
    });
    await flushing;
  };

  const scheduleFlush = (): void => {
    if (stopped) return;
    if (histories.pending().length >= FLUSH_ENTRIES) {
      cancelFlush?.();
      cancelFlush = undefined;
      // A failed flush costs nothing: the journal has it all, and the next boot replays.
      flush().catch(() => undefined);
      return;
    }
    cancelFlush ??= setTimer(() => {
      cancelFlush = undefined;
      flush().catch(() => undefined);
    }, FLUSH_IDLE_MS);
  };

  const announce = (done: Committed): void => {
    bus.announce(done);
    scheduleFlush();
  };

  /** Run the synchronous step; on any refusal everything it touched is as before. */
  const stageSet = (
    author: Author,
    body: (apply: (draft: Draft) => { node: TreeNode; revision: RevisionId }) => Staged,
  ): { done: Committed; durable: Promise<void> } => {
    const batch = log.batch();
    const undos: Undo[] = [];
    const touchedIds = new Set<string>();
    try {
      const staged = body((draft) => {
        touchedIds.add(draft.node);
        const entry = batch.add(draft);
        undos.push(applyEntry(tree, entry));
        const node = tree.get(entry.node) ?? fail('EIO', 'An entry was applied to no node.');
        return { node, revision: revisionOf(entry) };
      });
      for (const [id, content] of staged.contents) contents.put(id, content);
      const done = { staged, author, events: eventsOf(tree, staged, author) };
      return { done, durable: batch.commit() };
    } catch (cause) {
      for (const undo of undos.reverse()) undo();
      // Documents edited by the refused set hold its edits: they are rebuilt from the journal.
      for (const id of touchedIds) contents.drop(id);
      batch.discard();
      throw cause;
    }
  };

  const textIn =
    (staged: Staged) =>
    (path: Path): string | undefined => {
      const node = tree.resolve(path);
      const content = node && staged.contents.get(node.id);
      return content?.as === 'text' ? content.text : undefined;
    };

  const place = async (
    changes: readonly Change[],
    author: Author,
    check?: Check,
  ): Promise<{ done: Committed; durable: Promise<void> }> => {
    const damage = log.damage();
    if (damage) throw new SysFailure(damage);
    for (;;) {
      try {
        const prepared = await prepare(tree, changes, contents.load, (bytes) => storeBlob(db, epoch, bytes));
        if (!stale) {
          const { [log.device]: _own, ...seen } = log.vector();
          return stageSet(author, (apply) => {
            const staged = stage({ tree, prepared, author, client, seen, apply }, changes);
            if (check) must(check(textIn(staged)));
            return staged;
          });
        }
      } catch (cause) {
        if (!stale) throw cause;
      }
      // An earlier set was rolled back while this one was prepared: it was looked at in a state that is gone.
      await restore();
    }
  };

  const write: Fs['write'] = async (changes, author, check) => {
    try {
      // The lock is free again as soon as the set has its place, which is what lets commits group.
      const { done, durable } = await exclusive(() => place(changes, author, check));
      await durable;
      announce(done);
      return ok({ revisions: done.staged.revisions });
    } catch (cause) {
      return refused(
        cause instanceof SysFailure ? cause : cause instanceof DOMException ? storageFailure(cause) : cause,
      );
    }
  };

  const commit: Fs['commit'] = async (drafts, staged, author) => {
    if (stale)
      fail('EAGAIN', 'The database refused an earlier write just now, so this one was not tried. Try it again.');
    const { done, durable } = stageSet(author, (apply) => {
      for (const draft of drafts) staged.revisions.push(apply(draft).revision);
      return staged;
    });
    await durable;
    announce(done);
  };

  /** Apply entries of other devices, which are durable; what each of their change sets did. */
  const absorb = async (entries: readonly Entry[]): Promise<Committed[]> => {
    const before = placesBefore(tree, entries);
    const apart = new Set<NodeId>();
    tree.applyAll(entries, (entry, done) => {
      note(tree, entry, done);
      if (!isContent(entry)) return;
      // What is held is of before.
      contents.drop(entry.node);
      if (done.seen) apart.add(entry.node);
    });
    await settleContents(tree, apart);
    return changeSets(entries)
      .map((set) => committedBy(tree, set, before))
      .filter(({ staged }) => staged.touched.length > 0);
  };

  const merge: Fs['merge'] = async (parcels) => {
    try {
      const { merged, committed } = await exclusive(async () => {
        await log.settled();
        const merged = await log.merge(parcels);
        return { merged, committed: await absorb(merged.entries.map(({ entry }) => entry)) };
      });
      for (const done of committed) announce(done);
      await reviewConflicts();
      return ok(merged);
    } catch (cause) {
      return refused(cause);
    }
  };

  /** Bring /system/conflicts in line with the tree. */
  const reviewConflicts = async (): Promise<void> => {
    if (log.damage()) return;
    const reviewed = await exclusive(async () => {
      const known: Known[] = [];
      for (const { node, path } of conflictNodes(tree)) {
        const content = await contents.load(node);
        const text = content.as === 'record' ? decodeText(recordBytes(content)) : undefined;
        if (text !== undefined) known.push({ node, path, conflict: JSON.parse(text) as Conflict });
      }
      const changes = conflictChanges(tree, known);
      return changes.length > 0 ? place(changes, MERGER) : undefined;
    });
    if (!reviewed) return;
    await reviewed.durable;
    announce(reviewed.done);
  };
  bus.onCommit(({ staged }) => {
    // Settled by what was just written, perhaps.
    if (staged.touched.some(({ node }) => tree.concerned(node.row))) reviewConflicts().catch(() => undefined);
  });

  await load();
  const reads = createReads({ tree: () => tree, log, contents, histories, ready, reach });

  return {
    ...reads,
    write,
    merge,
    whole: () => exclusive(async () => undefined),
    reviewConflicts,
    exclusive,
    commit,
    contents,
    flush,
    stat: (path) => {
      const node = tree.resolve(path);
      return node && tree.stat(node, path);
    },
    nodeAt: (path) => tree.resolve(path),
    node: (id) => tree.get(id),
    pathOf: (node) => tree.pathOf(node),
    childrenOf: (folder) => tree.children(folder),
    onCommit: bus.onCommit,
    on: bus.on,
    rolledBack: () => {
      stale = true;
      exclusive(async () => undefined).catch(() => undefined); // At once: `stat` and its like do not wait.
    },
    counts: () => tree.counts(),
    stop: async () => {
      stopped = true;
      cancelFlush?.();
      await flush().catch(() => undefined);
    },
  };
};

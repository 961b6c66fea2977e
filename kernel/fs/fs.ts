/**
 * The file system: a projection of the journal with contents, histories and live documents.
 * Contract: one writer at a time (a mutex); a change set is checked, chained and applied in one synchronous step, then
 * made durable by the journal's group commit; answers and events come only after that. It does not know who may do what.
 */
import { revisionOf, type NodeId, type RevisionId } from '../protocol/entry.ts';
import { fail, must, ok, SysFailure, type Result } from '../protocol/errors.ts';
import type { Change, Stat } from '../protocol/files.ts';
import { CONFLICTS } from '../protocol/formats/records.ts';
import type { Draft, Log } from '../protocol/log.ts';
import type { Absorbed, Parcel } from '../protocol/parcel.ts';
import type { Path } from '../protocol/paths.ts';
import { storageFailure } from '../store/transact.ts';
import type { Database } from '../store/schema.ts';
import type { Bulk } from './bulk.ts';
import { createBus, type Bus, type Committed } from './bus.ts';
import { stagedSet, type Check } from './check.ts';
import { createContents, type Contents } from './contents.ts';
import { eventsOf } from './events.ts';
import { createFlushing } from './flushing.ts';
import type { Former } from './former.ts';
import { createHistories, type Histories } from './history.ts';
import type { Merging } from './merging.ts';
import { prepare } from './prepare.ts';
import { createReads, refused, type Reads } from './reads.ts';
import type { Sources } from './restore-plan.ts';
import type { TakeBack, Which } from './take-back.ts';
import { stage, type Author, type Staged } from './stage.ts';
import { createStanding } from './standing.ts';
import { randomClient } from './text-form.ts';
import type { TreeNode, Undo } from './tree.ts';

export type Fs = Reads &
  Omit<Bus, 'announce'> & {
    stat: (path: Path) => Stat | undefined;
    /** Apply one change set. `author` is whoever the gate says asked; `check` sees what the set would leave, and may refuse it. */
    write: (changes: readonly Change[], author: Author, check?: Check) => Promise<Result<{ revisions: RevisionId[] }>>;
    /** Stage work of its own under the writer's lock (live documents seal themselves this way). */
    exclusive: <T>(body: () => Promise<T>) => Promise<T>;
    commit: (drafts: Draft[], staged: Staged, author: Author) => Promise<void>;
    /** Take in what other devices wrote: verified and durable first, then applied, then told to watchers. */
    merge: (parcels: readonly Parcel[]) => Promise<Result<Absorbed>>;
    /** Chunks by name, for a device that lacks them; and such from another device, each kept under the name its bytes have. */
    chunks: (hashes: readonly string[]) => Promise<Uint8Array[]>;
    takeChunks: (pieces: readonly Uint8Array[]) => Promise<void>;
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
    /** What it takes to undo a run or an actor, as the files stand. */
    takeBack: (which: Which) => Promise<TakeBack>;
    /** The texts of many files; those that have to be read on their own are left out. */
    bulk: (nodes: readonly TreeNode[]) => Promise<Bulk>;
    /** The past as it is now, to look through. */
    former: () => Promise<Former>;
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
  setTimer: (run: () => void, ms: number) => () => void;
};

export const openFs = async ({ db, log, epoch, setTimer }: Options): Promise<Fs> => {
  let client = randomClient();
  let lock: Promise<unknown> = Promise.resolve();
  /** The tree holds what the journal rolled back, or has to be made again. */
  let stale = false;
  const onBroken = (): void => {
    standing.distrust();
    stale = true;
  };
  const histories: Histories = createHistories({
    db,
    log,
    nodeOf: (id) => standing.tree().get(id),
    onDamage: onBroken,
  });
  const contents = createContents({ db, epoch, log, histories, client: () => client });
  const standing = createStanding({ db, epoch, histories, contents, replay: log.replay, onBroken });
  const sources: Sources = { log, contents, histories };
  const { tree } = standing;
  const bus = createBus();

  const exclusive = <T>(body: () => Promise<T>): Promise<T> => {
    const turn = lock.then(async () => {
      if (stale) await restore();
      await standing.whole().catch(async (cause: unknown) => {
        // Pages that were found broken: the journal knows what was in them.
        if (!stale) throw cause;
        await restore();
      });
      return body();
    });
    lock = turn.catch(() => undefined);
    return turn;
  };

  const flushing = createFlushing({
    db,
    epoch,
    log,
    standing,
    histories,
    contents,
    exclusive,
    stale: () => stale,
    setTimer,
  });

  /** Back to the durable state. A client id whose clock was given to lost updates is never used again. */
  const restore = async (): Promise<void> => {
    client = randomClient();
    await flushing.landed();
    await standing.load();
    await standing.whole();
    stale = false;
  };

  const ready = async (): Promise<void> => {
    await log.settled();
    if (stale) await exclusive(async () => undefined);
  };

  /** A projection that is found broken on the way is made again. */
  const reach = async (path?: Path): Promise<void> => {
    try {
      await (path === undefined ? standing.whole() : standing.reach(path));
    } catch (cause) {
      if (!stale) throw cause;
      await exclusive(async () => undefined);
    }
  };

  const announce = (done: Committed): void => {
    bus.announce(done);
    flushing.schedule();
  };

  /** Run the synchronous step; on any refusal everything it touched is as before. */
  const stageSet = (
    author: Author,
    body: (apply: (draft: Draft) => { node: TreeNode; revision: RevisionId }, entries: Map<string, number>) => Staged,
  ): { done: Committed; durable: Promise<void> } => {
    const batch = log.batch();
    const undos: Undo[] = [];
    /** How many entries each node gets. */
    const entries = new Map<string, number>();
    try {
      const staged = body((draft) => {
        entries.set(draft.node, (entries.get(draft.node) ?? 0) + 1);
        const entry = batch.add(draft);
        const applied = tree().apply(entry) ?? fail('EIO', 'An entry was applied to no node.');
        standing.note(entry, applied);
        undos.push(() => {
          applied.undo();
          histories.forget(1);
        });
        const node = tree().get(entry.node) ?? fail('EIO', 'An entry was applied to no node.');
        return { node, revision: revisionOf(entry) };
      }, entries);
      for (const [id, content] of staged.contents) contents.put(id, content);
      const done: Committed = { staged, author, events: eventsOf(tree(), staged, author), source: 'local' };
      return { done, durable: batch.commit() };
    } catch (cause) {
      for (const undo of undos.reverse()) undo();
      // Documents edited by the refused set hold its edits: they are rebuilt from the journal.
      for (const id of entries.keys()) contents.drop(id);
      batch.discard();
      throw cause;
    }
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
        const prepared = await prepare(tree(), changes, sources, async (bytes) =>
          (await import('./blobs.ts')).storeBlob(db, epoch, bytes),
        );
        if (!stale) {
          const { [log.device]: _own, ...seen } = log.vector();
          return stageSet(author, (apply, entries) => {
            const staged = stage({ tree: tree(), prepared, author, client, seen, apply }, changes);
            if (check) must(check(stagedSet(tree(), staged, author, entries)));
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

  /** Loaded by the first merge, or where disagreements were left. */
  let loading: Promise<Merging> | undefined;
  const merging = (): Promise<Merging> =>
    (loading ??= import('./merging.ts').then(({ createMerging }) => {
      const made = createMerging({ db, log, standing, contents, exclusive, place, announce });
      bus.onCommit(made.committed);
      return made;
    }));

  await standing.load();
  const reads = createReads({ tree, log, contents, histories, ready, reach });

  return {
    ...reads,
    write,
    merge: async (parcels) => (await merging()).merge(parcels),
    chunks: async (hashes) => (await import('./blobs.ts')).readChunks(db, hashes),
    takeChunks: async (pieces) => (await import('./blobs.ts')).storeChunks(db, epoch, pieces),
    whole: () => exclusive(async () => undefined),
    reviewConflicts: async () => {
      if (tree().resolve(CONFLICTS)) await (await merging()).review();
    },
    exclusive,
    commit,
    contents,
    takeBack: async (which) => {
      const [{ planTakeBack }] = await Promise.all([import('./take-back.ts'), ready().then(() => reach())]);
      return planTakeBack(tree(), which, sources);
    },
    bulk: async (nodes) => {
      const [{ readBulk }] = await Promise.all([import('./bulk.ts'), ready()]);
      return readBulk(nodes, log, ({ id }) => contents.held(id));
    },
    former: async () => {
      const [{ createFormer }] = await Promise.all([import('./former.ts'), ready().then(() => reach())]);
      const seen = tree();
      return createFormer(seen, sources, () => ready().then(() => tree() === seen));
    },
    flush: flushing.flush,
    stat: (path) => {
      const node = tree().resolve(path);
      return node && tree().stat(node, path);
    },
    nodeAt: (path) => tree().resolve(path),
    node: (id) => tree().get(id),
    pathOf: (node) => tree().pathOf(node),
    childrenOf: (folder) => tree().children(folder),
    onCommit: bus.onCommit,
    on: bus.on,
    rolledBack: () => {
      stale = true;
      exclusive(async () => undefined).catch(() => undefined); // At once: `stat` and its like do not wait.
    },
    counts: () => tree().counts(),
    stop: flushing.stop,
  };
};

/**
 * The file system: a projection of the journal with contents, histories and live documents.
 * Contract: one writer at a time (a mutex); a change set is checked, chained and applied in one synchronous step, then
 * made durable by the journal's group commit; answers and events come only after that. It does not know who may do what.
 */
import { revisionOf, type RevisionId, type SealedEntry } from '../protocol/entry.ts';
import { fail, must, ok, SysFailure, type Result } from '../protocol/errors.ts';
import type { Change, Stat } from '../protocol/files.ts';
import type { Draft, Log } from '../protocol/log.ts';
import type { Path } from '../protocol/paths.ts';
import { storageFailure } from '../store/transact.ts';
import type { Database } from '../store/schema.ts';
import { storeBlob } from './blobs.ts';
import type { Bulk } from './bulk.ts';
import { createBus, type Bus, type Committed } from './bus.ts';
import { stagedSet, type Check } from './check.ts';
import { createContents, type Contents } from './contents.ts';
import { eventsOf } from './events.ts';
import type { Former } from './former.ts';
import { createHistories, type Histories } from './history.ts';
import { dropProjection, flushTree, loadTree } from './projection.ts';
import { createReads, refused, type Reads } from './reads.ts';
import { prepare } from './prepare.ts';
import type { Sources } from './restore-plan.ts';
import type { TakeBack, Which } from './take-back.ts';
import { stage, type Author, type Staged } from './stage.ts';
import { randomClient } from './texts.ts';
import { createTree, type Tree, type TreeNode, type Undo } from './tree.ts';

export type Fs = Reads &
  Omit<Bus, 'announce'> & {
    stat: (path: Path) => Stat | undefined;
    /** Apply one change set. `author` is whoever the gate says asked; `check` sees what the set would leave, and may refuse it. */
    write: (changes: readonly Change[], author: Author, check?: Check) => Promise<Result<{ revisions: RevisionId[] }>>;
    /** Stage work of its own under the writer's lock (live documents seal themselves this way). */
    exclusive: <T>(body: () => Promise<T>) => Promise<T>;
    commit: (drafts: Draft[], staged: Staged, author: Author) => Promise<void>;
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
  /** Entries of this device after `seq`, oldest first. */
  scan: (after: number, each: (entries: SealedEntry[]) => void) => Promise<void>;
  setTimer: (run: () => void, ms: number) => () => void;
};

const FLUSH_ENTRIES = 256;
const FLUSH_IDLE_MS = 250;

export const openFs = async ({ db, log, epoch, scan, setTimer }: Options): Promise<Fs> => {
  let tree: Tree = createTree();
  let client = randomClient();
  const histories: Histories = createHistories(db, () => {
    damaged = true;
    stale = true;
  });
  const contents = createContents({ db, epoch, log, histories, client: () => client });
  const sources: Sources = { log, contents, histories };
  const bus = createBus();
  let lock: Promise<unknown> = Promise.resolve();
  let cancelFlush: (() => void) | undefined;
  let stopped = false;
  /** The tree holds what the journal rolled back, or has to be made again. */
  let stale = false;
  /** What is stored of the projection is not what was written. */
  let damaged = false;

  const exclusive = <T>(body: () => Promise<T>): Promise<T> => {
    const turn = lock.then(async () => {
      if (stale) await restore();
      return body();
    });
    lock = turn.catch(() => undefined);
    return turn;
  };

  const applyEntry = (to: Tree, entry: SealedEntry['entry']): Undo => {
    const undo = to.apply(entry);
    const node = to.get(entry.node);
    if (!node) return undo;
    histories.note(entry, node, to.pathOf(node));
    return () => {
      undo();
      histories.forget(1);
    };
  };

  /** Stored projection plus the journal's tail; a projection that does not fit is dropped and rebuilt from the start. */
  const load = async (): Promise<void> => {
    /** The old tree stands until the new one is whole: `stat` and its like do not wait. */
    const replay = async (next: Tree, after: number): Promise<void> => {
      histories.clear();
      contents.clear();
      await scan(after, (entries) => entries.forEach(({ entry }) => applyEntry(next, entry)));
      tree = next;
    };
    const stored = await loadTree(db);
    try {
      if (stored) return await replay(stored.tree, stored.vector[log.device] ?? 0);
    } catch (cause) {
      if (cause instanceof SysFailure) throw cause;
    }
    await dropProjection(db, epoch);
    await replay(createTree(), 0);
  };

  /** Back to the durable state. A client id whose clock was given to lost updates is never used again. */
  const restore = async (): Promise<void> => {
    client = randomClient();
    if (damaged) await dropProjection(db, epoch);
    damaged = false;
    await load();
    stale = false;
  };

  const ready = async (): Promise<void> => {
    await log.settled();
    if (stale) await exclusive(async () => undefined);
  };

  const flush = (): Promise<void> =>
    exclusive(async () => {
      cancelFlush?.();
      cancelFlush = undefined;
      await log.settled();
      // Rolled back while it waited: the tree holds what never was, and is about to be made again. Nor is a watermark
      // set in a damaged journal: the projection may know more than can be read of it now.
      if (stale || log.damage()) return;
      const pending = [...histories.pending()];
      if (pending.length === 0) return;
      const touched = new Set(pending.flatMap((row) => tree.get(row.node) ?? []));
      const docs = contents.checkpoints(touched);
      await flushTree(db, epoch, tree, pending, docs, log.vector());
      histories.flushed(pending.length);
      contents.checkpointed(docs);
    });

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
        undos.push(applyEntry(tree, entry));
        const node = tree.get(entry.node) ?? fail('EIO', 'An entry was applied to no node.');
        return { node, revision: revisionOf(entry) };
      }, entries);
      for (const [id, content] of staged.contents) contents.put(id, content);
      const done = { staged, author, events: eventsOf(tree, staged, author) };
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
        const prepared = await prepare(tree, changes, sources, (bytes) => storeBlob(db, epoch, bytes));
        if (!stale) {
          const { [log.device]: _own, ...seen } = log.vector();
          return stageSet(author, (apply, entries) => {
            const staged = stage({ tree, prepared, author, client, seen, apply }, changes);
            if (check) must(check(stagedSet(tree, staged, author, entries)));
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

  await load();
  const reads = createReads({ tree: () => tree, log, contents, histories, ready });

  return {
    ...reads,
    write,
    exclusive,
    commit,
    contents,
    takeBack: async (which) => {
      const [{ planTakeBack }] = await Promise.all([import('./take-back.ts'), ready()]);
      return planTakeBack(tree, which, sources);
    },
    bulk: async (nodes) => {
      const [{ readBulk }] = await Promise.all([import('./bulk.ts'), ready()]);
      return readBulk(nodes, log);
    },
    former: async () => {
      const [{ createFormer }] = await Promise.all([import('./former.ts'), ready()]);
      const seen = tree;
      return createFormer(seen, sources, () => ready().then(() => tree === seen));
    },
    flush,
    stat: (path) => {
      const node = tree.resolve(path);
      return node && tree.stat(node, path);
    },
    nodeAt: (path) => tree.resolve(path),
    node: (id) => tree.get(id),
    pathOf: (node) => tree.pathOf(node),
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

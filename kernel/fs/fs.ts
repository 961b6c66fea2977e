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
import { createBus, type Bus, type Committed } from './bus.ts';
import { createContents, type Contents } from './contents.ts';
import { eventsOf } from './events.ts';
import { createHistories, type Histories } from './history.ts';
import { dropProjection, flushTree, loadTree } from './projection.ts';
import { createReads, refused, type Reads } from './reads.ts';
import { prepare } from './prepare.ts';
import { stage, type Author, type Staged } from './stage.ts';
import { randomClient } from './texts.ts';
import { createTree, type Tree, type TreeNode, type Undo } from './tree.ts';

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
  const bus = createBus();
  let lock: Promise<unknown> = Promise.resolve();
  let cancelFlush: (() => void) | undefined;
  /** Flushes asked for and not done: one at a time. */
  let flushes = 0;
  let flushed: Promise<unknown> = Promise.resolve();
  let putting = flushed;
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
    await putting;
    if (damaged) await dropProjection(db, epoch);
    damaged = false;
    await load();
    stale = false;
  };

  const ready = async (): Promise<void> => {
    await log.settled();
    if (stale) await exclusive(async () => undefined);
  };

  /** Taken under the lock, whole and durable; put down outside of it, so that no writer waits. */
  const flushOnce = async (): Promise<void> => {
    let put: Promise<void> | undefined;
    await exclusive(async () => {
      await log.settled();
      const pending = [...histories.pending()];
      // Rolled back while it waited: the tree holds what never was, and is about to be made again. Nor is a watermark
      // set in a damaged journal: the projection may know more than can be read of it now.
      if (stale || log.damage() || pending.length === 0) return;
      const of = tree;
      const docs = contents.checkpoints(new Set(pending.flatMap((row) => of.get(row.node) ?? [])));
      put = flushTree(db, epoch, of, pending, docs, log.vector()).then(() => {
        // Rolled back meanwhile: what was put is durable and stays, but the rows that wait are others now.
        if (stale || tree !== of) return;
        histories.flushed(pending.length);
        contents.checkpointed(docs);
      });
      putting = put.catch(() => undefined);
    });
    await put;
  };

  const flush = (): Promise<void> => {
    flushes++;
    const turn = flushed.then(flushOnce).finally(() => flushes--);
    flushed = turn.catch(() => undefined);
    return turn;
  };

  const flushSoon = (): void => {
    cancelFlush?.();
    cancelFlush = undefined;
    // A failed flush costs nothing: the journal has it all, and the next boot replays. The next write tries again.
    flush().then(scheduleFlush, () => undefined);
  };

  const scheduleFlush = (): void => {
    const due = histories.pending().length;
    if (stopped || flushes > 0 || due === 0) return;
    if (due >= FLUSH_ENTRIES) flushSoon();
    else cancelFlush ??= setTimer(flushSoon, FLUSH_IDLE_MS);
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

  await load();
  const reads = createReads({ tree: () => tree, log, contents, histories, ready });

  return {
    ...reads,
    write,
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

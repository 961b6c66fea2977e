/**
 * Writing the projection: what is not on disk is taken at once, under the writers' lock, and put down in one transaction
 * outside it, so writers wait for no disk but their own. A flush that fails costs nothing: the journal has it all.
 */
import type { Log } from '../protocol/log.ts';
import { transactFenced } from '../store/transact.ts';
import type { Database } from '../store/schema.ts';
import type { Contents } from './contents.ts';
import type { Histories } from './history.ts';
import { writeHistories } from './hist-store.ts';
import { putTree, takeTree } from './projection.ts';
import type { Standing } from './standing.ts';

const FLUSH_ENTRIES = 256;
const FLUSH_IDLE_MS = 250;

export type Flushing = {
  /** Write what there is; rejects when that failed. */
  flush: () => Promise<void>;
  /** There is something to write: soon, or at once when it is much. */
  schedule: () => void;
  /** Nothing is on its way to the disk. */
  landed: () => Promise<unknown>;
  stop: () => Promise<void>;
};

type Options = {
  db: Database;
  epoch: number;
  log: Log;
  standing: Standing;
  histories: Histories;
  contents: Contents;
  exclusive: <T>(body: () => Promise<T>) => Promise<T>;
  /** The tree holds what never was, and is about to be made again. */
  stale: () => boolean;
  setTimer: (run: () => void, ms: number) => () => void;
};

export const createFlushing = (options: Options): Flushing => {
  const { db, epoch, log, standing, histories, contents, exclusive, stale, setTimer } = options;
  let landing: Promise<void> = Promise.resolve();
  let newest: Promise<unknown> = Promise.resolve();
  /** Flushes asked for and not done. */
  let queued = 0;
  let cancel: (() => void) | undefined;
  let stopped = false;

  const landed = (): Promise<unknown> => landing.catch(() => undefined);

  /** Under the lock: what to put down, or nothing. */
  const take = async (): Promise<(() => Promise<void>) | undefined> => {
    cancel?.();
    cancel = undefined;
    await log.settled();
    // No watermark is set in a damaged journal: the projection may know more than can be read of it now.
    if (stale() || log.damage()) return undefined;
    const tree = standing.tree();
    const pending = [...histories.pending()];
    if (pending.length === 0 && tree.dirty.size === 0) return undefined;
    const due = await histories.due(pending);
    if (stale()) return undefined;
    const touched = new Map(pending.flatMap((row) => tree.get(row.node) ?? []).map((node) => [node.id, node]));
    const docs = contents.checkpoints(touched.values());
    const taken = takeTree(tree, standing.layout(), due.length > 0);
    return async () => {
      try {
        await transactFenced(db, epoch, ['dirs', 'docs', 'hist', 'sys'], async (stores) => {
          putTree(stores, taken);
          for (const [id, doc] of docs) stores.docs.put(doc, id);
          await writeHistories(stores, due);
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

  const flushOnce = async (): Promise<void> => {
    await exclusive(async () => {
      const put = await take();
      if (put) landing = put();
      // Whoever waits for it is told below.
      landing.catch(() => undefined);
    });
    await landing;
  };

  /** One at a time, and waiting outside the lock. */
  const flush = (): Promise<void> => {
    queued++;
    const turn = newest.then(flushOnce).finally(() => queued--);
    newest = turn.catch(() => undefined);
    return turn;
  };

  const flushSoon = (): void => {
    cancel?.();
    cancel = undefined;
    // The next write tries again.
    flush().then(schedule, () => undefined);
  };

  const schedule = (): void => {
    const due = histories.pending().length;
    if (stopped || queued > 0 || due === 0) return;
    if (due >= FLUSH_ENTRIES) flushSoon();
    else cancel ??= setTimer(flushSoon, FLUSH_IDLE_MS);
  };

  return {
    flush,
    landed,
    schedule,
    stop: async () => {
      stopped = true;
      cancel?.();
      await flush().catch(() => undefined);
    },
  };
};

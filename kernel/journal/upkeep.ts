/**
 * What the journal does for itself when nobody writes: compaction, a small step at a time, and once a day a check of the
 * whole chain. It is woken by commits, never polls, and may be stopped at any point.
 */
import type { SysFailure } from '../protocol/errors.ts';
import type { Database } from '../store/schema.ts';
import { compactStep } from './compact.ts';
import type { Journal } from './journal.ts';
import { isDamage } from './reader.ts';

/** Rows are left alone for 30 s, so there is nothing to do earlier. */
const WAKE_MS = 45_000;
const QUIET_MS = 250;
const STEP_MS = 50;
const CHECK_MS = 24 * 60 * 60 * 1000;

type Options = {
  db: Database;
  journal: Journal;
  epoch: number;
  now: () => number;
  setTimer: (run: () => void, ms: number) => () => void;
};

export type Upkeep = {
  /** Something was committed. */
  wake: () => void;
  /** Resolves when nothing of it touches the database any more. */
  stop: () => Promise<void>;
};

export const startUpkeep = ({ db, journal, epoch, now, setTimer }: Options): Upkeep => {
  const stopped = new AbortController();
  const { signal } = stopped;
  let lastWake = -Infinity;
  let cancel: (() => void) | undefined;
  let slot: Promise<void> = Promise.resolve();
  /** Ends the pause that is being made. */
  let hurry = (): void => undefined;

  // The wall clock may be set back: a time to come is as good as one long ago.
  const since = (time: number): number => Math.abs(now() - time);
  const quiet = (): boolean => !journal.busy() && since(lastWake) >= QUIET_MS;

  /** Comes back when nobody writes; throws after `stop`. */
  const pause = async (): Promise<void> => {
    do {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const undo = setTimer(resolve, STEP_MS);
        hurry = () => (undo(), resolve());
      });
    } while (!signal.aborted && !quiet());
    signal.throwIfAborted();
  };

  /** True when there may be more to do. */
  const step = async (): Promise<boolean> => {
    if (journal.damage()) return false;
    if (since(journal.checkedAt()) >= CHECK_MS) {
      await journal.check(pause);
      return true;
    }
    try {
      for (const device of journal.numbers()) {
        if (signal.aborted) return false;
        if (await compactStep({ db, epoch, device, now, busy: journal.busy })) return true;
      }
      return false;
    } catch (cause) {
      if (isDamage(cause)) await journal.check(pause);
      throw cause as SysFailure;
    }
  };

  const schedule = (ms: number): void => {
    if (signal.aborted) return;
    cancel ??= setTimer(() => {
      cancel = undefined;
      if (!quiet()) return schedule(QUIET_MS);
      // A step that failed (no room, another kernel leads) cost nothing; the next commit wakes it again.
      slot = step().then(
        (more) => (more ? schedule(STEP_MS) : undefined),
        () => undefined,
      );
    }, ms);
  };

  schedule(WAKE_MS);
  return {
    wake: () => {
      lastWake = now();
      schedule(WAKE_MS);
    },
    stop: async () => {
      stopped.abort();
      cancel?.();
      hurry();
      await slot;
    },
  };
};

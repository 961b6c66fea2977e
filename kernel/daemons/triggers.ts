/**
 * Jobs that run when a file changes. Watches the workspace, matches each write against the jobs' patterns, waits until
 * things are quiet, and fires. Never for its own doing: not for a change made by a run of the same job, nor by a
 * rehearsal; and a chain of jobs that set each other off ends after MAX_CHAIN.
 * A daemon like any other: it holds a `sys` handle and nothing else. What is quiet and what waits is in memory only.
 */
import { hashHex } from '../protocol/bytes.ts';
import type { WatchEvent } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';
import { realTimer, type Daemon, type Timer } from './daemon.ts';
import { createJobIndex, isJobFile } from './job-index.ts';
import { isRunning, tellOperator, whyHeld } from './job-state.ts';
import { createLineage } from './lineage.ts';
import { isTransition } from './transition.ts';

export type TriggerOptions = {
  /** Tells the operator, in a line, why a job did not run. A notice when left out. */
  report?: (line: string) => void;
  setTimer?: Timer;
};

/** Quiet for this long, and a job fires once for all that changed. */
export const QUIET_MS = 400;
/** A stream of changes that never goes quiet does not put a job off for ever. */
const MAX_WAIT_MS = 5_000;
/** How often to look whether a run that is in the way has ended. */
const BUSY_MS = 500;
export const MAX_CHAIN = 5;
const MAX_DEPTHS = 1_000;

type Batch = { changed: Map<Path, string>; depth: number; since: number; cancel: () => void };

const start = (sys: Sys, options: TriggerOptions): (() => void) => {
  const setTimer = options.setTimer ?? realTimer;
  const report = options.report ?? tellOperator(sys);
  const jobs = createJobIndex(sys, report);
  const lineageOf = createLineage(sys);
  const batches = new Map<Path, Batch>();
  /** How many jobs deep each run that was fired here stands. */
  const depths = new Map<string, number>();
  const tooDeep = new Set<string>();
  let stopped = false;

  // One thing at a time, in the order of events: a run's depth is known before its first change is looked at.
  let turn: Promise<void> = Promise.resolve();
  const next = (work: () => Promise<void>): void => {
    turn = turn.then(async () => {
      if (stopped) return;
      try {
        await work();
      } catch (cause) {
        report(`Looking after on-change jobs broke: ${cause instanceof Error ? cause.message : String(cause)}`);
      }
    });
  };

  const wait = (path: Path, batch: Batch, ms: number): void => {
    batch.cancel();
    batch.cancel = setTimer(() => next(() => fire(path, batch)), ms);
  };

  const consider = async (event: WatchEvent): Promise<void> => {
    for (const { job, on, matches } of jobs.triggers()) {
      const arrived =
        matches(event.path) && !(event.change === 'move' && event.from !== undefined && matches(event.from));
      if (!arrived || job.paused) continue;
      const { runs, jobs: made, recorded } = await lineageOf(event.run);
      if (recorded || made.has(job.path)) continue;
      if (!(await isTransition(sys, on, event))) continue;
      // A run of ours whose depth was lost may stand anywhere in a chain: it starts nothing more.
      const depth = 1 + Math.max(0, ...runs.map(({ id, by }) => depths.get(id) ?? (by === sys.actor ? MAX_CHAIN : 0)));
      if (depth > MAX_CHAIN) {
        const chain = `${job.path}|${event.run ?? ''}`;
        if (!tooDeep.has(chain))
          report(`${job.path} was not started for ${event.path}: ${MAX_CHAIN} jobs had already set each other off.`);
        tooDeep.add(chain);
        continue;
      }
      const batch = batches.get(job.path) ?? { changed: new Map(), depth, since: sys.now(), cancel: () => undefined };
      batches.set(job.path, batch);
      batch.changed.set(event.path, event.revision ?? String(sys.now()));
      batch.depth = Math.max(batch.depth, depth);
      wait(job.path, batch, Math.max(0, Math.min(QUIET_MS, batch.since + MAX_WAIT_MS - sys.now())));
    }
  };

  const fire = async (path: Path, batch: Batch): Promise<void> => {
    if (batches.get(path) !== batch) return;
    const trigger = jobs.trigger(path);
    if (!trigger || (await whyHeld(sys, trigger.job)) !== undefined) return void batches.delete(path);
    // What changes while the job runs waits, and fires it once more when it has ended.
    if (await isRunning(sys, path)) return wait(path, batch, BUSY_MS);
    batches.delete(path);
    const changed = [...batch.changed.keys()].sort();
    const revisions = changed.map((file) => batch.changed.get(file));
    const key = `change:${hashHex(JSON.stringify([path, changed, revisions])).slice(0, 32)}`;
    const fired = await sys.fire(path, { args: { changed }, key });
    if (!fired.ok) return report(`${path} could not be started: ${fired.error.message}`);
    const { run, state, result } = fired.value;
    if (state === 'denied' || state === 'failed')
      report(`${path} was not started: ${typeof result === 'string' ? result : state}.`);
    if (!run) return;
    depths.set(run, batch.depth);
    if (depths.size > MAX_DEPTHS) depths.delete(depths.keys().next().value ?? '');
  };

  next(() => jobs.load());
  const unwatch = sys.on('/workspace/**', (event) => {
    if (event.change === 'live') return;
    next(async () => {
      for (const path of [event.path, event.from]) if (path !== undefined && isJobFile(path)) await jobs.refresh(path);
      if (event.change !== 'remove') await consider(event);
    });
  });

  return () => {
    stopped = true;
    unwatch();
    for (const batch of batches.values()) batch.cancel();
  };
};

export const createTriggers = (options: TriggerOptions): Daemon => ({
  name: 'triggers',
  start: (sys) => start(sys, options),
});

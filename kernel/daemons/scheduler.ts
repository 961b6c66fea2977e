/**
 * Jobs that run by the clock, "at or after" their slot. Every slot ends in the ledger: answered by a run, missed while
 * nothing was open, or skipped with the reason. Slots that passed while everything was closed are caught up with once:
 * one run for the newest, the others counted as missed. The run's id follows from job and slot, so no slot runs twice;
 * only the device that policy names as executor runs any.
 * A daemon like any other: it holds a `sys` handle that may write the ledger, and asks the gate to start runs.
 */
import type { Path } from '../protocol/paths.ts';
import { dueSlots, isExecutor, nextSlot, type Due, type SlotLine } from '../protocol/formats/schedule.ts';
import { POLICY } from '../protocol/capability.ts';
import { SLOTS } from '../protocol/formats/records.ts';
import type { Sys } from '../protocol/sys.ts';
import { realTimer, type Daemon, type Timer } from './daemon.ts';
import { createJobIndex, isJobFile, type Scheduled } from './job-index.ts';
import { deviceOf, isRunning, policyOf, tellOperator, whyHeld } from './job-state.ts';
import { addLines, readBook, sameSchedule, type Book } from './slot-book.ts';

export type SchedulerOptions = {
  report?: (line: string) => void;
  setTimer?: Timer;
};

/** A clock that was set, and timers a browser held back, are noticed within this. */
const LOOK_MS = 60_000;
/** A slot that is answered within this was not missed: timers of hidden tabs may come minutes late. */
const LATE_MS = 5 * 60_000;

const iso = (time: number): string => new Date(time).toISOString();

const start = (sys: Sys, options: SchedulerOptions, onAlarm: (look: () => Promise<void>) => void): (() => void) => {
  const setTimer = options.setTimer ?? realTimer;
  const report = options.report ?? tellOperator(sys);
  const jobs = createJobIndex(sys, report);
  const books = new Map<Path, Book>();
  /** Why a job's slots wait to be accounted for: the first reason found since its last line. */
  const held = new Map<Path, string>();
  let device = '';
  let cancel = (): void => undefined;
  let stopped = false;
  let turn: Promise<void> = Promise.resolve();

  const note = async (path: Path, lines: SlotLine[], message: string): Promise<boolean> => {
    const written = await addLines(sys, path, lines, message);
    if (!written.ok) report(`The schedule of ${path} could not be kept: ${written.error.message}`);
    return written.ok;
  };

  const slotLine = ({ first, last, count, more }: Due, state: 'missed' | 'skipped', reason?: string): SlotLine => ({
    t: 'slot',
    slot: iso(last),
    state,
    at: iso(sys.now()),
    ...(count > 1 ? { from: iso(first), count } : {}),
    ...(more ? { more } : {}),
    ...(reason ? { reason } : {}),
  });

  /** The newest slot is run, those before it were missed. */
  const answer = async ({ job, schedule }: Scheduled, book: Book, due: Due): Promise<void> => {
    const { path } = job;
    const late = sys.now() - due.last > LATE_MS;
    if (job['catch-up'] === 'skip' && late) {
      if (await note(path, [slotLine(due, 'missed', 'Nothing was open; the job does not catch up.')], 'Missed'))
        book.until = due.last;
      return;
    }
    const before = dueSlots(schedule, book.until, due.last - 1);
    if (before) {
      if (!(await note(path, [slotLine(before, 'missed', 'Nothing was open.')], `${before.count} slots missed`)))
        return;
      book.until = before.last;
    }
    if (await isRunning(sys, path)) {
      const one: Due = { first: due.last, last: due.last, count: 1, more: false };
      if (await note(path, [slotLine(one, 'skipped', 'The run before it was still going.')], 'Skipped'))
        book.until = due.last;
      return;
    }
    const slot = iso(due.last);
    const fired = await sys.fire(path, { args: { slot, missed: before?.count ?? 0 }, key: `slot:${path}:${slot}` });
    // Without an answer the slot stays due: the next look fires the same run, or finds it.
    if (!fired.ok && fired.error.code !== 'EINVAL' && fired.error.code !== 'ENOENT') return;
    const why = fired.ok
      ? fired.value.state === 'denied'
        ? String(fired.value.result)
        : undefined
      : fired.error.message;
    if (why !== undefined) {
      const line: SlotLine = {
        t: 'slot',
        slot,
        state: fired.ok ? 'skipped' : 'failed',
        at: iso(sys.now()),
        reason: why,
      };
      if (!(await note(path, [line], 'Did not start'))) return;
      if (!fired.ok) report(`${path} could not be started: ${why}`);
    }
    book.until = due.last;
  };

  /** The book a job goes by: a schedule that changed is due from when its file was written. */
  const bookOf = async ({ job, schedule, since }: Scheduled): Promise<Book | undefined> => {
    const { path } = job;
    const keep = (book: Book): Book => {
      books.set(path, book);
      return book;
    };
    const says = (at: string): SlotLine => ({
      t: 'schedule',
      at,
      lines: [...schedule.lines],
      ...(schedule.tz ? { tz: schedule.tz } : {}),
    });
    const known = books.get(path);
    if (known && sameSchedule(known.schedule, schedule)) return known;
    const read = known ? undefined : await readBook(sys, path);
    const book = known ?? read;
    if (read && sameSchedule(read.schedule, schedule)) {
      const kept = !read.far || (await note(path, [says(iso(read.until))], 'On schedule'));
      return kept ? keep({ schedule, until: read.until }) : undefined;
    }
    const changed = Date.parse(since);
    const lines: SlotLine[] = [];
    // What the old schedule still owed ends with it.
    const owed = book && dueSlots(book.schedule, book.until, Math.min(changed, sys.now()));
    if (owed) lines.push(slotLine(owed, 'missed', 'Nothing was open before its schedule changed.'));
    const at = iso(Math.min(sys.now(), Math.max(changed, book?.until ?? 0)));
    lines.push(says(at));
    if (!(await note(path, lines, 'On schedule'))) return undefined;
    return keep({ schedule, until: Date.parse(at) });
  };

  const look = async (entry: Scheduled): Promise<void> => {
    const book = await bookOf(entry);
    const due = book && dueSlots(entry.schedule, book.until, sys.now());
    if (!book || !due) return;
    const { path } = entry.job;
    const why = await whyHeld(sys, entry.job);
    if (why !== undefined) return void (held.has(path) || held.set(path, why));
    const reason = held.get(path);
    // What came due while it was held is skipped once it may run again; it is not caught up with.
    if (reason !== undefined && (await note(path, [slotLine(due, 'skipped', reason)], 'Skipped'))) {
      held.delete(path);
      book.until = due.last;
    } else if (reason === undefined) await answer(entry, book, due);
  };

  const tick = async (): Promise<void> => {
    const executor = isExecutor(device, (await policyOf(sys))?.executor);
    for (const entry of executor ? jobs.scheduled() : []) {
      if (stopped) return;
      await look(entry);
    }
    // What another device accounts for meanwhile is read anew when the role comes here.
    if (!executor) books.clear();
    const now = sys.now();
    const next = jobs.scheduled().flatMap(({ schedule }) => nextSlot(schedule, now) ?? []);
    cancel();
    if (!stopped) cancel = setTimer(() => again(), Math.min(LOOK_MS, ...next.map((at) => at - now)));
  };

  const again = (before: () => Promise<void> = async () => undefined): void => {
    turn = turn.then(async () => {
      if (stopped) return;
      try {
        await before();
        await tick();
      } catch (cause) {
        report(`Looking after the schedule broke: ${cause instanceof Error ? cause.message : String(cause)}`);
        cancel();
        cancel = setTimer(() => again(), LOOK_MS);
      }
    });
  };

  again(async () => {
    device = await deviceOf(sys);
    await jobs.load();
  });
  onAlarm(() => {
    again();
    return turn;
  });
  const unwatch = sys.on(['/workspace/jobs/*', POLICY, '/system/programs/*'], (event) => {
    if (event.change === 'live') return;
    again(async () => {
      for (const path of [event.path, event.from]) if (path !== undefined && isJobFile(path)) await jobs.refresh(path);
    });
  });

  return () => {
    stopped = true;
    unwatch();
    cancel();
  };
};

export const createScheduler = (options: SchedulerOptions): Daemon => ({
  name: 'scheduler',
  writes: [`${SLOTS}/**`],
  start: (sys, onAlarm) => start(sys, options, onAlarm),
});

/**
 * When a job is due: five-part cron lines in the job's time zone. Pure: (schedule, times) → slots. A slot is the minute
 * a job was due, as ISO time; it names the run that answers it on every device.
 * Where a clock is put forward, a slot inside the missing hour is due when the hour is over; where it is put back, a
 * slot of the repeated hour is due once, and an hourly one in both.
 */
import { Cron } from 'croner';
import { parseLines } from './lines.ts';
import { SLOTS } from './records.ts';
import type { Path } from '../paths.ts';

export type Schedule = { lines: readonly string[]; tz?: string | undefined };

/** A year of hourly slots, a week of minutes: more are counted as "at least". */
const MAX_SLOTS = 10_000;

const cron = (line: string, tz: string | undefined): Cron =>
  new Cron(line, { mode: '5-part', ...(tz ? { timezone: tz } : {}) });

/** Why a line is no schedule, in words; undefined when it is one. */
export const faultOf = (line: string): string | undefined => {
  if (line.trim().split(/\s+/).length !== 5)
    return `"${line}" is not a cron line. Write five parts: minute, hour, day of month, month, day of week, for example "0 7 * * 1-5".`;
  try {
    return cron(line, undefined).nextRun(new Date(0)) ? undefined : `"${line}" never comes.`;
  } catch (cause) {
    return `"${line}" is not a cron line: ${cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : 'it cannot be read'}.`;
  }
};

/** The first slot after `time` (milliseconds); undefined when there is none. */
export const nextSlot = ({ lines, tz }: Schedule, time: number): number | undefined => {
  const times = lines.flatMap((line) => cron(line, tz).nextRun(new Date(time))?.getTime() ?? []);
  return times.length > 0 ? Math.min(...times) : undefined;
};

export type Due = {
  /** First and last slot; equal when there is one. */
  first: number;
  last: number;
  count: number;
  /** There were more than anybody counts. */
  more: boolean;
};

/** Slots after `from` and not after `to` (milliseconds). */
export const dueSlots = (schedule: Schedule, from: number, to: number): Due | undefined => {
  const found = new Set<number>();
  let last = 0;
  let first = Infinity;
  let more = false;
  for (const line of schedule.lines) {
    const each = cron(line, schedule.tz);
    // Seen from the end: the newest is the one that is caught up with, however many there are.
    const [newest] = each.previousRuns(1, new Date(to + 1));
    if (!newest || newest.getTime() <= from) continue;
    last = Math.max(last, newest.getTime());
    let at = each.nextRun(new Date(from))?.getTime();
    if (at !== undefined) first = Math.min(first, at);
    for (let counted = 0; at !== undefined && at <= to; counted++) {
      if (counted === MAX_SLOTS) {
        more = true;
        break;
      }
      found.add(at);
      at = each.nextRun(new Date(at))?.getTime();
    }
    found.add(newest.getTime());
  }
  return found.size === 0 ? undefined : { first, last, count: found.size, more };
};

/**
 * One line of /system/slots/<job>/<YYYY-MM>.jsonl. `schedule`: from `at` on, the job is due by these lines. `slot`: how a
 * due time stands; the last line of a slot holds. `missed` and `skipped` may stand for many: all from `from` to `slot`.
 */
export type SlotLine =
  | { t: 'schedule'; at: string; lines: string[]; tz?: string }
  | {
      t: 'slot';
      slot: string;
      state: SlotState;
      at: string;
      run?: string;
      /** Slots before this one that nobody answered, and that this run stands for. */
      missed?: number;
      from?: string;
      count?: number;
      /** `count` is where counting stopped. */
      more?: boolean;
      reason?: string;
      device?: string;
      epoch?: number;
    };
export type SlotState = 'running' | 'done' | 'failed' | 'skipped' | 'missed' | 'unknown';

export const slotsFolder = (job: Path): Path => `${SLOTS}/${job.split('/').at(-1)?.replace(/\.md$/, '') ?? ''}`;
export const slotsFile = (job: Path, time: number): Path =>
  `${slotsFolder(job)}/${new Date(time).toISOString().slice(0, 7)}.jsonl`;

/** Lines of a slot file; what cannot be read is left out. */
export const parseSlots = (text: string): SlotLine[] =>
  parseLines(text).flatMap((line) => ('t' in line ? [line as SlotLine] : []));

/** A slot as it stands: its lines, the later over the earlier. */
export type SlotRow = Extract<SlotLine, { t: 'slot' }>;

/** Each slot of these lines as it stands, oldest first. */
export const standingSlots = (lines: Iterable<SlotLine>): SlotRow[] => {
  const standing = new Map<string, SlotRow>();
  for (const line of lines) if (line.t === 'slot') standing.set(line.slot, { ...standing.get(line.slot), ...line });
  return [...standing.values()].sort((a, b) => a.slot.localeCompare(b.slot));
};

/** [R8] Whether this device runs schedules: the one that policy names, or any while it names none. */
export const isExecutor = (device: string, executor: string | undefined): boolean =>
  executor === undefined || (executor.length >= 6 && device.startsWith(executor));

/** One job of /proc/schedule. */
export type ScheduleRow = {
  job: Path;
  title: string;
  lines: string[];
  tz?: string;
  /** ISO; absent when it is never due again, or held. */
  next?: string;
  /** Why it would not run now. */
  held?: string;
  /** Newest last; one entry a slot. */
  slots: SlotRow[];
};

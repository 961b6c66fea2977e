/**
 * The schedule in words: cron lines as people say them, each slot's end, and what was missed or skipped and why.
 * Pure: the clock comes in.
 */
import { cronWords } from '../../../kernel/protocol/formats/cron-words.ts';
import type { ScheduleRow, SlotRow, SlotState } from '../../../kernel/protocol/formats/schedule.ts';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import { clockTime, plural, relativeDay, shortDate, type Clock } from '../../ui/words.ts';

export const scheduleWords = ({ lines, tz }: Pick<ScheduleRow, 'lines' | 'tz'>): string =>
  `${lines.map(cronWords).join(', ')}${tz ? `, ${tz}` : ''}`;

export const slugOf = (job: Path): string => nameOf(job).replace(/\.md$/, '');

/** "07:02" today, else the day and the time: a job is due at a time. */
export const slotTime = (at: string, clock: Clock): string => {
  const words = relativeDay(at, clock);
  return /\d\d:\d\d$/.test(words) ? words : `${shortDate(at, clock)} ${clockTime(at, clock)}`;
};

export type SlotWords = {
  key: string;
  state: SlotState;
  /** "14 Nov 07:00", "14 Nov 07:00 to 15 Nov 07:00, 2 slots". */
  when: string;
  /** Why it is not done; what a run caught up with. */
  why?: string;
  run?: string;
};

const isMany = (slot: SlotRow): slot is SlotRow & { from: string; count: number } =>
  slot.from !== undefined && (slot.count ?? 1) > 1;

const manyWords = (slot: SlotRow & { count: number }): string =>
  `${slot.more ? 'at least ' : ''}${plural(slot.count, 'slot')}`;

/** "14 Nov 07:00 to 15 Nov 07:00", "today 09:00 to 11:00". */
const rangeWords = (slot: SlotRow, clock: Clock): string => {
  const last = slotTime(slot.slot, clock);
  if (!isMany(slot)) return last;
  const first = slotTime(slot.from, clock);
  const dayOf = (words: string) => words.slice(0, -'07:00'.length);
  return `${first} to ${dayOf(first) === dayOf(last) ? last.slice(dayOf(last).length) : last}`;
};

export const slotWords = (slot: SlotRow, clock: Clock): SlotWords => {
  const caught = slot.missed ? `It stands for ${plural(slot.missed, 'slot')} missed before it.` : undefined;
  const why = slot.reason ?? caught;
  return {
    key: slot.slot,
    state: slot.state,
    when: isMany(slot) ? `${rangeWords(slot, clock)}, ${manyWords(slot)}` : rangeWords(slot, clock),
    ...(why === undefined ? {} : { why }),
    ...(slot.run === undefined ? {} : { run: slot.run }),
  };
};

/** The newest slots, oldest first. */
export const lastSlots = (row: ScheduleRow, shown: number, clock: Clock): SlotWords[] =>
  row.slots.slice(-shown).map((slot) => slotWords(slot, clock));

/** What did not end as done: in a sentence, and with the run that made up for it, where one did. */
export type Gap = SlotWords & {
  job: Path;
  at: string;
  /** "2 slots of morning-brief were missed" */
  title: string;
  caughtUp?: { run: string; when: string };
};

const NOT_DONE = new Set<SlotState>(['failed', 'skipped', 'missed', 'unknown']);

const gapTitle = (slot: SlotRow, slug: string): string => {
  const how = slot.state === 'unknown' ? 'ended unknown' : slot.state;
  if (!isMany(slot)) return `1 slot of ${slug} ${slot.state === 'unknown' ? '' : 'was '}${how}`;
  return `${manyWords(slot)} of ${slug} ${slot.state === 'unknown' ? '' : 'were '}${how}`;
};

/** Newest first. */
export const gapsOf = (rows: readonly ScheduleRow[], clock: Clock): Gap[] =>
  rows
    .flatMap(({ job, slots }) =>
      slots.flatMap((slot, index): Gap[] => {
        if (!NOT_DONE.has(slot.state)) return [];
        const next = slots[index + 1];
        const run = slot.state === 'missed' && next?.missed ? next.run : undefined;
        const caughtUp = next && run !== undefined ? { run, when: slotTime(next.at, clock) } : undefined;
        return [
          {
            ...slotWords(slot, clock),
            when: rangeWords(slot, clock),
            job,
            at: slot.slot,
            title: gapTitle(slot, slugOf(job)),
            ...(caughtUp ? { caughtUp } : {}),
          },
        ];
      }),
    )
    .toSorted((a, b) => (a.at < b.at ? 1 : -1));

/**
 * Writes the folds of days and weeks that are over, and again when a late entry came to one. A summary notes in an
 * attribute which originals it was made of, so an unchanged one is not even read.
 */
import { hashHex } from '../protocol/bytes.ts';
import { must } from '../protocol/errors.ts';
import type { Change, Stat } from '../protocol/files.ts';
import {
  DAY_SUMMARIES,
  dayTold,
  parseNarrative,
  WEEK_SUMMARIES,
  type NarrativeLine,
} from '../protocol/formats/narrative.ts';
import { NARRATIVE } from '../protocol/formats/records.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';
import { foldDay, foldWeek, weekOf } from './fold-narrative.ts';
import { filesBelow, textOf } from './stats.ts';

/** Words to put above a day's fold, by whoever can write some; undefined when there is nobody. */
export type Words = (day: string, fold: string) => Promise<string | undefined>;

export const summarise = async (sys: Sys, today: string, words?: Words): Promise<void> => {
  const files = await filesBelow(sys, NARRATIVE);
  const summaries = new Map(files.map((stat) => [stat.path, stat]));
  const days = new Map<string, Stat>();
  for (const stat of files) {
    const day = dayTold(stat.path);
    if (day !== undefined) days.set(day, stat);
  }
  const entriesOf = async (day: string): Promise<NarrativeLine[]> =>
    parseNarrative((await textOf(sys, days.get(day)?.path ?? ''))?.text ?? '');

  const changes: Change[] = [];
  const write = async (path: Path, made: readonly Stat[], fold: () => Promise<string>): Promise<void> => {
    const of = hashHex(made.map(({ path: from, hash }) => `${from} ${hash}\n`).join('')).slice(0, 16);
    const there = summaries.get(path);
    if (there?.attrs['of'] === of) return;
    changes.push({ op: 'put', path, content: await fold(), base: there?.revision ?? null, attrs: { of } });
  };

  for (const [day, stat] of days) {
    if (day >= today) continue;
    await write(`${DAY_SUMMARIES}/${day}.md`, [stat], async () => {
      const entries = await entriesOf(day);
      const said = words ? await words(day, foldDay(day, entries)) : undefined;
      return foldDay(day, entries, said);
    });
  }
  const sorted = [...days.keys()].sort();
  for (const week of new Set(sorted.map(weekOf))) {
    if (week >= weekOf(today)) continue;
    const names = sorted.filter((day) => weekOf(day) === week);
    await write(
      `${WEEK_SUMMARIES}/${week}.md`,
      names.flatMap((day) => days.get(day) ?? []),
      async () => {
        const entries = new Map<string, NarrativeLine[]>();
        for (const day of names) entries.set(day, await entriesOf(day));
        return foldWeek(week, entries);
      },
    );
  }
  if (changes.length > 0) must(await sys.write(changes, { message: 'Folds the narrative' }));
};

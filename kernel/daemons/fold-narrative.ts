/**
 * Days and weeks of the narrative, folded: what was material line by line, what was routine counted by title, the rest as
 * a number. Pure and deterministic: the same originals give the same text on every device. Every fold links to what it
 * was made of, and that stays.
 */
import { DAY_SUMMARIES, narrativeFile, type NarrativeLine, type Weight } from '../protocol/formats/narrative.ts';

const DAY_MS = 86_400_000;

/** The ISO 8601 week of a day: 2026-W48. A week belongs to the year of its Thursday. */
export const weekOf = (day: string): string => {
  const date = Date.parse(`${day}T00:00:00Z`);
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = date + (3 - weekday) * DAY_MS;
  const year = new Date(thursday).getUTCFullYear();
  const week = 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * DAY_MS));
  return `${year}-W${String(week).padStart(2, '0')}`;
};

const of = (entries: readonly NarrativeLine[], weight: Weight): NarrativeLine[] =>
  entries
    .filter((entry) => entry.weight === weight)
    .sort((a, b) => (a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1));

const material = (entries: readonly NarrativeLine[], day?: string): string[] =>
  of(entries, 'material').map(({ time, title, who, body, record }) => {
    const when = day ? `${day} ${time}` : time;
    return `- ${when} **${title}** (${who})${body ? `: ${body}` : ''}${record ? ` [record](${record})` : ''}`;
  });

const routine = (entries: readonly NarrativeLine[]): string[] => {
  const counts = new Map<string, number>();
  for (const { title } of of(entries, 'routine')) counts.set(title, (counts.get(title) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([title, count]) => `- ${count} × ${title}`);
};

const section = (heading: string, lines: readonly string[]): string =>
  lines.length > 0 ? `\n## ${heading}\n\n${lines.join('\n')}\n` : '';

const figures = (entries: readonly NarrativeLine[]): string =>
  `${of(entries, 'material').length} material, ${of(entries, 'routine').length} routine, ${of(entries, 'housekeeping').length} housekeeping`;

export const foldDay = (day: string, entries: readonly NarrativeLine[], words = ''): string =>
  `# ${day}\n\n${figures(entries)} · [all entries](${narrativeFile(day)})\n` +
  (words === '' ? '' : `\n${words.trim()}\n`) +
  section('Material', material(entries)) +
  section('Routine', routine(entries));

/** Made of the originals, not of the days' summaries: folding twice loses nothing on the way. */
export const foldWeek = (week: string, days: ReadonlyMap<string, readonly NarrativeLine[]>): string => {
  const sorted = [...days].sort(([a], [b]) => (a < b ? -1 : 1));
  const all = sorted.flatMap(([, entries]) => entries);
  return (
    `# ${week}\n\n${figures(all)}\n` +
    section(
      'Days',
      sorted.map(([day, entries]) => `- [${day}](${DAY_SUMMARIES}/${day}.md): ${figures(entries)}`),
    ) +
    section(
      'Material',
      sorted.flatMap(([day, entries]) => material(entries, day)),
    ) +
    section('Routine', routine(all))
  );
};

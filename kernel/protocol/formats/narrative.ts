/**
 * The narrative: /system/narrative/<day>.md, one line for each thing that was done. A line reads as Markdown and ends
 * with a comment that holds what a program needs of it:
 *
 *   - 08:31 **Title** (agent:writer, run 5e1f): body [record](/system/…) <!-- material notice notice:ab12 -->
 *
 * The id names the record that the line tells of, so two lines with one id are one entry. Pure; everyone may read it.
 */
import type { Actor } from '../actor.ts';
import { isUnder, type Path } from '../paths.ts';
import { NARRATIVE } from './records.ts';

/** Material: the operator wants to know it. Routine: what is meant to happen. Housekeeping: how the house is kept. */
export const WEIGHTS = ['material', 'routine', 'housekeeping'] as const;
export type Weight = (typeof WEIGHTS)[number];
/** `decision` includes the effect that was decided on: they are one invocation. */
export const ENTRY_KINDS = ['run', 'decision', 'program', 'daemon', 'notice'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export type NarrativeEntry = {
  id: string;
  kind: EntryKind;
  weight: Weight;
  /** Milliseconds since 1970. */
  at: number;
  title: string;
  by: Actor;
  run?: string;
  body?: string;
  /** The record it tells of. */
  record?: Path;
};

/** What a line gives back: the time of day only, since the day is the file's name. */
export type NarrativeLine = Omit<NarrativeEntry, 'at' | 'by' | 'run'> & { time: string; who: string };

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
/** Nothing that a stranger wrote closes the bold, opens a comment or forges a link. */
const plain = (text: string): string => flat(text).replaceAll('**', '').replaceAll('<!--', '').replaceAll('](', '] (');

export const narrativeLine = ({ id, kind, weight, at, title, by, run, body, record }: NarrativeEntry): string => {
  const time = new Date(at).toISOString().slice(11, 16);
  const said = body ? `: ${plain(body)}` : '';
  const link = record ? ` [record](${record})` : '';
  return `- ${time} **${plain(title).replaceAll('*', '')}** (${by}${run ? `, run ${run}` : ''})${said}${link} <!-- ${weight} ${kind} ${id} -->\n`;
};

const LINE =
  /^- (\d\d:\d\d) \*\*(.+?)\*\* \(([^)]*)\)(?:: (.*?))??(?: \[record\]\(([^)]*)\))? <!-- (\w+) (\w+) (\S+) -->$/;

const oneOf = <T extends string>(words: readonly T[], word: string | undefined): T | undefined =>
  words.find((one) => one === word);

/** Undefined for a line that is no entry. */
export const parseNarrativeLine = (line: string): NarrativeLine | undefined => {
  const [, time = '', title = '', who = '', body, record, heavy, sort, id = ''] = LINE.exec(line) ?? [];
  const weight = oneOf(WEIGHTS, heavy);
  const kind = oneOf(ENTRY_KINDS, sort);
  if (!weight || !kind) return undefined;
  return { id, kind, weight, time, title, who, ...(body ? { body } : {}), ...(record ? { record } : {}) };
};

/** The entries of a day's file, each id once, in the order they stand. */
export const parseNarrative = (text: string): NarrativeLine[] => {
  const entries = new Map<string, NarrativeLine>();
  for (const line of text.split('\n')) {
    const entry = parseNarrativeLine(line);
    if (entry && !entries.has(entry.id)) entries.set(entry.id, entry);
  }
  return [...entries.values()];
};

/** `day` as `dayOf` gives it. */
export const narrativeFile = (day: string): Path => `${NARRATIVE}/${day}.md`;
export const DAY_SUMMARIES: Path = `${NARRATIVE}/days`;
export const WEEK_SUMMARIES: Path = `${NARRATIVE}/weeks`;
/** How far a device has told its journal: { seq }. One file each, so that no two devices write the same. */
export const toldFile = (device: string): Path => `${NARRATIVE}/told/${device.slice(0, 12)}.json`;

/** The day a file tells of; undefined for what is no day's file (a summary, or how far was told). */
export const dayTold = (path: Path): string | undefined =>
  isUnder(path, NARRATIVE) ? /^\/system\/narrative\/(\d{4}-\d\d-\d\d)\.md$/.exec(path)?.[1] : undefined;

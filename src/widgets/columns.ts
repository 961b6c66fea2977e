/**
 * What of a row is shown where: which columns a table has, which are figures, and how a row reads as a line. Pure.
 */
import { nameOf } from '../../kernel/protocol/paths.ts';
import { money } from '../ui/words.ts';
import { cell, isBlank, numberIn } from './cell.ts';
import type { Row } from './widget.ts';
import { cellText, heading, isDate, when } from './words.ts';

const MOST_COLUMNS = 6;
const TITLES = ['title', 'name', 'subject', 'headline'];
const SUBS = ['summary', 'description', 'status', 'stage'];
const STAMPS = ['at', 'date', 'updated', 'time'];

/** The panel's columns or, when it names none, the fields that rows have, in the order they appear. */
export const columnsOf = (asked: readonly string[] | undefined, rows: readonly Row[]): string[] => {
  if (asked && asked.length > 0) return [...asked];
  const found = new Set<string>();
  for (const { data } of rows.slice(0, 50)) {
    for (const [key, value] of Object.entries(data))
      if (typeof value !== 'object' || Array.isArray(value)) found.add(key);
  }
  return [...found].slice(0, MOST_COLUMNS);
};

/** Does the column hold numbers, but for an odd "n/a"? */
export const isFigure = (rows: readonly Row[], column: string): boolean => {
  const filled = rows.map((row) => cell(row, column)).filter((value) => !isBlank(value));
  return filled.filter((value) => numberIn(value) !== undefined).length > filled.length / 2;
};

const firstOf = (row: Row, columns: readonly string[]): unknown =>
  columns.map((column) => cell(row, column)).find((value) => !isBlank(value));

/** The first column asked for, else what names a row, else its file. */
export const titleOf = (row: Row, columns: readonly string[], now: number): string => {
  const named = columns[0] === undefined ? firstOf(row, TITLES) : cell(row, columns[0]);
  return cellText(named, now) || nameOf(row.stat.path);
};

/** A run's row says itself who acted and how it stands; any other row is known by its file. */
export const isRun = ({ data }: Row): boolean => 'actor' in data && 'state' in data && 'kind' in data;
export const actorOf = (row: Row): string => (isRun(row) ? String(row.data['actor']) : row.stat.actor);
export const stampOf = (row: Row): string => {
  const stamp = firstOf(row, STAMPS);
  return isDate(stamp) ? stamp : row.stat.at;
};

/** A cell that must say by itself what it is: "12 seats", "$0.04", "Hiring". */
const wordOf = (row: Row, column: string, now: number): string => {
  const value = cell(row, column);
  const number = numberIn(value);
  if (number === undefined) return cellText(value, now);
  return column === 'usd' ? money(number) : `${String(value)} ${heading(column).toLowerCase()}`;
};

const MOST_SAID = 140;

/** What a run said when it ended, as much of it as a line holds. */
const saidBy = ({ data }: Row): string => {
  const line = typeof data['said'] === 'string' ? (data['said'].trim().split('\n')[0] ?? '') : '';
  return line.length > MOST_SAID ? `${line.slice(0, MOST_SAID)}…` : line;
};

/** The words under the title: the other columns asked for; else what rows usually say of themselves; else when. */
export const wordsOf = (row: Row, columns: readonly string[], now: number): string => {
  const asked = columns.slice(1);
  const shown = asked.length > 0 ? asked : SUBS;
  const words = shown.map((column) => wordOf(row, column, now)).filter((text) => text !== '');
  if (words.length > 0 || asked.length > 0) return words.join(' · ');
  return isRun(row) ? saidBy(row) : when(stampOf(row), now);
};

/**
 * The operators a binding may use over its rows: where, sort, group, value. Pure; the whole query language there is.
 */
import type { ValueOf } from '../../kernel/protocol/formats/surfaces.ts';
import { cell, isBlank, numberIn } from '../widgets/cell.ts';
import type { Group, Row, Value } from '../widgets/widget.ts';

type Where = Record<string, string | number | boolean>;

const equals = (value: unknown, wanted: string | number | boolean): boolean => {
  if (Array.isArray(value)) return value.some((item) => equals(item, wanted));
  // A CSV cell is text, so 5 finds "5"; an absent field is equal to nothing.
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return plain && String(value) === String(wanted);
};

/** Rows in which every named column has the wanted value; a list has it when one of its items does. */
export const filterRows = (rows: readonly Row[], where: Where = {}): Row[] =>
  rows.filter((row) => Object.entries(where).every(([column, wanted]) => equals(cell(row, column), wanted)));

// One locale for everybody: two devices must put rows in one order.
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const plain = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Numbers before text; a total order, so that sorting is the same wherever it starts. */
const compare = (a: unknown, b: unknown): number => {
  const [x, y] = [numberIn(a), numberIn(b)];
  if (x !== undefined && y !== undefined) return x - y;
  if (x !== undefined || y !== undefined) return x !== undefined ? -1 : 1;
  return collator.compare(plain(a), plain(b)) || (plain(a) < plain(b) ? -1 : plain(a) > plain(b) ? 1 : 0);
};

export const parseSort = (spec: string): { column: string; down: boolean } =>
  spec.startsWith('-') ? { column: spec.slice(1), down: true } : { column: spec, down: false };

/** Sorted by one column, `-column` downwards. Blank cells come last either way; equals keep their order. */
export const sortRows = (rows: readonly Row[], spec: string): Row[] => {
  const { column, down } = parseSort(spec);
  return rows
    .map((row) => ({ row, key: cell(row, column) }))
    .toSorted((a, b) => {
      const [blankA, blankB] = [isBlank(a.key), isBlank(b.key)];
      if (blankA || blankB) return Number(blankA) - Number(blankB);
      return down ? compare(b.key, a.key) : compare(a.key, b.key);
    })
    .map(({ row }) => row);
};

/** Rows by the value of a column, in the order in which the values first appear. */
export const groupRows = (rows: readonly Row[], column: string): Group[] => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = cell(row, column);
    const name = isBlank(key) ? '' : typeof key === 'boolean' ? (key ? 'yes' : 'no') : plain(key);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups].map(([name, members]) => ({ name, rows: members }));
};

const least = (cells: unknown[], sign: 1 | -1): unknown =>
  cells.reduce((best, next) => (best === undefined || sign * compare(next, best) < 0 ? next : best), undefined);

/** Reckon one value over rows. Where a column holds a number somewhere, cells without one are left out and counted. */
export const valueOf = (rows: readonly Row[], ask: ValueOf): Value => {
  if ('count' in ask) return { value: rows.length, used: rows.length, left: 0 };
  const column = Object.values(ask)[0] ?? '';
  const filled = rows.map((row) => cell(row, column)).filter((value) => !isBlank(value));
  if ('last' in ask) {
    const last = filled.at(-1);
    const value = last === undefined ? undefined : (numberIn(last) ?? plain(last));
    return { value, used: value === undefined ? 0 : 1, left: 0 };
  }
  const numbers = filled.map(numberIn).filter((value) => value !== undefined);
  const answer = (value: number | string | undefined, used: number): Value => ({
    value,
    used,
    left: rows.length - used,
  });
  if ('min' in ask || 'max' in ask) {
    const cells = numbers.length > 0 ? numbers : filled;
    const best = least(cells, 'min' in ask ? 1 : -1);
    return answer(typeof best === 'number' ? best : best === undefined ? undefined : plain(best), cells.length);
  }
  if (numbers.length === 0) return answer(undefined, 0);
  const sum = numbers.reduce((total, number) => total + number, 0);
  return answer('sum' in ask ? sum : sum / numbers.length, numbers.length);
};

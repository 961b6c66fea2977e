/**
 * How cells and columns read on screen, on top of the kit's words for times and amounts. Pure: the clock is an argument.
 */
import { readActor } from '../ui/actors.ts';
import { count, relativeDay, shortDate } from '../ui/words.ts';
import { isBlank } from './cell.ts';

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[-+]\d{2}:?\d{2})?$/;

const two = (n: number): string => String(n).padStart(2, '0');

/** Today where the operator is, YYYY-MM-DD. */
export const today = (now: number): string => {
  const date = new Date(now);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

/** An ISO date or instant, and nothing looser: "12" or "May" in a cell is text. */
export const isDate = (value: unknown): value is string =>
  typeof value === 'string' && (DAY.test(value) || INSTANT.test(value)) && !Number.isNaN(Date.parse(value));

/** "today 07:02", "13 Nov"; a date without a time is that day here, not midnight in Greenwich. */
export const when = (iso: string, now: number): string => {
  const day = DAY.exec(iso);
  if (!day) return relativeDay(iso, { now });
  if (iso === today(now)) return 'today';
  return shortDate(new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3])), { now });
};

const DECIMALS = 2;

/** A reckoned number: thousands apart, two decimals at most. */
export const figure = (n: number): string => {
  if (!Number.isFinite(n) || Math.abs(n) >= 1e15) return String(n);
  const [whole = '0', part] = String(Number(Math.abs(n).toFixed(DECIMALS))).split('.');
  const sign = n < 0 && (whole !== '0' || part !== undefined) ? '−' : '';
  return sign + (whole.includes('e') ? whole : count(Number(whole))) + (part === undefined ? '' : `.${part}`);
};

/** An actor in words, where only its mark is seen: "agent analyst", "you". */
export const actorSaid = (actor: string): string => {
  const { said, name } = readActor(actor);
  return `${said}${name}`;
};

const HEADS: Record<string, string> = {
  _by: 'By',
  _at: 'Changed',
  _path: 'Path',
  _name: 'File',
  _size: 'Size',
  usd: 'Cost',
};

/** A column's name as a heading: `unit_price` reads "Unit price". */
export const heading = (column: string): string => {
  if (Object.hasOwn(HEADS, column)) return HEADS[column] ?? column;
  const words = column.replace(/[_.-]+/g, ' ').trim();
  return words === '' ? column : words.charAt(0).toUpperCase() + words.slice(1);
};

/** Any value as one line of text. A number stays as written: it may be a year or an order's name. */
export const cellText = (value: unknown, now: number): string => {
  if (isBlank(value)) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return isDate(value) ? when(value, now) : value;
  if (Array.isArray(value)) return value.map((item) => cellText(item, now)).join(', ');
  return JSON.stringify(value) ?? '';
};

/**
 * What stands in a column of a row: one of its own fields, a field inside a field (`author.name`), or what its file
 * says about itself: `_by`, `_at`, `_path`, `_name`, `_size`. Pure; never reaches a prototype.
 */
import { nameOf } from '../../kernel/protocol/paths.ts';
import type { Row } from './widget.ts';

const OF_THE_FILE: Record<string, (row: Row) => unknown> = {
  _by: ({ stat }) => stat.actor,
  _at: ({ stat }) => stat.at,
  _path: ({ stat }) => stat.path,
  _name: ({ stat }) => nameOf(stat.path),
  _size: ({ stat }) => stat.size,
};

export const isOfTheFile = (column: string): boolean => Object.hasOwn(OF_THE_FILE, column);

const own = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

export const cell = (row: Row, column: string): unknown => {
  if (isOfTheFile(column)) return OF_THE_FILE[column]?.(row);
  if (Object.hasOwn(row.data, column)) return row.data[column];
  return column.includes('.') ? column.split('.').reduce<unknown>(own, row.data) : undefined;
};

export const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** A number, or text that is nothing but one. `$12` and `1,000` are text: guessing at money would be worse. */
export const numberIn = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};

import { expect, test } from 'vitest';
import { createWork } from './work.ts';
import { trendOf } from './verdict.ts';

const samples = (value: (minute: number) => number) =>
  Array.from({ length: 30 }, (_, minute) => ({ minute, value: value(minute) }));

test('a heap that rises by a megabyte a minute grows; one that only warmed up, or only scatters, does not', () => {
  expect(
    trendOf(
      'leak',
      samples((m) => 20e6 + m * 1e6),
    ).grows,
  ).toBe(true);
  expect(
    trendOf(
      'warm',
      samples((m) => 20e6 + Math.min(m, 10) * 1e6),
    ).grows,
  ).toBe(false);
  expect(
    trendOf(
      'noise',
      samples((m) => 20e6 + (m % 3) * 1e6),
    ).grows,
  ).toBe(false);
  expect(
    trendOf(
      'drift',
      samples((m) => 20e6 + m * 20_000),
    ).grows,
  ).toBe(false);
});

test('the work of a soak keeps within its files and lengths, and is the same for the same seed', () => {
  const [one, two] = [createWork(7), createWork(7)];
  expect(one.batch(5_000)).toEqual(two.batch(5_000));
  expect(one.files.size).toBeLessThanOrEqual(60);
  expect(Math.max(...[...one.files.values()].map((text) => text.length))).toBeLessThan(5_000);
});

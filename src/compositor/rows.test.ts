import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../widgets/widget.ts';
import { statOf } from './fake-handle.ts';
import { filterRows, groupRows, sortRows, valueOf } from './rows.ts';

const row = (data: Record<string, unknown>, path = '/workspace/a.csv'): Row => ({ data, stat: statOf(path) });
const rowsOf = (...values: unknown[]): Row[] => values.map((n, at) => row({ n, at }));
const column = (rows: Row[], name: string): unknown[] => rows.map(({ data }) => data[name]);

describe('where, sort, group, value', () => {
  test('where compares as text, finds items of lists, and an absent field equals nothing', () => {
    const rows = [row({ n: 5, tags: ['x', 'y'] }), row({ n: '5' }), row({ n: 6 }), row({ n: null }), row({})];
    expect(filterRows(rows, { n: 5 })).toHaveLength(2);
    expect(filterRows(rows, { tags: 'y' })).toEqual([rows[0]]);
    expect(filterRows(rows, { n: 'undefined' })).toEqual([]);
    expect(filterRows(rows, { n: 'null' })).toEqual([]);
    expect(filterRows(rows, { 'constructor.name': 'Object' })).toEqual([]);
  });

  test('sorts numbers as numbers, text by natural order, blanks last both ways', () => {
    const rows = rowsOf('b', '10', 9, '', 'a10', 'a9', null);
    expect(column(sortRows(rows, 'n'), 'n')).toEqual([9, '10', 'a9', 'a10', 'b', '', null]);
    expect(column(sortRows(rows, '-n'), 'n')).toEqual(['b', 'a10', 'a9', '10', 9, '', null]);
  });

  test('sorting is a permutation, keeps equals in order, and does not depend on where it starts', () => {
    const value = fc.oneof(
      fc.integer({ min: -9, max: 9 }),
      fc.string({ maxLength: 2 }),
      fc.constantFrom('', null, '1.0', 'é', 'E', true),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 12 }), fc.constantFrom('n', '-n'), (values, spec) => {
        const rows = rowsOf(...values);
        const sorted = sortRows(rows, spec);
        expect(new Set(sorted)).toEqual(new Set(rows));
        expect(sortRows(sorted, spec)).toEqual(sorted);
        const keys = (list: Row[]): string[] => list.map(({ data }) => String(data['n']).trim());
        const back = keys(sortRows(rows.toReversed(), spec));
        // Numbers that are equal may be spelled apart (1 and "1.0"); text may not.
        const same = (a = '', b = ''): boolean =>
          a === b || Number(a) === Number(b) || (a === 'null' || a === '') === (b === 'null' || b === '');
        expect(keys(sorted).every((key, index) => same(key, back[index]))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('groups keep first-seen order and every row once', () => {
    const rows = rowsOf('b', 'a', 'b', '');
    const groups = groupRows(rows, 'n');
    expect(groups.map(({ name, rows: members }) => [name, members.length])).toEqual([
      ['b', 2],
      ['a', 1],
      ['', 1],
    ]);
    expect(groups.flatMap((group) => group.rows)).toHaveLength(4);
  });

  test('values: numbers are reckoned, what is no number is left out and counted', () => {
    const rows = rowsOf(3, '4', 'n/a', '');
    expect(valueOf(rows, { count: true })).toEqual({ value: 4, used: 4, left: 0 });
    expect(valueOf(rows, { sum: 'n' })).toEqual({ value: 7, used: 2, left: 2 });
    expect(valueOf(rows, { avg: 'n' })).toEqual({ value: 3.5, used: 2, left: 2 });
    expect(valueOf(rows, { min: 'n' }).value).toBe(3);
    expect(valueOf(rows, { max: 'n' }).value).toBe(4);
    expect(valueOf(rows, { last: 'n' }).value).toBe('n/a');
    expect(valueOf([], { sum: 'n' })).toEqual({ value: undefined, used: 0, left: 0 });
  });

  test('min and max of dates are dates', () => {
    const rows = rowsOf('2026-11-03', '2026-10-30');
    expect(valueOf(rows, { max: 'n' }).value).toBe('2026-11-03');
    expect(valueOf(rows, { min: 'n' }).value).toBe('2026-10-30');
  });
});

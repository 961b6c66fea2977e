import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineStarts, sourceRows } from './outcome-rows.ts';

const ROW = { id: 'r1', amount: 3 };

test.each([
  ['/w/a.jsonl', '{"id":"r1","amount":3}\n\n', 1, 1],
  ['/w/a.json', '[\n  {"id":"r1","amount":3}\n]\n', 1, 4],
  ['/w/a.yaml', '- id: r1\n  amount: 3\n', 1, 3],
  ['/w/a.md', '---\nid: r1\namount: 3\n---\nText.\n', 1, 6],
])('rows of %s with the lines that they may reach over', (path, text, from, to) => {
  expect(sourceRows(path, text)).toEqual({ rows: [{ data: ROW, from, to, head: 0 }], problems: [] });
});

test('a CSV row reaches over the lines of its quoted cells, and no further', () => {
  const { rows } = sourceRows('/w/a.csv', 'id,note\nr1,"two\nlines"\nr2,one\n');
  expect(rows.map(({ data, from, to }) => [data['id'], from, to])).toEqual([
    ['r1', 2, 3],
    ['r2', 4, 5],
  ]);
});

test('[O4] what is no row is named with its file and line, and the rows around it stand', () => {
  const lines = sourceRows('/w/a.jsonl', '{"id":1}\n[2]\nnonsense\n{"id":4}\n');
  expect(lines.rows.map(({ from }) => from)).toEqual([1, 4]);
  expect(lines.problems.map((problem) => problem.split(': ')[0])).toEqual(['/w/a.jsonl:2', '/w/a.jsonl:3']);
  const list = sourceRows('/w/a.yaml', '- id: r1\n- 7\n');
  expect(list.rows).toHaveLength(1);
  expect(list.problems).toEqual(['/w/a.yaml:2: is not a row: an object with named fields is needed.']);
  expect(sourceRows('/w/a.bin', 'x').problems).toHaveLength(1);
});

test('[O4] any text under any name gives rows or problems, and never throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('csv', 'json', 'jsonl', 'yaml', 'md', 'txt'), (text, ending) => {
      const lines = lineStarts(text).length;
      for (const { from, to } of sourceRows(`/w/a.${ending}`, text).rows) {
        expect(from).toBeGreaterThan(0);
        expect(to).toBeGreaterThanOrEqual(from);
        if (ending !== 'csv') expect(to).toBeLessThanOrEqual(lines);
      }
    }),
  );
});

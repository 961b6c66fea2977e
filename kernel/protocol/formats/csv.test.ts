import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvRows, parseCsv } from './csv.ts';

/** The writer the property compares against: quotes only where RFC 4180 asks for it. */
const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const writeCsv = (records: string[][], end = '\r\n'): string =>
  records.map((cells) => (cells.length === 1 && cells[0] === '' ? '""' : cells.map(quote).join(','))).join(end) + end;

const cell = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('', ',', '"', '""', '\n', '\r\n', '\r', ' ', 'a"b', '"a"', '\uFEFFx', 'é,"\n'),
);
const records = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 });

describe('CSV, RFC 4180', () => {
  test('whatever is written reads back, with either line end', () => {
    fc.assert(
      fc.property(records, fc.constantFrom('\r\n', '\n'), (written, end) => {
        // A byte-order mark at the very start is not part of the first cell.
        fc.pre(!writeCsv(written, end).startsWith('\uFEFF'));
        const { records: read, problems } = parseCsv(writeCsv(written, end));
        // A cell that starts with a quote is always quoted by the writer, so no problem is ever due.
        expect(problems).toEqual([]);
        expect(read.map(({ cells }) => cells)).toEqual(written);
      }),
      { numRuns: 500 },
    );
  });

  test('every record knows the line it starts on', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom('a', 'x\ny', '"', 'b,c'), { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
        (written) => {
          const text = writeCsv(written, '\n');
          let line = 1;
          const starts = written.map((cells) => {
            const start = line;
            line += writeCsv([cells], '\n').split('\n').length - 1;
            return start;
          });
          expect(parseCsv(text).records.map((record) => record.line)).toEqual(starts);
        },
      ),
    );
  });

  test('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '\uFEFF'), maxLength: 30 }), (text) => {
        expect(() => csvRows(text)).not.toThrow();
      }),
    );
  });

  test('the last record needs no line end, blank lines are none, a byte-order mark is dropped', () => {
    expect(csvRows('\uFEFFname,n\r\n\r\nAcme,1\r\nTarn,').rows).toEqual([
      { line: 3, data: { name: 'Acme', n: '1' } },
      { line: 4, data: { name: 'Tarn', n: '' } },
    ]);
  });

  test.each([
    ['a,b\n1,2\n"3,4\n5,6', 3, 'opens a quote that is never closed.'],
    ['a,b\n"1"x,2', 2, 'has "x" after a closing quote.'],
    ['a,b\n1,2,3', 2, 'has 3 cells; the header has 2.'],
    ['a,a\n1,2', 1, 'names the column "a" twice.'],
  ])('%j is reported on its line, and the rows stand', (text, line, message) => {
    const { rows, problems } = csvRows(text);
    expect(problems[0]).toEqual({ line, message });
    expect(rows.length).toBeGreaterThan(0);
  });

  test('a column may be called __proto__ and is still only a column', () => {
    const [row] = csvRows('__proto__,x\nevil,1').rows;
    expect(Object.hasOwn(row?.data ?? {}, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

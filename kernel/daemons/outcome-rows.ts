/**
 * One file's text → rows with the lines they stand on. Never throws: what does not parse is a problem with file and
 * line, and the rows around it stand.
 */
import { csvRows } from '../protocol/formats/csv.ts';
import { parseFrontMatter, parseYaml, type Parsed } from '../protocol/formats/document.ts';
import type { Path } from '../protocol/paths.ts';

/** Lines from 1; `to` is the last line that the row may reach, `head` the last that names its columns (0: none does). */
export type SourceRow = { data: Record<string, unknown>; from: number; to: number; head: number };
export type SourceRows = { rows: SourceRow[]; problems: string[] };

/** What ends a line, for all formats: rows are matched with their writers by it. */
const LINE_END = /\r\n|\n|\r/g;

/** Where each line of a text begins. */
export const lineStarts = (text: string): number[] => [
  0,
  ...[...text.matchAll(LINE_END)].map((end) => end.index + end[0].length),
];

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const rowsOf = (path: Path, data: unknown, lines: number, lineOf: (index: number) => number): SourceRows => {
  const items: unknown[] = Array.isArray(data) ? data : data === null || data === undefined ? [] : [data];
  const rows: SourceRow[] = [];
  const problems: string[] = [];
  for (const [index, item] of items.entries()) {
    // A list item may reach to the end of its file: where it stands exactly is not worth a wrong author.
    if (isObject(item)) rows.push({ data: item, from: 1, to: lines, head: 0 });
    else problems.push(`${path}:${lineOf(index)}: is not a row: an object with named fields is needed.`);
  }
  return { rows, problems };
};

const jsonLines = (path: Path, text: string): SourceRows => {
  const rows: SourceRow[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split(LINE_END).entries()) {
    if (line.trim() === '') continue;
    try {
      const data: unknown = JSON.parse(line);
      if (!isObject(data)) throw new Error('an object with named fields is needed');
      rows.push({ data, from: index + 1, to: index + 1, head: 0 });
    } catch (cause) {
      problems.push(`${path}:${index + 1}: is not a row: ${cause instanceof Error ? cause.message : ''}`);
    }
  }
  return { rows, problems };
};

export const sourceRows = (path: Path, text: string): SourceRows => {
  const lines = lineStarts(text).length;
  if (path.endsWith('.csv')) {
    const { rows, problems } = csvRows(text);
    const starts = [...rows.map(({ line }) => line), lines + 1];
    return {
      rows: rows.map(({ data, line }, index) => ({
        data,
        from: line,
        to: Math.max(line, (starts[index + 1] ?? 1) - 1),
        head: (starts[0] ?? 1) - 1,
      })),
      problems: problems.map(({ line, message }) => `${path}:${line}: ${message}`),
    };
  }
  if (path.endsWith('.jsonl')) return jsonLines(path, text);
  const parsed = /\.(?:json|ya?ml)$/.test(path)
    ? parseYaml(path, text)
    : path.endsWith('.md')
      ? parseFrontMatter(path, text)
      : undefined;
  if (!parsed) return { rows: [], problems: [`${path}:1: is not CSV, JSON, JSONL, YAML or Markdown by its name.`] };
  if (!parsed.ok) return { rows: [], problems: [parsed.error.message] };
  const { data, lineOf }: Parsed = parsed.value;
  return rowsOf(path, data, lines, (index) => lineOf([index]));
};

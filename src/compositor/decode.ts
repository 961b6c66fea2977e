/**
 * One file's text → rows. Never throws: what does not parse is a problem that names file and line, and the rows around
 * it stand. Knows formats only; which files are read is another's business.
 */
import type { Stat } from '../../kernel/protocol/files.ts';
import { parseFrontMatter, parseYaml } from '../../kernel/protocol/formats/document.ts';
import { nameOf } from '../../kernel/protocol/paths.ts';
import type { Problem, Row } from '../widgets/widget.ts';
import { csvRows } from '../../kernel/protocol/formats/csv.ts';

export type As = 'text' | 'front' | 'csv' | 'json' | 'jsonl' | 'yaml' | 'files';
export type Decoded = { rows: Row[]; problems: Problem[] };

const MAX_PROBLEMS = 20;

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** JSON Pointer, RFC 6901. `undefined` when nothing stands there. */
export const pointed = (value: unknown, pointer = ''): unknown => {
  let here = value;
  for (const raw of pointer.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    const real = Array.isArray(here) && /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : key;
    if (here === null || typeof here !== 'object' || !Object.hasOwn(here, real)) return undefined;
    here = (here as Record<PropertyKey, unknown>)[real];
  }
  return here;
};

/** The line a JSON error is on, from what the engine says; the YAML parser finds it where the engine does not. */
const jsonErrorLine = (stat: Stat, text: string, message: string): number => {
  const line = /line (\d+)/.exec(message)?.[1];
  if (line) return Number(line);
  const position = /position (\d+)/.exec(message)?.[1];
  if (position) return text.slice(0, Number(position)).split('\n').length;
  const parsed = parseYaml(stat.path, text);
  const found = parsed.ok ? 1 : parsed.error.detail?.['line'];
  return typeof found === 'number' ? found : 1;
};

const parseJson = (text: string): { value: unknown } | { error: string } => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (cause) {
    return { error: cause instanceof Error ? cause.message : '' };
  }
};

/** A list is a row for each item, an object is one row, a single value a row with `value` (and `text`, when it is text). */
const rowsOf = (stat: Stat, value: unknown, lineOf?: (index: number) => number): Row[] =>
  (Array.isArray(value) ? value : [value]).map((item: unknown, index) => {
    const data = isObject(item) ? item : typeof item === 'string' ? { value: item, text: item } : { value: item };
    const line = Array.isArray(value) ? lineOf?.(index) : undefined;
    return { data, stat, ...(line === undefined ? {} : { line }) };
  });

const nothingAt = (stat: Stat, at: string): Decoded => ({
  rows: [],
  problems: [{ path: stat.path, message: `has nothing at ${at}.` }],
});

const fromJson = (stat: Stat, text: string, at?: string): Decoded => {
  const parsed = parseJson(text);
  if ('error' in parsed) {
    return {
      rows: [],
      problems: [{ path: stat.path, line: jsonErrorLine(stat, text, parsed.error), message: 'is not valid JSON.' }],
    };
  }
  const value = pointed(parsed.value, at);
  return value === undefined ? nothingAt(stat, at ?? '') : { rows: rowsOf(stat, value), problems: [] };
};

const fromJsonLines = (stat: Stat, text: string, at?: string): Decoded => {
  const decoded: Decoded = { rows: [], problems: [] };
  text.split('\n').forEach((raw, index) => {
    if (raw.trim() === '') return;
    const line = index + 1;
    const parsed = parseJson(raw);
    const value = 'error' in parsed ? undefined : pointed(parsed.value, at);
    if ('error' in parsed) decoded.problems.push({ path: stat.path, line, message: 'is not valid JSON.' });
    else if (value !== undefined) decoded.rows.push(...rowsOf(stat, value).map((row) => ({ ...row, line })));
  });
  return decoded;
};

/** The protocol's messages open with `file:line: `; here both are fields. */
const fromError = (stat: Stat, error: { message: string; detail?: Record<string, unknown> }): Decoded => {
  const { path } = stat;
  const line = error.detail?.['line'];
  if (typeof line !== 'number') return { rows: [], problems: [{ path, message: error.message }] };
  return { rows: [], problems: [{ path, line, message: error.message.replace(`${path}:${line}: `, '') }] };
};

const fromYaml = (stat: Stat, text: string, at?: string): Decoded => {
  const parsed = parseYaml(stat.path, text);
  if (!parsed.ok) return fromError(stat, parsed.error);
  const { data, lineOf } = parsed.value;
  if (data === null && !at) return { rows: [], problems: [] };
  const value = pointed(data, at);
  if (value === undefined) return nothingAt(stat, at ?? '');
  const keys = (at ?? '').split('/').slice(1);
  return { rows: rowsOf(stat, value, (index) => lineOf([...keys, index])), problems: [] };
};

const fromFrontMatter = (stat: Stat, text: string, at?: string): Decoded => {
  const parsed = parseFrontMatter(stat.path, text);
  if (!parsed.ok) return fromError(stat, parsed.error);
  if (!isObject(parsed.value.data)) {
    return {
      rows: [],
      problems: [{ path: stat.path, line: 2, message: 'has front matter that is not a set of `key: value` lines.' }],
    };
  }
  const value = pointed(parsed.value.data, at);
  return value === undefined ? nothingAt(stat, at ?? '') : { rows: rowsOf(stat, value), problems: [] };
};

export const fileRow = (stat: Stat): Row => ({
  data: { name: nameOf(stat.path), path: stat.path, size: stat.size },
  stat,
});

const decoders: Record<As, (stat: Stat, text: string, at?: string) => Decoded> = {
  text: (stat, text) => ({ rows: [{ data: { text }, stat }], problems: [] }),
  files: (stat) => ({ rows: [fileRow(stat)], problems: [] }),
  front: fromFrontMatter,
  csv: (stat, text) => {
    const { rows, problems } = csvRows(text);
    return {
      rows: rows.map((row) => ({ ...row, stat })),
      problems: problems.map((problem) => ({ ...problem, path: stat.path })),
    };
  },
  json: fromJson,
  jsonl: fromJsonLines,
  yaml: fromYaml,
};

export const decode = (as: As, stat: Stat, text: string, at?: string): Decoded => {
  const { rows, problems } = decoders[as](stat, text, at);
  return { rows, problems: problems.slice(0, MAX_PROBLEMS) };
};

/**
 * Text → data, with errors that name file, line and what was expected. The one parser behind every format.
 * YAML is parsed with limits (no aliases bomb, bounded size); a Markdown file may carry YAML front matter.
 */
import { isMap, isNode, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import * as z from 'zod';
import { err, ok, type Err, type Result } from '../errors.ts';
import type { Path } from '../paths.ts';

// Compiling schemas with `new Function` is eval, which the content security policy refuses (and reports).
z.config({ jitless: true });

/** The YAML library compares every key of a map with every other: 20,000 keys take 2.3 s. No such file needs more. */
const MAX_CHARS = 64 * 1024;

/** Parsed data, and where in the file each part stands. */
export type Parsed = { data: unknown; body: string; lineOf: (at: readonly PropertyKey[]) => number };

/** A value that parsed, and the keys that were reported and ignored. */
export type Checked<T> = { value: T; body: string; warnings: string[]; lineOf: Parsed['lineOf'] };

const problem = (file: Path, line: number, message: string): Err =>
  err('EINVAL', `${file}:${line}: ${message}`, { path: file, detail: { file, line } });

const positionIn =
  (doc: Document, lines: LineCounter, offset: number) =>
  (at: readonly PropertyKey[]): number => {
    // The nearest enclosing node that has a place in the text.
    for (let depth = at.length; depth >= 0; depth--) {
      const key = at.slice(0, depth);
      const parent = depth === 0 ? doc.contents : doc.getIn(key.slice(0, -1), true);
      const last = key.at(-1);
      if (depth > 0 && isMap(parent)) {
        const pair = parent.items.find(
          (item) => isNode(item.key) && 'value' in item.key && String(item.key.value) === String(last),
        );
        if (pair && isNode(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line + offset;
      }
      const node = depth === 0 || isSeq(parent) ? doc.getIn(key, true) : undefined;
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line + offset;
    }
    return 1 + offset;
  };

/** Parse YAML (JSON is YAML). `firstLine` is how many lines stand above it in the file. */
export const parseYaml = (file: Path, text: string, firstLine = 0): Result<Parsed> => {
  if (text.length > MAX_CHARS)
    return problem(file, 1, `has ${text.length} characters of YAML; at most ${MAX_CHARS} are read.`);
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', uniqueKeys: true });
  const first = doc.errors[0];
  if (first) return problem(file, lines.linePos(first.pos[0]).line + firstLine, `is not valid YAML: ${first.message}`);
  try {
    const data: unknown = doc.toJS({ maxAliasCount: 50 });
    return ok({ data, body: '', lineOf: positionIn(doc, lines, firstLine) });
  } catch {
    return problem(file, 1, 'uses too many YAML aliases. Write the values out.');
  }
};

const FENCE = /^---[ \t]*\r?\n/;

/** Split a Markdown file into front matter and body. Without front matter the data is an empty object. */
export const parseFrontMatter = (file: Path, text: string): Result<Parsed> => {
  const open = FENCE.exec(text);
  if (!open) return ok({ data: {}, body: text, lineOf: () => 1 });
  const close = /^---[ \t]*(?:\r?\n|$)/m.exec(text.slice(open[0].length));
  if (!close) return problem(file, 1, 'opens front matter with --- but never closes it. Add a line with --- after it.');
  const yaml = text.slice(open[0].length, open[0].length + close.index);
  const parsed = parseYaml(file, yaml, 1);
  if (!parsed.ok) return parsed;
  const body = text.slice(open[0].length + close.index + close[0].length);
  return ok({ ...parsed.value, data: parsed.value.data ?? {}, body });
};

const keysOf = (value: unknown): string[] => (value !== null && typeof value === 'object' ? Object.keys(value) : []);

/** Check parsed data against a schema. Unknown top-level keys are warnings; a wrong type refuses this file alone. */
export const check = <S extends z.ZodObject>(file: Path, schema: S, parsed: Parsed): Result<Checked<z.infer<S>>> => {
  const result = schema.safeParse(parsed.data);
  if (!result.success) {
    const issue = result.error.issues[0];
    const at = issue?.path ?? [];
    const where = at.length === 0 ? '' : `${at.map(String).join('.')}: `;
    return problem(file, parsed.lineOf(at), `${where}${issue?.message ?? 'does not have the expected shape'}`);
  }
  const known = new Set(Object.keys(schema.shape));
  const warnings = keysOf(parsed.data)
    .filter((key) => !known.has(key))
    .map((key) => `${file}:${parsed.lineOf([key])}: "${key}" is not known and was ignored.`);
  return ok({ value: result.data, body: parsed.body, warnings, lineOf: parsed.lineOf });
};

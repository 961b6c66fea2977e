/**
 * `paused:` of a job file, changed in its text: every other byte stays as its author wrote it. Pure. What cannot be
 * changed so is refused with what to write by hand.
 */
import { isMap, isScalar, parseDocument } from 'yaml';
import { err, ok, type Result } from '../../../kernel/protocol/errors.ts';
import { parseJob } from '../../../kernel/protocol/formats/job.ts';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';

const OPEN = /^---[ \t]*\r?\n/;
const CLOSE = /^---[ \t]*(?:\r?\n|$)/m;

/** The same text with `paused` in it; undefined when the front matter is not laid out in lines. */
const edited = (text: string, paused: boolean): string | undefined => {
  const open = OPEN.exec(text)?.[0];
  if (open === undefined) return undefined;
  const close = CLOSE.exec(text.slice(open.length));
  if (!close) return undefined;
  const end = open.length + close.index;
  const doc = parseDocument(text.slice(open.length, end));
  if (doc.errors.length > 0 || !isMap(doc.contents)) return undefined;
  const node = doc.get('paused', true);
  if (isScalar(node) && node.range) {
    const [from, to] = node.range;
    // An empty value has no characters of its own, and its key's colon wants a space.
    const value = from === to ? ` ${String(paused)}` : String(paused);
    return text.slice(0, open.length + from) + value + text.slice(open.length + to);
  }
  if (doc.contents.flow || node !== undefined) return undefined;
  const line = `paused: ${String(paused)}${open.endsWith('\r\n') ? '\r\n' : '\n'}`;
  return text.slice(0, end) + line + text.slice(end);
};

export const withJobPaused = (file: Path, text: string, paused: boolean): Result<string> => {
  const next = edited(text, paused);
  const job = next === undefined ? undefined : parseJob(file, next);
  if (next === undefined || !job?.ok || job.value.paused !== paused)
    return err('EINVAL', `Write paused: ${String(paused)} between the two --- lines of ${nameOf(file)} yourself.`, {
      path: file,
    });
  return ok(next);
};

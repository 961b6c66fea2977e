/**
 * Changes to policy.yaml that touch one section and leave every other byte as the operator wrote it: comments, order,
 * spacing. Pure; it loads the YAML library, so import it lazily. What comes out is checked by the kernel before it counts.
 */
import { isMap, isNode, isScalar, parseDocument, type Document, type Pair } from 'yaml';

const NEVER_FOLD = { lineWidth: 0 };

const startOf = (pair: Pair): number => (isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0);

/** The text of one top-level section: from its key to the next one's. Undefined when the file is not laid out in lines. */
const sectionOf = (text: string, name: string): { from: number; to: number } | undefined => {
  const doc = parseDocument(text);
  const top = doc.contents;
  if (doc.errors.length > 0 || !isMap(top) || top.flow) return undefined;
  const at = top.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === name);
  const pair = top.items[at];
  if (!pair) return { from: text.length, to: text.length };
  const next = top.items[at + 1];
  return { from: startOf(pair), to: next ? startOf(next) : text.length };
};

/** Change one section through the library, and put it back where it stood. */
export const withSection = (text: string, name: string, change: (doc: Document) => void): string => {
  const place = sectionOf(text, name);
  const broken = parseDocument(text).errors.length > 0;
  if (broken) return text;
  if (!place) return changed(text, change);
  const before = text.slice(0, place.from);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  return before + gap + changed(text.slice(place.from, place.to), change) + text.slice(place.to);
};

const changed = (text: string, change: (doc: Document) => void): string => {
  const doc = parseDocument(text);
  if (doc.contents === null) Object.assign(doc, { contents: doc.createNode({}) });
  if (isMap(doc.contents) && doc.contents.items.length === 0) doc.contents.flow = false;
  change(doc);
  return doc.toString(NEVER_FOLD);
};

/** One scalar: only its own characters are replaced, so that the comment beside it stays where it stands. */
export const withScalar = (text: string, name: string, value: string | boolean): string => {
  const doc = parseDocument(text);
  const node = doc.get(name, true);
  if (doc.errors.length === 0 && isScalar(node) && node.range) {
    return text.slice(0, node.range[0]) + String(value) + text.slice(node.range[1]);
  }
  return withSection(text, name, (section) => section.set(name, value));
};

/** The one global stop. */
export const withPaused = (text: string, paused: boolean): string => withScalar(text, 'paused', paused);

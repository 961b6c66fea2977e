/**
 * Search over the text of files: words (all of them, as prefixes), an exact string, or a regular expression; below a
 * folder, ranked, with the line it stands on. Correct first: it reads the files. The packed index takes its place
 * behind the same function.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Hit } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { RevisionId } from '../protocol/entry.ts';

export type Mode = 'text' | 'exact' | 'regex';
export type Document = { path: Path; revision: RevisionId; text: string };
export type Source = (under: Path) => AsyncIterable<Document>;
export type SearchOptions = {
  under?: string | undefined;
  mode?: Mode | undefined;
  limit?: number | undefined;
  /** What the asker may read; the rest does not count. */ visible?: (path: Path) => boolean;
};

const SNIPPET = 160;

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

export const words = (text: string): string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

type Found = { score: number; at: number };
type Matcher = (document: Document) => Found | undefined;

/** Every word of the query must begin a word of the file (or of its path); rarer is not known here, so count and place rank. */
const matchWords = (query: string): Matcher => {
  const wanted = words(query);
  return ({ path, text }) => {
    const haystack = fold(text);
    const name = fold(path);
    let score = 0;
    let at = -1;
    for (const word of wanted) {
      const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${word}`, 'gu');
      const places = [...haystack.matchAll(pattern)];
      const inName = pattern.test(name);
      if (places.length === 0 && !inName) return undefined;
      score += Math.log2(1 + places.length) + (inName ? 2 : 0);
      const first = places[0]?.index ?? -1;
      if (at < 0 || (first >= 0 && first < at)) at = first;
    }
    return wanted.length === 0
      ? undefined
      : { score: score / Math.log2(8 + haystack.length), at: originalIndex(text, at) };
  };
};

/** Folding may change lengths; snippets are cut from the original, so walk to the same place there. */
const originalIndex = (text: string, folded: number): number => {
  if (folded <= 0 || fold(text.slice(0, folded)).length === folded) return Math.max(0, folded);
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fold(text.slice(0, middle)).length < folded) low = middle + 1;
    else high = middle;
  }
  return low;
};

const matchExact =
  (query: string): Matcher =>
  ({ text }) => {
    let count = 0;
    const first = text.indexOf(query);
    for (let at = first; at >= 0; at = text.indexOf(query, at + query.length)) count++;
    return first < 0 ? undefined : { score: count, at: first };
  };

/**
 * RE2: linear in the text, whatever the pattern, because a pattern and a file can be chosen so that a backtracking
 * engine never ends and the kernel with it. It knows no look-around and no back-references.
 */
const matchRegex = async (query: string): Promise<Matcher> => {
  const { RE2JS } = await import('re2js');
  const pattern = RE2JS.compile(query);
  return ({ text }) => {
    let count = 0;
    let first = -1;
    let start = 0;
    for (const line of text.split('\n')) {
      const found = pattern.matcher(line);
      if (found.find()) {
        if (first < 0) first = start + found.start();
        count++;
      }
      start += line.length + 1;
    }
    return first < 0 ? undefined : { score: count, at: first };
  };
};

const snippetAt = (text: string, at: number): { line: number; snippet: string } => {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const from = Math.max(before.lastIndexOf('\n') + 1, at - SNIPPET / 2);
  const end = text.indexOf('\n', at);
  return { line, snippet: text.slice(from, Math.min(end < 0 ? text.length : end, from + SNIPPET)).trim() };
};

export const createSearch =
  (source: Source) =>
  async (query: string, o: SearchOptions = {}): Promise<Result<{ hits: Hit[]; total: number }>> => {
    const mode = o.mode ?? 'text';
    let match: Matcher;
    if (mode === 'regex') {
      try {
        match = await matchRegex(query);
      } catch (cause) {
        return err(
          'EINVAL',
          `This is not a regular expression that can be searched for (RE2 syntax, without look-around and back-references): ${cause instanceof Error ? cause.message : query}`,
        );
      }
    } else match = mode === 'exact' ? matchExact(query) : matchWords(query);
    const hits: Hit[] = [];
    for await (const document of source(o.under ?? '/')) {
      if (o.visible && !o.visible(document.path)) continue;
      const found = match(document);
      if (!found) continue;
      hits.push({
        path: document.path,
        revision: document.revision,
        score: found.score,
        ...snippetAt(document.text, found.at),
      });
    }
    hits.sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
    return ok({ hits: hits.slice(0, o.limit ?? 100), total: hits.length });
  };

/** Words, an exact string or a regular expression in a text: how well, and where first. Pure. */
import { score, weights } from './rank.ts';
import { countWanted, placeOf, placesOfPhrases, type Wanted } from './tokens.ts';

export type Found = { score: number; at: number };
export type Matcher = (text: string) => Found | undefined;

export const matchExact =
  (query: string): Matcher =>
  (text) => {
    let count = 0;
    const first = text.indexOf(query);
    for (let at = first; at >= 0; at = text.indexOf(query, at + query.length)) count++;
    return first < 0 ? undefined : { score: count, at: first };
  };

/** Every word in the text or the path, and every phrase in the text. */
export const matchWords = (wanted: readonly Wanted[], phrases: readonly string[][]) => {
  const weight = weights(wanted.map(() => 1));
  return (text: string, path: string): Found | undefined => {
    const { counts, length } = countWanted(text, wanted);
    const named = countWanted(path, wanted).counts.map((count) => count > 0);
    if (!wanted.every((_one, i) => (counts[i] ?? 0) > 0 || named[i])) return undefined;
    const places = placesOfPhrases(text, phrases);
    if (!places) return undefined;
    return { score: score({ counts, named, length }, weight), at: places[0] ?? Math.max(0, placeOf(text, wanted)) };
  };
};

const MAX_PROGRAM = 2_000;

/**
 * RE2: linear in the text, whatever the pattern, because a pattern and a file can be chosen so that a backtracking
 * engine never ends and the kernel with it. It knows no look-around and no back-references.
 */
export const matchRegex = async (query: string): Promise<Matcher> => {
  const { RE2JS } = await import('re2js');
  const pattern = RE2JS.compile(query);
  // The work is the length of the text times that of the program: `\\pL{1000}` forty times over is a program of 40,000.
  if (pattern.programSize() > MAX_PROGRAM) throw new Error('it repeats too much');
  return (text) => {
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

const SNIPPET = 160;

export const snippetAt = (text: string, at: number): { line: number; snippet: string } => {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const from = Math.max(before.lastIndexOf('\n') + 1, at - SNIPPET / 2);
  const end = text.indexOf('\n', at);
  return { line, snippet: text.slice(from, Math.min(end < 0 ? text.length : end, from + SNIPPET)).trim() };
};

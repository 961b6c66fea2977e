/**
 * What of a snippet was asked for, as the kernel understands the question: words as beginnings of words, an exact
 * string, or a regular expression by the same engine, which is fetched with the first one. A pattern that does not
 * compile marks nothing: the kernel says why.
 */
export type Part = { text: string; hit: boolean };
export type Marker = (text: string) => Part[];
type Range = readonly [from: number, to: number];

const WORD = /[\p{L}\p{N}]+/gu;

/** Marks taken off only where that leaves every letter in its place. */
const fold = (text: string): string => {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return folded.length === text.length ? folded : text.toLowerCase().length === text.length ? text.toLowerCase() : text;
};

const wordRanges = (query: string): ((text: string) => Range[]) => {
  const wanted = fold(query).match(WORD) ?? [];
  return (text) =>
    [...fold(text).matchAll(WORD)].flatMap(({ 0: word, index }) => {
      const begun = wanted.filter((one) => word.startsWith(one)).toSorted((a, b) => b.length - a.length)[0];
      return begun === undefined ? [] : [[index, index + begun.length] as const];
    });
};

const exactRanges =
  (query: string) =>
  (text: string): Range[] => {
    const found: Range[] = [];
    for (let at = text.indexOf(query); at >= 0 && query !== ''; at = text.indexOf(query, at + query.length))
      found.push([at, at + query.length]);
    return found;
  };

const regexRanges = async (query: string): Promise<(text: string) => Range[]> => {
  const { RE2JS } = await import('re2js');
  try {
    const pattern = RE2JS.compile(query);
    return (text) => {
      const found: Range[] = [];
      const matcher = pattern.matcher(text);
      while (matcher.find()) if (matcher.end() > matcher.start()) found.push([matcher.start(), matcher.end()]);
      return found;
    };
  } catch {
    return () => [];
  }
};

const partsOf = (text: string, ranges: readonly Range[]): Part[] => {
  const parts: Part[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    if (from > at) parts.push({ text: text.slice(at, from), hit: false });
    parts.push({ text: text.slice(from, to), hit: true });
    at = to;
  }
  if (at < text.length) parts.push({ text: text.slice(at), hit: false });
  return parts;
};

export const markerFor = async (query: string, mode: 'text' | 'exact' | 'regex'): Promise<Marker> => {
  const ranges =
    mode === 'regex' ? await regexRanges(query) : mode === 'exact' ? exactRanges(query) : wordRanges(query);
  return (text) => partsOf(text, ranges(text));
};

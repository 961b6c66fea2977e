/**
 * Text into terms: what a word is, for the index, the scan and the query alike. Pure.
 * Folded: NFKD without marks, lower case, `ß` as `ss`, final sigma as sigma. A word is a run of letters and digits; its
 * first 64 characters count. Scripts written without spaces give pairs of neighbouring characters instead, and the last
 * character of a run alone, so that one character is the beginning of a pair wherever it stands.
 */
export const MAX_TERM = 64;

const WORD = /[\p{L}\p{N}]+/gu;
/** Hangul is written with spaces: a word of it is a word. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]+|[^\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]+/gu;
const IS_UNSPACED =
  /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;
// oxlint-disable-next-line no-control-regex -- exactly the characters that folding can only change in case
const ASCII = /^[\u0000-\u007f]*$/;

export const isAscii = (text: string): boolean => ASCII.test(text);

export const fold = (text: string): string =>
  ASCII.test(text)
    ? text.toLowerCase()
    : text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ');

/** Half a surrogate pair has no bytes in the index. */
const cut = (word: string): string => {
  if (word.length <= MAX_TERM) return word;
  const short = word.slice(0, MAX_TERM);
  return short.isWellFormed() ? short : short.slice(0, -1);
};

type Each = (term: string, at: number, whole: boolean) => void;

const pairs = (run: string, at: number, each: Each): void => {
  const characters = Array.from(run);
  for (let i = 0, place = at; i < characters.length; place += (characters[i] ?? '').length, i++)
    each((characters[i] ?? '') + (characters[i + 1] ?? ''), place, true);
};

/** Each term of a folded text and where it stands; `whole` is false where a long word was cut. */
export const eachTerm = (folded: string, each: Each): void => {
  const word = (found: string, at: number): void => each(cut(found), at, found.length <= MAX_TERM);
  for (const { 0: run, index } of folded.matchAll(WORD)) {
    if (ASCII.test(run)) word(run, index);
    else {
      for (const { 0: part, index: inner } of run.matchAll(UNSPACED)) {
        if (IS_UNSPACED.test(part)) pairs(part, index + inner, each);
        else word(part, index + inner);
      }
    }
  }
};

export const words = (text: string): string[] => {
  const found: string[] = [];
  eachTerm(fold(text), (term) => found.push(term));
  return found;
};

/** A term the query wants: at the beginning of a word, or anywhere `inside` one (asked for with a `*` before it). */
export type Wanted = { term: string; inside: boolean };

export const meets = (term: string, wanted: Wanted): boolean =>
  wanted.inside ? term.includes(wanted.term) : term.startsWith(wanted.term);

/** The last character of a run of pairs stands alone only in the index: asked for, it would ask for less than the pair. */
const asked = (folded: string): { term: string; at: number }[] => {
  const found: { term: string; at: number }[] = [];
  eachTerm(folded, (term, at) => found.push({ term, at }));
  return found.filter(({ term, at }, i) => {
    const before = found[i - 1];
    return !(
      before &&
      IS_UNSPACED.test(term) &&
      before.term.length > term.length &&
      before.at + before.term.length === at + term.length
    );
  });
};

const distinct = (wanted: readonly Wanted[]): Wanted[] => [
  ...new Map(wanted.map((one) => [`${one.inside ? '*' : ''}${one.term}`, one])).values(),
];

/** What a query in words asks for. */
export const wantedWords = (query: string): Wanted[] => {
  const folded = fold(query);
  return distinct(asked(folded).map(({ term, at }) => ({ term, inside: folded[at - 1] === '*' })));
};

const QUOTED = /["“”„]([^"“”„]+)["“”„]/g;

/** Words in quotes: they stand one after the other, as whole words. One word alone is no phrase. */
export const phrasesIn = (query: string): string[][] =>
  [...query.matchAll(QUOTED)]
    .map(([, inner]) => asked(fold(inner ?? '')).map(({ term }) => term))
    .filter((terms) => terms.length > 1);

/** Where in the text each phrase stands first; undefined when one of them does not. */
export const placesOfPhrases = (text: string, phrases: readonly string[][]): number[] | undefined => {
  const folded = fold(text);
  const terms = asked(folded);
  const places: number[] = [];
  for (const phrase of phrases) {
    const start = terms.findIndex((_one, i) => phrase.every((term, j) => sameTerm(terms[i + j]?.term, term)));
    if (start < 0) return undefined;
    places.push(originalIndex(text, terms[start]?.at ?? 0));
  }
  return places;
};

/** One character of a script without spaces is the beginning of whatever pair it stands in. */
const sameTerm = (found: string | undefined, wanted: string): boolean =>
  found === wanted || (found !== undefined && IS_UNSPACED.test(wanted) && found.startsWith(wanted));

/**
 * What a file that holds exactly this string has among its terms, or flags as cut. The string may begin in the middle of
 * a word, so its first word may be the inside of a longer one.
 */
export const impliedByExact = (query: string): Wanted[] =>
  query.isWellFormed()
    ? distinct(asked(fold(query)).map(({ term, at }) => ({ term, inside: at === 0 && !IS_UNSPACED.test(term) })))
    : [];

/** How often each wanted term is met in a text. */
export const countWanted = (text: string, wanted: readonly Wanted[]): { counts: number[]; length: number } => {
  const counts = wanted.map(() => 0);
  let length = 0;
  eachTerm(fold(text), (term) => {
    length++;
    for (let i = 0; i < wanted.length; i++) if (meets(term, wanted[i] as Wanted)) counts[i] = (counts[i] ?? 0) + 1;
  });
  return { counts, length };
};

/** Where in the original text the first of the wanted terms stands; -1 when none does. */
export const placeOf = (text: string, wanted: readonly Wanted[]): number => {
  const folded = fold(text);
  let first = -1;
  eachTerm(folded, (term, at) => {
    if (first < 0 && wanted.some((one) => meets(term, one))) first = at;
  });
  return first < 0 ? -1 : originalIndex(text, first);
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

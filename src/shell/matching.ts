/**
 * Finding by a few letters: every word asked for must occur; names that begin with it come first, then shorter ones.
 * Pure.
 */

const wordsOf = (asked: string): string[] =>
  asked
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

const nameOf = (text: string): string => text.slice(text.lastIndexOf('/') + 1);

/** Smaller is better; undefined when a word is missing. */
const rank = (text: string, words: readonly string[]): number | undefined => {
  const whole = text.toLowerCase();
  const name = nameOf(whole);
  let total = whole.length / 1_000;
  for (const word of words) {
    if (!whole.includes(word)) return undefined;
    total += name.startsWith(word) ? 0 : name.includes(word) ? 1 : 2;
  }
  return total;
};

export const matching = <T>(asked: string, all: readonly T[], textOf: (one: T) => string): T[] => {
  const words = wordsOf(asked);
  if (words.length === 0) return [...all];
  return all
    .flatMap((one) => {
      const at = rank(textOf(one), words);
      return at === undefined ? [] : [{ one, at }];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
};

export type Part = { text: string; hit: boolean };

/** The text in pieces, those that were asked for marked. */
export const marked = (text: string, asked: string): Part[] => {
  const words = wordsOf(asked);
  if (words.length === 0) return [{ text, hit: false }];
  const whole = text.toLowerCase();
  // A letter whose lower case has another length would shift every mark after it.
  if (whole.length !== text.length) return [{ text, hit: false }];
  const hit = Array.from({ length: text.length }, () => false);
  for (const word of words) {
    for (let at = whole.indexOf(word); at >= 0; at = whole.indexOf(word, at + word.length))
      hit.fill(true, at, at + word.length);
  }
  const parts: Part[] = [];
  for (let at = 0; at < text.length; at++) {
    const last = parts.at(-1);
    if (last && last.hit === hit[at]) last.text += text[at];
    else parts.push({ text: text[at] ?? '', hit: hit[at] ?? false });
  }
  return parts;
};

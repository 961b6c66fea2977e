/**
 * A whole-file write becomes few, small text operations: a diff whose work is bounded, never quadratic in the file.
 * Contract: `applyOps(diff(a, b), a) === b`; operations ascend, do not overlap, hold positions in the old string (UTF-16
 * units), never split a surrogate pair, and are at most MAX_OPS. The limit is counted in steps, not read from a clock,
 * so equal input gives equal operations on every device.
 * How: cut the common ends; anchor on lines that occur once in both (patience); inside what differs anchor on words the
 * same way; where nothing is unique, Myers, bounded; what is still unlike is replaced whole.
 * Knows nothing of files, Yjs or entries.
 */
import { myers, type Meter, type Range, type Same } from './myers.ts';

export type DiffOp = { at: number; remove: number; insert: string };

export const MAX_OPS = 1_000;
/** Characters that may be split into words in one diff, old and new together. */
const WORD_CHARS = 2_000_000;
const SMALL_HUNK = 1_024;
const SMALL_DISTANCE = 256;
const LARGE_DISTANCE = 128;
const TOKEN_DISTANCE = 512;
const PATIENCE_DEPTH = 24;
/** Two edits with less than this unchanged between them read better as one. */
const MIN_GAP = 4;

export const applyOps = (old: string, ops: readonly DiffOp[]): string => {
  let out = '';
  let from = 0;
  for (const op of ops) {
    out += old.slice(from, op.at) + op.insert;
    from = op.at + op.remove;
  }
  return out + old.slice(from);
};

const trim = (range: Range, same: Same, meter: Meter): Range => {
  let { a0, a1, b0, b1 } = range;
  while (a0 < a1 && b0 < b1 && same(a0, b0)) {
    a0++;
    b0++;
  }
  while (a0 < a1 && b0 < b1 && same(a1 - 1, b1 - 1)) {
    a1--;
    b1--;
  }
  meter.work += range.a1 - range.a0 - (a1 - a0) + 1;
  return { a0, a1, b0, b1 };
};

/** Where the token that starts at `at` ends. */
type Splitter = (text: string, at: number, to: number) => number;

const lineEnd: Splitter = (text, at, to) => {
  const newline = text.indexOf('\n', at);
  return newline === -1 || newline >= to ? to : newline + 1;
};

const isWord = (code: number): boolean =>
  code > 127 || (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
const wordEnd: Splitter = (text, at, to) => {
  let end = at + 1;
  if (isWord(text.charCodeAt(at))) while (end < to && isWord(text.charCodeAt(end))) end++;
  return end;
};

/** Ids of the tokens of text[from, to), and where each starts (one more start than tokens). */
const tokensOf = (text: string, from: number, to: number, splitter: Splitter, ids: Map<string, number>) => {
  const token: number[] = [];
  const starts = [from];
  for (let at = from; at < to;) {
    const end = splitter(text, at, to);
    const key = text.slice(at, end);
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    token.push(id);
    starts.push(end);
    at = end;
  }
  return { token, starts };
};

/** The longest run of pairs that rises in both files (patience sorting); pairs come in rising order of `a`. */
const rising = (pairs: readonly { a: number; b: number }[]): { a: number; b: number }[] => {
  const tails: number[] = [];
  const before: number[] = [];
  for (const [index, pair] of pairs.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] ?? 0]?.b ?? 0) < pair.b) low = middle + 1;
      else high = middle;
    }
    before[index] = low === 0 ? -1 : (tails[low - 1] ?? -1);
    tails[low] = index;
  }
  const chain: { a: number; b: number }[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) chain.push(pairs[at] ?? { a: 0, b: 0 });
  return chain.toReversed();
};

/** Pairs of tokens that occur exactly once in each side of the range. */
const uniquePairs = (range: Range, a: readonly number[], b: readonly number[]): { a: number; b: number }[] => {
  const TWICE = -2;
  const once = (tokens: readonly number[], from: number, to: number) => {
    const places = new Map<number, number>();
    for (let i = from; i < to; i++) {
      const id = tokens[i] ?? 0;
      places.set(id, places.has(id) ? TWICE : i);
    }
    return places;
  };
  const inB = once(b, range.b0, range.b1);
  const pairs: { a: number; b: number }[] = [];
  for (const [id, place] of once(a, range.a0, range.a1)) {
    const other = inB.get(id);
    if (place !== TWICE && other !== undefined && other !== TWICE) pairs.push({ a: place, b: other });
  }
  return pairs.sort((x, y) => x.a - y.a);
};

/** Ranges of tokens that differ. What cannot be resolved cheaply comes back as one range. */
const tokenRanges = (whole: Range, a: readonly number[], b: readonly number[], meter: Meter, depth = 0): Range[] => {
  const same: Same = (i, j) => a[i] === b[j];
  const range = trim(whole, same, meter);
  if (range.a0 === range.a1 && range.b0 === range.b1) return [];
  if (range.a0 === range.a1 || range.b0 === range.b1) return [range];
  meter.work += range.a1 - range.a0 + range.b1 - range.b0;
  const anchors = depth < PATIENCE_DEPTH ? rising(uniquePairs(range, a, b)) : [];
  if (anchors.length === 0) return myers(range, same, TOKEN_DISTANCE, meter) ?? [range];
  const found: Range[] = [];
  let { a0, b0 } = range;
  for (const anchor of [...anchors, { a: range.a1, b: range.b1 }]) {
    for (const part of tokenRanges({ a0, a1: anchor.a, b0, b1: anchor.b }, a, b, meter, depth + 1)) found.push(part);
    a0 = anchor.a + 1;
    b0 = anchor.b + 1;
  }
  return found;
};

/** Is enough unchanged for the parts to be better than replacing the whole? A rewrite has chance matches only. */
const worthIt = (whole: Range, parts: readonly Range[]): boolean => {
  const kept = whole.a1 - whole.a0 - parts.reduce((sum, part) => sum + part.a1 - part.a0, 0);
  return kept * 4 >= Math.min(whole.a1 - whole.a0, whole.b1 - whole.b0);
};

/** Ranges of characters that differ, by ever smaller tokens. */
const refine = (
  old: string,
  next: string,
  whole: Range,
  wanted: 'lines' | 'words' | 'chars',
  meter: Meter,
): Range[] => {
  const same: Same = (i, j) => old.charCodeAt(i) === next.charCodeAt(j);
  const range = trim(whole, same, meter);
  const n = range.a1 - range.a0;
  const m = range.b1 - range.b0;
  if (n === 0 && m === 0) return [];
  if (n === 0 || m === 0) return [range];
  if (wanted === 'words') meter.words += n + m;
  const level = wanted === 'words' && meter.words > WORD_CHARS ? 'chars' : wanted;
  const small = Math.max(n, m) <= SMALL_HUNK;
  if (small || level === 'chars') {
    const parts = myers(range, same, small ? SMALL_DISTANCE : LARGE_DISTANCE, meter);
    if (parts) return worthIt(range, parts) ? parts : [range];
  }
  if (level === 'chars') return [range];

  meter.work += n + m;
  const splitter = level === 'lines' ? lineEnd : wordEnd;
  const ids = new Map<string, number>();
  const a = tokensOf(old, range.a0, range.a1, splitter, ids);
  const b = tokensOf(next, range.b0, range.b1, splitter, ids);
  const start = (starts: readonly number[], token: number): number => starts[token] ?? 0;
  const parts = tokenRanges({ a0: 0, a1: a.token.length, b0: 0, b1: b.token.length }, a.token, b.token, meter).flatMap(
    (part) =>
      refine(
        old,
        next,
        {
          a0: start(a.starts, part.a0),
          a1: start(a.starts, part.a1),
          b0: start(b.starts, part.b0),
          b1: start(b.starts, part.b1),
        },
        level === 'lines' ? 'words' : 'chars',
        meter,
      ),
  );
  return level === 'lines' || worthIt(range, parts) ? parts : [range];
};

/** Join ranges with less than `gap` unchanged characters between them. */
const joined = (ranges: readonly Range[], gap: number): Range[] => {
  const out: Range[] = [];
  for (const range of ranges) {
    const last = out.at(-1);
    if (last && range.a0 - last.a1 < gap) out[out.length - 1] = { ...last, a1: range.a1, b1: range.b1 };
    else out.push(range);
  }
  return out;
};

/** At most MAX_OPS ranges: the shortest unchanged stretches are given up first, which rewrites the least text. */
const capped = (ranges: readonly Range[]): Range[] => {
  const excess = ranges.length - MAX_OPS;
  if (excess <= 0) return [...ranges];
  const gaps = ranges.slice(1).map((range, index) => range.a0 - (ranges[index]?.a1 ?? 0));
  const longest = gaps.toSorted((x, y) => x - y)[excess - 1] ?? 0;
  let ties = excess - gaps.filter((gap) => gap < longest).length;
  const out: Range[] = [];
  for (const [index, range] of ranges.entries()) {
    const gap = gaps[index - 1] ?? Infinity;
    const last = out.at(-1);
    if (last && (gap < longest || (gap === longest && ties-- > 0)))
      out[out.length - 1] = { ...last, a1: range.a1, b1: range.b1 };
    else out.push(range);
  }
  return out;
};

const splitsPair = (text: string, at: number): boolean =>
  at > 0 &&
  at < text.length &&
  (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 &&
  (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/** Widen over the other half of a surrogate pair; unchanged text has the same half on both sides. */
const wholePairs = (old: string, next: string, { a0, a1, b0, b1 }: Range): Range => {
  const back = splitsPair(old, a0) || splitsPair(next, b0) ? 1 : 0;
  const ahead = splitsPair(old, a1) || splitsPair(next, b1) ? 1 : 0;
  return { a0: a0 - back, a1: a1 + ahead, b0: b0 - back, b1: b1 + ahead };
};

/** The operations, and how many steps they took: linear passes, and Myers steps (at most about MYERS_STEPS). */
export const diffCounted = (old: string, next: string): { ops: DiffOp[]; work: number; myers: number } => {
  const meter: Meter = { work: 0, myers: 0, words: 0 };
  const found = refine(old, next, { a0: 0, a1: old.length, b0: 0, b1: next.length }, 'lines', meter);
  const whole = joined(
    capped(joined(found, MIN_GAP)).map((range) => wholePairs(old, next, range)),
    1,
  );
  const ops = whole.map(({ a0, a1, b0, b1 }) => ({ at: a0, remove: a1 - a0, insert: next.slice(b0, b1) }));
  return { ops, work: meter.work, myers: meter.myers };
};

export const diff = (old: string, next: string): DiffOp[] => diffCounted(old, next).ops;

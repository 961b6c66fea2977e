/**
 * Two versions of a text as the kit's Diff draws them: hunks of lines with their numbers and the changed words marked,
 * and how many lines came and went. Pure.
 */
import type { DiffHunk, DiffLine } from '../ui/Diff.tsx';
import { compare, type Range } from './compare.ts';

export type LineDiff = { hunks: DiffHunk[]; add: number; del: number };

const CONTEXT = 3;
/** More than this is not read by anyone; the rest is said in a number. */
const MOST_LINES = 800;
const WORD_LIMIT = 120;

/** Lines of a text; a newline at its end ends the last line and opens none. */
export const linesOf = (text: string): string[] => {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

export const diffLines = (before: string, after: string): LineDiff => {
  const a = linesOf(before);
  const b = linesOf(after);
  const ranges = compare(a, b);
  const count = { add: 0, del: 0 };
  for (const { a0, a1, b0, b1 } of ranges) {
    count.del += a1 - a0;
    count.add += b1 - b0;
  }
  const hunks: DiffHunk[] = [];
  let shown = 0;
  for (const group of neighbours(ranges)) {
    if (shown >= MOST_LINES) {
      hunks.push({ head: 'The rest is not shown here. Open both versions to see all of it.', lines: [] });
      break;
    }
    const hunk = hunkOf(group, a, b, MOST_LINES - shown);
    shown += hunk.lines.length;
    hunks.push(hunk);
  }
  // The text differs though no line does: only the newline at the end came or went.
  if (ranges.length === 0 && before !== after)
    hunks.push({ head: 'Only the line break at the end differs.', lines: [] });
  return { hunks, ...count };
};

/** Ranges whose context touches are one hunk. */
const neighbours = (ranges: readonly Range[]): Range[][] => {
  const groups: Range[][] = [];
  for (const range of ranges) {
    const last = groups.at(-1);
    if (last && range.b0 - (last.at(-1)?.b1 ?? 0) <= 2 * CONTEXT) last.push(range);
    else groups.push([range]);
  }
  return groups;
};

const hunkOf = (group: readonly Range[], a: readonly string[], b: readonly string[], most: number): DiffHunk => {
  const first = group[0] ?? { a0: 0, a1: 0, b0: 0, b1: 0 };
  const lines: DiffLine[] = [];
  const same = (from: number, to: number): void => {
    for (let at = Math.max(0, from); at < Math.min(b.length, to); at += 1) {
      lines.push({ kind: 'same', text: b[at] ?? '', no: at + 1 });
    }
  };
  let at = first.b0 - CONTEXT;
  for (const range of group) {
    same(at, range.b0);
    lines.push(...changed(range, a, b));
    at = range.b1;
  }
  same(at, at + CONTEXT);
  const from = Math.max(1, first.b0 - CONTEXT + 1);
  const to = Math.min(b.length, at + CONTEXT);
  const head = to > from ? `lines ${from} to ${to}` : `line ${Math.max(1, to)}`;
  return { head: lines.length > most ? `${head}, the first ${most} shown` : head, lines: lines.slice(0, most) };
};

const changed = ({ a0, a1, b0, b1 }: Range, a: readonly string[], b: readonly string[]): DiffLine[] => {
  const old: DiffLine[] = a.slice(a0, a1).map((text, n) => ({ kind: 'del', text, no: a0 + n + 1 }));
  const fresh: DiffLine[] = b.slice(b0, b1).map((text, n) => ({ kind: 'add', text, no: b0 + n + 1 }));
  for (const [n, line] of old.entries()) {
    const other = fresh[n];
    const words = other && wordsThatDiffer(line.text, other.text);
    if (!other || !words) continue;
    line.words = words.a;
    other.words = words.b;
  }
  return [...old, ...fresh];
};

const WORDS = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

type Stretch = readonly [from: number, to: number];

/** The stretches that differ within two lines, or nothing when they have too little in common to compare. */
export const wordsThatDiffer = (a: string, b: string): { a: Stretch[]; b: Stretch[] } | undefined => {
  const left: string[] = a.match(WORDS) ?? [];
  const right: string[] = b.match(WORDS) ?? [];
  const ranges = compare(left, right, WORD_LIMIT);
  const kept = ranges.reduce((length, { a0, a1 }) => length - left.slice(a0, a1).join('').length, a.length);
  if (kept * 3 < Math.min(a.length, b.length)) return undefined;
  const places = (words: readonly string[]): number[] => {
    let at = 0;
    return [0, ...words.map((word) => (at += word.length))];
  };
  const [leftAt, rightAt] = [places(left), places(right)];
  const stretches = (at: readonly number[], pairs: readonly Stretch[]): Stretch[] =>
    pairs.filter(([from, to]) => to > from).map(([from, to]) => [at[from] ?? 0, at[to] ?? 0]);
  return {
    a: stretches(
      leftAt,
      ranges.map(({ a0, a1 }) => [a0, a1]),
    ),
    b: stretches(
      rightAt,
      ranges.map(({ b0, b1 }) => [b0, b1]),
    ),
  };
};

/**
 * Three-way merge of texts by lines: what changed from `base` to `a` and from `base` to `b`, both. Answers undefined when
 * both changed the same lines differently, or when comparing them would be too much work. Pure.
 */
import { diff3Merge } from 'node-diff3';

/** Pairs of equal lines that may be looked at: many equal lines in two texts make the comparison quadratic. */
const MAX_PAIRS = 2_000_000;

const counts = (lines: readonly string[]): Map<string, number> => {
  const found = new Map<string, number>();
  for (const line of lines) found.set(line, (found.get(line) ?? 0) + 1);
  return found;
};

const pairs = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number => {
  let sum = 0;
  for (const [line, count] of a) sum += count * (b.get(line) ?? 0);
  return sum;
};

export const merge3 = (a: string, base: string, b: string): string | undefined => {
  if (a === base || a === b) return b;
  if (b === base) return a;
  const [inA, inBase, inB] = [a, base, b].map((text) => text.split('\n')) as [string[], string[], string[]];
  const of = counts(inBase);
  if (pairs(of, counts(inA)) + pairs(of, counts(inB)) > MAX_PAIRS) return undefined;
  const merged: string[] = [];
  for (const { ok, conflict } of diff3Merge(inA, inBase, inB, { excludeFalseConflicts: true })) {
    if (conflict || !ok) return undefined;
    merged.push(...ok);
  }
  return merged.join('\n');
};

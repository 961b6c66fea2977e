import { describe, expect, test } from 'vitest';
import { compare } from './compare.ts';
import { diffLines, wordsThatDiffer } from './line-diff.ts';

/** Rebuilds the new list from the old one and the ranges: a diff that loses nothing passes. */
const rebuilt = (a: readonly string[], b: readonly string[]): string[] => {
  const out: string[] = [];
  let at = 0;
  for (const { a0, a1, b0, b1 } of compare(a, b)) {
    out.push(...a.slice(at, a0), ...b.slice(b0, b1));
    at = a1;
  }
  return [...out, ...a.slice(at)];
};

describe('compare', () => {
  test('what it leaves and what it gives make the new list again', () => {
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 300; round += 1) {
      const word = (): string => 'abcd'[next(4)] ?? 'a';
      const a = Array.from({ length: next(30) }, word);
      const b = Array.from({ length: next(30) }, word);
      expect(rebuilt(a, b)).toEqual(b);
    }
  });

  test('finds the shortest difference', () => {
    expect(compare('abcabba'.split(''), 'cbabac'.split('')).reduce((n, r) => n + r.a1 - r.a0 + r.b1 - r.b0, 0)).toBe(5);
  });

  test('stays bounded on texts with nothing in common', () => {
    const a = Array.from({ length: 20_000 }, (_, n) => `a${n}`);
    const b = Array.from({ length: 20_000 }, (_, n) => `b${n}`);
    const started = performance.now();
    expect(rebuilt(a, b)).toEqual(b);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('diffLines', () => {
  test('counts lines, numbers them by their own version and keeps three lines around', () => {
    const before = Array.from({ length: 20 }, (_, n) => `line ${n + 1}`).join('\n');
    const after = before.replace('line 10\n', 'line ten\nline ten and a half\n');
    const diff = diffLines(before, after);
    expect([diff.add, diff.del]).toEqual([2, 1]);
    expect(diff.hunks).toHaveLength(1);
    expect(diff.hunks[0]?.head).toBe('lines 7 to 14');
    expect(diff.hunks[0]?.lines.map(({ kind, no }) => `${kind} ${no}`)).toEqual([
      'same 7',
      'same 8',
      'same 9',
      'del 10',
      'add 10',
      'add 11',
      'same 12',
      'same 13',
      'same 14',
    ]);
  });

  test('changes far apart are hunks of their own', () => {
    const lines = Array.from({ length: 40 }, (_, n) => `line ${n + 1}`);
    const after = lines.with(2, 'three').with(30, 'thirty-one');
    expect(diffLines(lines.join('\n'), after.join('\n')).hunks).toHaveLength(2);
  });

  test('a new file is all added, a removed one all gone, an equal one nothing', () => {
    expect(diffLines('', 'a\nb\n')).toMatchObject({ add: 2, del: 0 });
    expect(diffLines('a\nb\n', '')).toMatchObject({ add: 0, del: 2 });
    expect(diffLines('a\n', 'a\n')).toEqual({ hunks: [], add: 0, del: 0 });
  });

  test('a line break that came at the end is said, not drawn', () => {
    expect(diffLines('a', 'a\n').hunks[0]?.head).toMatch(/line break at the end/);
  });

  test('marks the words that differ, and none when the lines have nothing in common', () => {
    const words = wordsThatDiffer('Team plan is $22 a seat.', 'Team plan is $18 a seat.');
    expect(words).toEqual({ a: [[14, 16]], b: [[14, 16]] });
    expect(wordsThatDiffer('alpha beta', 'Zürich 7')).toBeUndefined();
  });
});

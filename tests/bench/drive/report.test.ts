// The harness's own arithmetic: what counts as reached, and that a duel's ratio is the left side's speed over the right's.
import { describe, expect, test, vi } from 'vitest';
import { samples } from '../measure/corpus.ts';
import { duel, type Side } from '../measure/duel.ts';
import { quantile } from '../measure/numbers.ts';
import type { Line, Target } from '../row.ts';
import { targetText, verdict } from './report.ts';

const line = (value: number, target: Target, more: Partial<Line> = {}): Line => ({
  what: '',
  ours: '',
  against: '',
  value,
  target,
  ...more,
});
const fast: Target = { kind: 'promise', direction: 'at least', reach: 0.6, aim: 0.7 };
const small: Target = { kind: 'guide', direction: 'at most', reach: 20, files: 100_000 };

describe('a verdict says how far a value is from what is to be reached', () => {
  test.each([
    [line(0.75, fast), 'reached, the aim too'],
    [line(0.6, fast), 'reached'],
    [line(0.54, fast), 'missed by 10 %'],
    [line(0.2, fast), 'missed by a factor of 3.00'],
    [line(20, small, { files: 100_000 }), 'reached'],
    [line(25, small, { files: 100_000 }), 'missed by 20 %'],
    [line(60, small, { files: 100_000 }), 'missed by a factor of 3.00'],
    [line(1, small, { files: 1_000 }), 'judged at 100,000 files'],
    [line(Number.NaN, fast, { ours: 'not built yet' }), 'not built yet'],
  ])('%#', (measured, expected) => {
    expect(verdict(measured)).toBe(expected);
  });

  test('a target reads as it is held', () => {
    expect(targetText(fast, '×')).toBe('≥ 0.60 ×, aim 0.70');
    expect(targetText(small, 'MB')).toBe('≤ 20.0 MB at 100,000 files (guide)');
  });
});

test('a quantile lies between its neighbours', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([1], 0.95)).toBe(1);
  expect(quantile([], 0.5)).toBeNaN();
});

test('a duel counts background work, writes every file once and divides right by left', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  const side = (size: number, settles: number): Side & { seen: string[] } => {
    const seen: string[] = [];
    const settle = () => new Promise<void>((resolve) => setTimeout(resolve, settles));
    return { seen, size, write: async ({ path }) => seen.push(path), settle };
  };
  const left = side(2, 4);
  const right = side(4, 80);
  const fought = duel(left, right, 3, samples);
  await vi.advanceTimersByTimeAsync(1000);
  const { ratio } = await fought;
  vi.useRealTimers();
  expect(new Set(left.seen).size).toBe(8);
  expect(new Set(right.seen).size).toBe(16);
  // Twenty times the time for twice the files.
  expect(ratio).toBe(10);
});

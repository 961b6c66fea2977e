import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyOps, diff, diffCounted, MAX_OPS, type DiffOp } from './diff.ts';
import { MYERS_STEPS } from './myers.ts';

const half = (text: string, at: number): boolean =>
  at > 0 && at < text.length && /[\ud800-\udbff]/.test(text[at - 1] ?? '') && /[\udc00-\udfff]/.test(text[at] ?? '');

const expectSound = (old: string, next: string, ops: readonly DiffOp[]): void => {
  expect(applyOps(old, ops) === next).toBe(true);
  expect(ops.length).toBeLessThanOrEqual(MAX_OPS);
  let from = 0;
  for (const op of ops) {
    expect(op.at).toBeGreaterThanOrEqual(from);
    expect(op.remove > 0 || op.insert !== '').toBe(true);
    from = op.at + op.remove;
    expect(half(old, op.at) || half(old, from)).toBe(false);
    expect(op.insert.isWellFormed()).toBe(true);
  }
  expect(from).toBeLessThanOrEqual(old.length);
};

/** A small deterministic generator, so that a failure repeats. */
const random = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};
const words = (count: number, seed: number): string => {
  const next = random(seed);
  return Array.from(
    { length: count },
    () => Math.floor(next() * 2 ** 32).toString(36) + (next() < 0.1 ? '\n' : ' '),
  ).join('');
};

const unit = fc.constantFrom('a', 'b', '\n', ' ', '😀', '😁', 'é', '\r\n', 'line\n');
const text = fc.array(unit, { maxLength: 120 }).map((parts) => parts.join(''));

describe('diff', () => {
  test('any two texts: applying it gives the new text, within every limit', () => {
    fc.assert(
      fc.property(text, text, (a, b) => expectSound(a, b, diff(a, b))),
      { numRuns: 3000 },
    );
  });

  test('any edits of a longer text', () => {
    const edits = fc.array(fc.record({ at: fc.nat(20_000), remove: fc.nat(60), insert: text }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(1000), edits, (seed, changes) => {
        const old = words(2000, seed);
        const edited = changes.reduce(
          (now, { at, remove, insert }) => now.slice(0, at) + insert + now.slice(at + remove),
          old,
        );
        const next = edited.toWellFormed();
        expectSound(old, next, diff(old, next));
      }),
      { numRuns: 200 },
    );
  });

  test('equal texts need nothing; equal input gives equal operations', () => {
    expect(diff('same\n', 'same\n')).toEqual([]);
    const [a, b] = [words(500, 1), words(500, 2)];
    expect(diff(a, b)).toEqual(diff(a, b));
  });

  test('a small edit stays small, wherever it is', () => {
    expect(diff('one two three', 'one 2 three')).toEqual([{ at: 4, remove: 3, insert: '2' }]);
    expect(diff('', 'new')).toEqual([{ at: 0, remove: 0, insert: 'new' }]);
    expect(diff('old', '')).toEqual([{ at: 0, remove: 3, insert: '' }]);
    const old = words(100_000, 3);
    const at = 400_000;
    const next = `${old.slice(0, 1000)}EDIT${old.slice(1000, at)}${old.slice(at + 5)}`;
    expect(diff(old, next)).toEqual([
      { at: 1000, remove: 0, insert: 'EDIT' },
      { at, remove: 5, insert: '' },
    ]);
  });

  test('a surrogate pair is replaced whole', () => {
    expect(diff('a😀b', 'a😁b')).toEqual([{ at: 1, remove: 2, insert: '😁' }]);
    expect(diff('😀', '😀😀')).toEqual([{ at: 2, remove: 0, insert: '😀' }]);
  });

  test('a moved block is one removal and one insertion', () => {
    const lines = words(3000, 4).split('\n');
    const block = lines.slice(50, 60);
    const moved = [...lines.slice(0, 50), ...lines.slice(60, 200), ...block, ...lines.slice(200)];
    const ops = diff(lines.join('\n'), moved.join('\n'));
    const touched = ops.reduce((sum, op) => sum + op.remove + op.insert.length, 0);
    expect(touched).toBeLessThanOrEqual(2 * block.join('\n').length + 2);
  });

  test('two edits far apart stay apart without a unique line, and without any line', () => {
    const repeated = 'same line\n'.repeat(20_000);
    const edited = `${repeated.slice(0, 100)}X${repeated.slice(100, 150_000)}Y${repeated.slice(150_000)}`;
    expect(diff(repeated, edited)).toHaveLength(2);
    const minified = words(100_000, 5).replaceAll('\n', ' ');
    const changed = `${minified.slice(0, 100)}X${minified.slice(100, 500_000)}Y${minified.slice(500_001)}`;
    expect(diff(minified, changed)).toHaveLength(2);
  });

  test('12,800 scattered replacements become at most 1,000 operations', () => {
    const old = Array.from({ length: 12_800 }, (_, i) => `row ${i} has the value foo and some more text\n`).join('');
    const next = old.replaceAll('foo', 'quux');
    const ops = diff(old, next);
    expectSound(old, next, ops);
    expect(ops).toHaveLength(MAX_OPS);
  });

  test('a rewritten paragraph is replaced, not picked apart letter by letter', () => {
    const [a, b] = [
      'The quick brown fox jumps over the lazy dog.',
      'Pack my box with five dozen liquor jugs, quickly.',
    ];
    expect(diff(a, b).length).toBeLessThanOrEqual(2);
  });

  // Counted, not timed: the bound holds on any machine. Linear passes may touch each character a few times.
  const expectBounded = (old: string, next: string): void => {
    const { ops, work, myers } = diffCounted(old, next);
    expectSound(old, next, ops);
    expect(work).toBeLessThanOrEqual(40 * (old.length + next.length) + 1000);
    expect(myers).toBeLessThanOrEqual(MYERS_STEPS * 1.2);
  };

  test('work is bounded: 1 MB rewritten', () => {
    expectBounded(words(130_000, 6), words(130_000, 7));
    expectBounded(words(130_000, 8).replaceAll('\n', ' '), words(130_000, 9).replaceAll('\n', ' '));
  });

  test('work is bounded: repeated lines and repeated characters', () => {
    expectBounded('a\n'.repeat(300_000), 'b\na\n'.repeat(150_000));
    expectBounded('ab\n'.repeat(200_000), 'ba\n'.repeat(200_000));
    expectBounded(`x${'a'.repeat(500_000)}y`, `y${'a'.repeat(500_050)}x`);
    expectBounded('ab'.repeat(250_000), 'ba'.repeat(250_001));
    const lines = Array.from({ length: 50_000 }, (_, i) => `${i}\n`);
    expectBounded(lines.join(''), lines.toReversed().join(''));
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addUsage, emptyUsage, type Usage } from './formats/records.ts';
import { answerCost, answerFor, costOf, requestCost, type Price } from './money.ts';

const PRICE: Price = { input: 3, output: 15, cache_write: 3.75, cache_write_1h: 6, cache_read: 0.3 };
const tokens = fc.integer({ min: 0, max: 200_000 });
const usd = fc.integer({ min: 0, max: 100_000 }).map((mills) => mills / 1000);
const price = fc.record(
  { input: usd, output: usd, cache_write: usd, cache_write_1h: usd, cache_read: usd },
  { requiredKeys: ['input', 'output'] },
);

describe('[M3] what a call costs, in whole nano-dollars', () => {
  test('every kind of token at its own price', () => {
    const cost = (usage: Partial<Usage>): number => costOf(PRICE, { ...emptyUsage(), ...usage });
    expect(cost({ input: 1 })).toBe(3_000);
    expect(cost({ output: 1 })).toBe(15_000);
    expect(cost({ cacheWrite: 1 })).toBe(3_750);
    expect(cost({ cacheWrite: 3, cacheWriteHour: 1 })).toBe(2 * 3_750 + 6_000);
    expect(cost({ cacheRead: 1 })).toBe(300);
  });

  test('a price that is not said is the dearer guess', () => {
    const usage = { input: 0, output: 0, cacheWrite: 2_000, cacheWriteHour: 1_000, cacheRead: 1_000 };
    expect(costOf({ input: 4, output: 1 }, usage)).toBe(1_000 * 5_000 + 1_000 * 8_000 + 1_000 * 4_000);
  });

  test('sums are exact: prices of whole mills add up as the usage does', () => {
    fc.assert(
      fc.property(
        price,
        fc.array(fc.record({ input: tokens, output: tokens, cacheWrite: tokens, cacheRead: tokens })),
        (p, all) => {
          const whole = { ...p, cache_write: p.cache_write ?? p.input, cache_read: p.cache_read ?? p.input };
          const sum = all.reduce((nano, usage) => nano + costOf(whole, usage), 0);
          expect(sum).toBe(costOf(whole, all.reduce(addUsage, emptyUsage())));
        },
      ),
    );
  });
});

test('[M2] what is reserved is never less than what a call within it costs', () => {
  fc.assert(
    fc.property(
      price,
      tokens,
      tokens,
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      (p, asked, max, [a, b]) => {
        const cacheWrite = Math.floor(asked * a);
        const cacheRead = Math.floor((asked - cacheWrite) * b);
        const usage = { input: asked - cacheWrite - cacheRead, output: max, cacheWrite, cacheRead };
        expect(costOf(p, usage)).toBeLessThanOrEqual(requestCost(p, asked) + answerCost(p, max));
      },
    ),
  );
});

test('[M2] an answer is as long as the money lasts, and no longer', () => {
  fc.assert(
    fc.property(price, fc.integer({ min: 0, max: 1e9 }), (p, left) => {
      fc.pre(p.output > 0);
      const fits = answerFor(p, left);
      expect(answerCost(p, fits)).toBeLessThanOrEqual(left);
      expect(answerCost(p, fits + 1)).toBeGreaterThan(left);
    }),
  );
});

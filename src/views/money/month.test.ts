/** The month as an account book: exact sums, days where the operator is, and a pace that waits for the third day. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { callsSince, dayIn, dearestFirst, heldFor, paceOf, spentOn, sumsBy, unknownOf } from './month.ts';

const PRICE = { input: 3, output: 15 };
const USAGE = { input: 10, output: 2, cacheWrite: 0, cacheRead: 0 };
const reserve = (id: string, at: string, more: object = {}): string =>
  JSON.stringify({ t: 'reserve', id, at, run: 'r1', actor: 'agent:a', model: 'm', price: PRICE, nano: 900, ...more });
const settle = (id: string, nano: number, how = 'reported'): string =>
  JSON.stringify({ t: 'settle', id, at: '2026-11-05T12:00:00Z', nano, usage: USAGE, how });
const file = (...lines: string[]) => ({ device: 'd'.repeat(32), text: `${lines.join('\n')}\n` });

test('a call is its reservation and how it was settled; what is open is set aside, and what is not known is named', () => {
  const calls = callsSince(
    [
      file(reserve('a', '2026-11-02T10:00:00Z'), settle('a', 40), settle('a', 99)),
      file(reserve('b', '2026-11-03T10:00:00Z'), 'no line', settle('b', 900, 'unknown'), settle('lost', 5)),
      file(reserve('c', '2026-11-04T10:00:00Z'), reserve('before', '2026-10-31T22:59:59Z'), settle('before', 7)),
    ],
    Date.parse('2026-10-31T23:00:00Z'),
  );
  expect(calls.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  expect(spentOn(calls)).toBe(940);
  expect(heldFor(calls)).toBe(900);
  expect(unknownOf(calls).map(({ id }) => id)).toEqual(['b']);
});

test('sums tell calls apart by agent, job and run count; calls without a job are a sum of their own', () => {
  const calls = callsSince(
    [
      file(
        reserve('a', '2026-11-02T10:00:00Z', { job: '/workspace/jobs/x.md' }),
        settle('a', 1),
        reserve('b', '2026-11-02T11:00:00Z', { run: 'r2' }),
        settle('b', 5),
        reserve('c', '2026-11-02T12:00:00Z', { run: 'r2' }),
        settle('c', 5),
      ),
    ],
    0,
  );
  expect(dearestFirst(sumsBy(calls, ({ job }) => job))).toEqual([
    { key: undefined, calls: 2, runs: 1, nano: 10 },
    { key: '/workspace/jobs/x.md', calls: 1, runs: 1, nano: 1 },
  ]);
});

test('a call belongs to the day the operator had, over midnight and over the night the clocks change', () => {
  const berlin = dayIn('Europe/Berlin');
  expect(berlin('2026-10-31T22:59:59Z')).toBe('2026-10-31');
  expect(berlin('2026-10-31T23:00:00Z')).toBe('2026-11-01');
  // Summer time ends on 25 October: the day has 25 hours.
  expect(berlin('2026-10-24T22:00:00Z')).toBe('2026-10-25');
  expect(berlin('2026-10-25T22:59:59Z')).toBe('2026-10-25');
  expect(dayIn('America/Los_Angeles')('2026-11-01T06:59:59Z')).toBe('2026-10-31');
});

test('the days of a month sum up to the month, to the nano-dollar, in any zone', () => {
  const amounts = fc.array(
    fc.record({
      nano: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      at: fc.integer({ min: Date.UTC(2026, 9, 1), max: Date.UTC(2026, 10, 30) }),
      settled: fc.boolean(),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(amounts, fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Apia'), (all, zone) => {
      const text = all.flatMap(({ nano, at, settled }, n) => [
        reserve(String(n), new Date(at).toISOString()),
        ...(settled ? [settle(String(n), nano)] : []),
      ]);
      const from = Date.UTC(2026, 10, 1);
      const calls = callsSince([file(...text)], from);
      const day = dayIn(zone);
      const days = sumsBy(calls, ({ at }) => day(at));
      const exact = all.reduce((sum, { nano, at, settled }) => sum + (settled && at >= from ? BigInt(nano) : 0n), 0n);
      expect(BigInt(days.reduce((sum, { nano }) => sum + nano, 0))).toBe(exact);
      expect(BigInt(spentOn(calls))).toBe(exact);
      expect(days.reduce((sum, one) => sum + one.calls, 0)).toBe(calls.length);
    }),
  );
});

test('the pace is told from the third day on, and counts the part of today that is gone', () => {
  expect(paceOf(1_000, Date.parse('2026-11-02T23:59:59Z'), 'UTC')).toBeUndefined();
  expect(paceOf(1_000, Date.parse('2026-11-03T00:00:00Z'), 'UTC')).toEqual({ day: 3, days: 30, nano: 15_000 });
  expect(paceOf(1_000, Date.parse('2026-11-02T23:00:00Z'), 'Europe/Berlin')?.nano).toBe(15_000);
  expect(paceOf(3_500, Date.parse('2026-02-04T12:00:00Z'), 'UTC')).toEqual({ day: 4, days: 28, nano: 28_000 });
  expect(paceOf(0, Date.parse('2028-02-29T12:00:00Z'), 'UTC')).toEqual({ day: 29, days: 29, nano: 0 });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { periodAt, type Period } from './periods.ts';

const at = (text: string): number => Date.parse(text);
const iso = ({ from, to }: { from: number; to: number }): string[] =>
  [from, to].map((time) => new Date(time).toISOString());

describe('[M5] a day, a week and a month begin where the operator is', () => {
  test.each([
    ['day', '2026-11-23T08:00:00Z', 'UTC', '2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z'],
    ['day', '2026-11-23T23:30:00Z', 'Europe/Berlin', '2026-11-23T23:00:00.000Z', '2026-11-24T23:00:00.000Z'],
    ['week', '2026-11-29T12:00:00Z', 'UTC', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
    ['week', '2026-11-01T12:00:00Z', 'UTC', '2026-10-26T00:00:00.000Z', '2026-11-02T00:00:00.000Z'],
    ['month', '2026-11-30T20:00:00Z', 'Asia/Tokyo', '2026-11-30T15:00:00.000Z', '2026-12-31T15:00:00.000Z'],
    // A day of 23 hours, and one of 25.
    ['day', '2026-03-29T12:00:00Z', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['day', '2026-10-25T12:00:00Z', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ] as const)('%s at %s in %s', (per, now, zone, from, to) => {
    expect(iso(periodAt(per, at(now), zone))).toEqual([from, to]);
  });

  test('every moment lies in its period, and the next one begins where it ends', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Period>('day', 'week', 'month'),
        fc.integer({ min: at('2020-01-01'), max: at('2035-01-01') }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'),
        (per, now, zone) => {
          const { from, to } = periodAt(per, now, zone);
          expect(from <= now && now < to).toBe(true);
          expect(periodAt(per, to, zone).from).toBe(to);
          expect(periodAt(per, from, zone)).toEqual({ from, to });
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Role } from '../protocol/formats/role.ts';
import { balance, limitsOf, shareOf, type Limit, type Spending } from './budget.ts';

const A = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const B = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';
const role = (budget: Role['budget']): Role => ({ name: 'clerk', budget }) as Role;
const short = (limits: Limit[]): string[] =>
  limits.map(({ scope, of, per, nano }) => `${scope} ${of.slice(0, 8)} ${per} ${nano / 1e9}`);

describe('[M5] which limits hold', () => {
  test("a role's, for a month where it does not say; a job's, for one run where it does not say", () => {
    const bound = {
      run: 'r1',
      role: role({ usd: 2, per_run: 0.1 }),
      job: { path: '/workspace/jobs/j.md', budget: { usd: 0.2 } },
    };
    expect(short(limitsOf(bound, {}, A, [A]))).toEqual(['agent agent:cl month 2', 'run r1 run 0.1', 'run r1 run 0.2']);
    const dated = {
      role: role({ usd: 1, per: 'day' }),
      job: { path: '/j', budget: { usd: 3, per: 'month' as const } },
    };
    expect(short(limitsOf(dated, {}, A, [A]))).toEqual(['agent agent:cl day 1', 'job /j month 3']);
  });

  test("a program's power to spend; an unknown period of an old record limits nothing but is no error", () => {
    const powers = (per: string) => ({ name: 'tide', powers: { write: [], effects: [], spend: { usd: 5, per } } });
    expect(short(limitsOf({ program: powers('month') }, {}, A, [A]))).toEqual(['program tide month 5']);
    expect(limitsOf({ program: powers('year') }, {}, A, [A])).toEqual([]);
  });

  test('the whole, and the part of this device where there is another', () => {
    const policy = { budget: { usd: 30, per: 'week' as const } };
    expect(short(limitsOf({}, policy, A, [A]))).toEqual(['all  week 30']);
    expect(short(limitsOf({}, policy, A, [A, B]))).toEqual(['all  week 30', 'device aaaaaaaa week 15']);
  });
});

describe('[M6] shares', () => {
  test('by the first characters of a device; one that is not named has none', () => {
    expect(shareOf({ aaaaaaaa: 0.7, bbbbbbbbbbbb: 0.3 }, A, [A, B])).toBe(0.7);
    expect(shareOf({ bbbbbbbb: 0.3 }, A, [A, B])).toBe(0);
    // Too short to be sure of.
    expect(shareOf({ a: 0.3 }, A, [A])).toBe(0);
  });

  test('whatever is written, all together have no more than the whole', () => {
    const device = fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{8}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        device,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
        fc.boolean(),
        (ids, parts, said) => {
          const devices = ids.map((id) => id.padEnd(32, '0'));
          const shares = said
            ? Object.fromEntries(ids.slice(0, parts.length).map((id, i) => [id, parts[i] ?? 0]))
            : undefined;
          const sum = devices.reduce((all, one) => all + shareOf(shares, one, devices), 0);
          expect(sum).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
    );
  });
});

test('[M5] what counts: calls of the period and the scope, open ones with all that they may cost', () => {
  const call = (at: string, nano: number, settled?: number): Spending => ({
    at,
    run: 'r',
    actor: 'agent:clerk',
    device: A,
    nano,
    ...(settled === undefined ? {} : { settled: { nano: settled } }),
  });
  const calls = [
    call('2026-11-22T23:30:00.000Z', 9, 1),
    call('2026-11-23T10:00:00.000Z', 9, 2),
    call('2026-11-23T11:00:00.000Z', 9),
  ];
  const limit: Limit = { scope: 'agent', of: 'agent:clerk', per: 'day', nano: 20, where: '' };
  const now = Date.parse('2026-11-23T12:00:00Z');
  expect(balance(limit, calls, now, 'UTC')).toEqual({ spent: 2, reserved: 9, left: 9 });
  // In Berlin it was the 23rd already.
  expect(balance(limit, calls, now, 'Europe/Berlin')).toEqual({ spent: 3, reserved: 9, left: 8 });
  expect(balance({ ...limit, of: 'agent:other' }, calls, now, 'UTC').left).toBe(20);
});

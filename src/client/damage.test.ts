/** What is read of /proc/kernel about damage, whatever shape it comes in. */
import { expect, test } from 'vitest';
import { parseDamage } from './damage.ts';

test('a sound journal says nothing; damage says where and what; forks are counted', () => {
  expect(parseDamage({ entries: 7 })).toEqual({ forks: 0 });
  expect(parseDamage({ readonly: { seq: 7, message: 'damaged at entry 7' } })).toEqual({
    readonly: { seq: 7, message: 'damaged at entry 7' },
    forks: 0,
  });
  expect(parseDamage({ readonly: {} }).readonly?.message).toMatch(/Nothing can be written/);
  expect(parseDamage({ forks: [{}, {}] }).forks).toBe(2);
  expect(parseDamage(undefined)).toEqual({ forks: 0 });
});

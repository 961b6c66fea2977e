import fc from 'fast-check';
import { expect, test } from 'vitest';
import { merge3 } from './merge3.ts';

test('both changes are kept, touching ones are refused', () => {
  const base = 'one\ntwo\nthree\nfour\nfive\n';
  expect(merge3(base.replace('one', 'ONE'), base, base.replace('five', 'FIVE'))).toBe('ONE\ntwo\nthree\nfour\nFIVE\n');
  expect(merge3(base.replace('two', 'a'), base, base.replace('two', 'b'))).toBeUndefined();
  expect(merge3(base.replace('two', 'a'), base, base.replace('two', 'a'))).toBe(base.replace('two', 'a'));
});

test('what only one side changed is that side', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (base, next) => {
      expect(merge3(base, base, next)).toBe(next);
      expect(merge3(next, base, base)).toBe(next);
    }),
  );
});

test('too much to compare is not compared', () => {
  const many = 'same\n'.repeat(3_000);
  expect(merge3(`${many}a`, many, `b${many}`)).toBeUndefined();
});

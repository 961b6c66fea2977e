import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestFirst } from './best-first.ts';
import { packNames } from './names.ts';
import { createNaming, NOT_NAMED } from './naming.ts';
import { NodeNumbers } from './node-numbers.ts';
import { meets, words, type Wanted } from './tokens.ts';

const name = fc.oneof(
  fc.stringMatching(/^[aAbB1. _-]{1,8}$/),
  fc.stringMatching(/^[aäßﬁ東京1. -]{1,6}$/),
  fc.constant('a'.repeat(70)),
);
const wanted: fc.Arbitrary<Wanted> = fc.record({
  term: fc.constantFrom('a', 'ab', 'b', '1', 'aa', 'ss', 'fi', '東', 'a'.repeat(64)),
  inside: fc.boolean(),
});

test('[F17] the names of a folder, looked through as one text, meet what each of them meets word by word', () => {
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 8 }),
      fc.uniqueArray(wanted, { minLength: 1, maxLength: 3, selector: ({ term, inside }) => `${term} ${inside}` }),
      name,
      (names, terms, above) => {
        const naming = createNaming(terms);
        const met = (...of: string[]) => terms.map((one) => of.flatMap(words).some((word) => meets(word, one)));
        const over = naming.inName(above, NOT_NAMED);
        const found = naming.inFolder(packNames(names), over);
        names.forEach((each, i) => {
          const named = found?.[i] ?? over;
          expect(terms.map((_one, term) => named[term] ?? false)).toEqual(met(above, each));
          expect(named === NOT_NAMED).toBe(!met(above, each).includes(true));
        });
      },
    ),
  );
});

test('the best come first, and all of them come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (all) => {
      expect([...bestFirst(all, (a, b) => b - a)]).toEqual(all.toSorted((a, b) => b - a));
    }),
  );
});

test('an id keeps its number however many come after it', () => {
  const numbers = new NodeNumbers();
  const id = (i: number): string => i.toString(16).padStart(8, '0').padEnd(32, '7');
  const given = Array.from({ length: 3000 }, (_, i) => numbers.of(id(i)));
  expect(given).toEqual(given.map((_number, i) => i));
  expect(given.map((number) => numbers.id(number))).toEqual(given.map((_number, i) => id(i)));
  expect(numbers.of(id(1234))).toBe(1234);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Terms } from './terms.ts';
import { eachTerm, fold } from './tokens.ts';

test('[F17] terms are counted as they are told one by one, in any script and however many', () => {
  const piece = fc.oneof(
    fc.stringMatching(/^[a-cA-C0-2]{0,4}$/),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
    fc.constantFrom('x'.repeat(64), 'x'.repeat(65), 'É', 'ﬁn', '東京都', ' '),
  );
  const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(' '));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
      const terms = new Terms();
      for (const each of texts) {
        const plain = new Map<string, number>();
        let length = 0;
        let cut = false;
        eachTerm(fold(each), (term, _at, whole) => {
          plain.set(term, (plain.get(term) ?? 0) + 1);
          length++;
          cut ||= !whole;
        });
        const counted = new Map<string, number>();
        expect(terms.count(each, (term, count) => counted.set(terms.list[term] ?? '', count))).toEqual({ length, cut });
        expect(counted).toEqual(plain);
      }
    }),
  );
  const many = new Terms();
  const all = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
  many.count(all.join(' '), (_term, count) => expect(count).toBe(1));
  expect(many.list).toEqual(all);
});

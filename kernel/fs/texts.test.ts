import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { applyEdits, buildDoc, firstUpdate, newText, textOf } from './texts.ts';

const clients = fc.nat(0xffffffff);
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }).map((text) => text.toWellFormed()),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => text.repeat(200)),
  fc.constant(''),
);

test('the first update of a text is byte for byte what Yjs makes of one insert', () => {
  fc.assert(
    fc.property(texts, clients, (text, client) => {
      const doc = buildDoc([], client);
      if (text !== '') doc.getText('t').insert(0, text);
      expect(firstUpdate(text, client)).toEqual(Y.encodeStateAsUpdate(doc));
    }),
    { numRuns: 300 },
  );
});

test('a new text goes on under its own client, from the document its first update makes', () => {
  fc.assert(
    fc.property(texts, clients, clients, (text, first, client) => {
      const content = newText(text, firstUpdate(text, first), client);
      expect(content.text).toBe(text);
      const update = applyEdits(content.doc, [{ at: 0, remove: 0, insert: 'x' }]);
      expect(textOf(content.doc)).toBe(`x${text}`);
      expect(Y.decodeUpdate(update).structs.map(({ id }) => id.client)).toEqual([client]);
      expect(textOf(buildDoc([firstUpdate(text, first), update]))).toBe(`x${text}`);
    }),
  );
});

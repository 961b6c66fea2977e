import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { firstText, firstUpdate, newText } from './text-form.ts';
import { applyEdits, buildDoc, docOf, textOf } from './texts.ts';

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
      expect(firstText(firstUpdate(text, client))).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test('a new text goes on under its own client, from the document its first update makes', () => {
  fc.assert(
    fc.property(texts, clients, clients, (text, first, client) => {
      const content = newText(text, firstUpdate(text, first));
      expect(content.text).toBe(text);
      const update = applyEdits(docOf(content, client), [{ at: 0, remove: 0, insert: 'x' }]);
      expect(textOf(docOf(content, client))).toBe(`x${text}`);
      expect(Y.decodeUpdate(update).structs.map(({ id }) => id.client)).toEqual([client]);
      expect(textOf(buildDoc([firstUpdate(text, first), update]))).toBe(`x${text}`);
    }),
  );
});

test('an update that is more than one insert, or none at all, is left to Yjs', () => {
  const doc = buildDoc([], 7);
  doc.getText('t').insert(0, 'one');
  const one = Y.encodeStateAsUpdate(doc);
  const later: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => later.push(update));
  doc.getText('t').insert(1, 'two');
  doc.getText('t').delete(0, 2);
  for (const update of [...later, Y.encodeStateAsUpdate(doc)]) expect(firstText(update)).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(one.length - 1), fc.nat(255), (at, byte) => {
      const damaged = Uint8Array.from(one, (old, i) => (i === at ? byte : old));
      const text = firstText(damaged);
      // What is read at all, Yjs reads the same.
      if (text !== undefined) expect(textOf(buildDoc([damaged]))).toBe(text);
      expect(firstText(one.subarray(0, at))).toBeUndefined();
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUnder, join, nameOf, parentOf, parsePath, segments, utf8Length } from './paths.ts';

const value = (path: string): string => {
  const parsed = parsePath(path);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
};

test.each([
  'a',
  '',
  './a',
  '//',
  '/a/',
  '/a//b',
  '/.',
  '/..',
  '/a/../b',
  '/a/./b',
  '/a\u0000',
  '/a\nb',
  '/a\u007f',
  '/a\u0085',
  '/\ud800',
  `/${'a'.repeat(256)}`,
  `/${'é'.repeat(128)}`,
  `${`/${'a'.repeat(250)}`.repeat(4)}/${'b'.repeat(20)}`,
])('[F1] %j is no path, and the refusal says why', (path) => {
  const parsed = parsePath(path);
  expect(parsed).toMatchObject({ ok: false, error: { code: 'EINVAL', path } });
  expect(!parsed.ok && parsed.error.message.length).toBeGreaterThan(15);
});

test.each(['/', '/a', '/.env', '/...', '/a b', `/${'a'.repeat(255)}`, `${`/${'a'.repeat(255)}`.repeat(4)}`, '/日本/é'])(
  '[F1] %j is a path',
  (path) => {
    expect(value(path)).toBe(path.normalize('NFC'));
  },
);

test('[F1] two spellings are one path', () => {
  expect(value('/caf\u0065\u0301')).toBe('/caf\u00e9');
  // Longer than 255 bytes as written, within them once it is one spelling.
  expect(value(`/${'e\u0301'.repeat(100)}`)).toBe(`/${'\u00e9'.repeat(100)}`);
});

test('[F1] parsing is idempotent, NFC, and taken apart and put together again', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 6 }), (names) => {
      const parsed = parsePath(`/${names.join('/')}`);
      if (!parsed.ok) return;
      const path = parsed.value;
      expect(path).toBe(path.normalize('NFC'));
      expect(value(path)).toBe(path);
      expect(segments(path).reduce(join, '/')).toBe(path);
      expect(path.length === 1 || join(parentOf(path), nameOf(path)) === path).toBe(true);
      expect(isUnder(path, parentOf(path) || '/')).toBe(true);
      expect(utf8Length(path)).toBe(new TextEncoder().encode(path).length);
      for (const name of segments(path)) expect(['', '.', '..']).not.toContain(name);
    }),
    { numRuns: 1000 },
  );
});

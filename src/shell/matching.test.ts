import { expect, test } from 'vitest';
import { marked, matching } from './matching.ts';

test('every word must occur; a name that begins with it comes first', () => {
  const all = ['/a/notes/pricing.md', '/a/acme/pricing.md', '/a/acme/old-pricing.md', '/a/acme/profile.md'];
  expect(matching('acme pri', all, (path) => path)).toEqual(['/a/acme/pricing.md', '/a/acme/old-pricing.md']);
  expect(matching('', all, (path) => path)).toEqual(all);
});

test('what was asked for is marked, and no letter is lost', () => {
  expect(marked('acme/pricing.md', 'pri acme')).toEqual([
    { text: 'acme', hit: true },
    { text: '/', hit: false },
    { text: 'pri', hit: true },
    { text: 'cing.md', hit: false },
  ]);
  for (const text of ['İstanbul.md', 'x', '', 'ACME']) {
    expect(
      marked(text, 'a i')
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  }
});

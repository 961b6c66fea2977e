/** Routes and their addresses are inverse, whatever a path holds. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { href, parseRoute, type Route } from './route.ts';

const word = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
  .filter((text) => !text.includes('/') && text.isWellFormed());

const anyRoute: fc.Arbitrary<Route> = fc.oneof(
  fc.constant<Route>({ room: 'home' }),
  word.map((id): Route => ({ room: 'inbox', id })),
  fc.constant<Route>({ room: 'conflicts' }),
  fc.constant<Route>({ room: 'money' }),
  fc.constant<Route>({ room: 'agents', schedule: true }),
  word.filter((run) => run !== 'schedule').map((run): Route => ({ room: 'agents', run })),
  fc.oneof(word, fc.webUrl()).map((name): Route => ({ room: 'programs', name })),
  word.map((section): Route => ({ room: 'settings', section })),
  fc
    .record(
      {
        query: word,
        mode: fc.constantFrom('exact' as const, 'regex' as const),
        under: word,
        actor: word,
        since: word,
        until: word,
        past: fc.constant(true as const),
      },
      { requiredKeys: [] },
    )
    .map((asked): Route => ({ room: 'search', ...asked })),
  fc
    .record({
      segments: fc.array(word, { minLength: 1, maxLength: 4 }),
      at: fc.option(word),
      line: fc.option(fc.integer({ min: 1, max: 9999 })),
    })
    .map(({ segments, at, line }): Route => ({
      room: 'files',
      path: `/${segments.join('/')}`,
      ...(at === null ? {} : { at }),
      ...(line === null ? {} : { line }),
    })),
);

test('every route comes back from its address', () => {
  fc.assert(
    fc.property(anyRoute, (route) => {
      expect(parseRoute(href(route))).toEqual(route);
    }),
  );
});

test('an address that says nothing known is Home', () => {
  expect(parseRoute('')).toEqual({ room: 'home' });
  expect(parseRoute('#/attic/7')).toEqual({ room: 'home' });
  expect(parseRoute('#/files')).toEqual({ room: 'files' });
  expect(parseRoute('#/files/workspace/a%ZZ.md')).toEqual({ room: 'files', path: '/workspace/a%ZZ.md' });
});

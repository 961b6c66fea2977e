/** The search room's question, its marks, and one search taking the place of another. */
import { createRoot } from 'solid-js';
import { describe, expect, test } from 'vitest';
import { err, ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { Hit } from '../../../kernel/protocol/files.ts';
import { markerFor } from './highlight.ts';
import { argsOf, widerOf } from './question.ts';
import { createSearching } from './searching.ts';

const hit = (path: string): Hit => ({ path, score: 1, line: 1, snippet: 'x', revision: 'r.1' });
const marked = async (...asked: Parameters<typeof markerFor>) => {
  const marker = await markerFor(...asked);
  return (text: string) =>
    marker(text)
      .map((part) => (part.hit ? `[${part.text}]` : part.text))
      .join('');
};

describe('the question', () => {
  test('nothing is asked before there is a word; in an exact search a blank counts', () => {
    expect(argsOf({})).toBeUndefined();
    expect(argsOf({ query: '   ' })).toBeUndefined();
    expect(argsOf({ query: ' a ' })).toMatchObject({ query: 'a', mode: 'text', under: '/workspace' });
    expect(argsOf({ query: ' a', mode: 'exact' })).toMatchObject({ query: ' a', mode: 'exact' });
  });

  test('a day counts from its first moment to its last, here', () => {
    const args = argsOf({ query: 'a', since: '2026-11-03', until: '2026-11-03', past: true, actor: 'agent:x' });
    expect(args).toMatchObject({ history: true, actor: 'agent:x' });
    expect(args?.since).toBe(new Date(2026, 10, 3).toISOString());
    expect(args?.until).toBe(new Date(new Date(2026, 10, 4).getTime() - 1).toISOString());
    expect(argsOf({ query: 'a', since: 'soon' })?.since).toBeUndefined();
  });

  test('what to try takes away one limit at a time, and never offers what is asked already', () => {
    const wide = widerOf({ query: 'a', actor: 'operator', since: '2026-01-01', mode: 'exact' });
    expect(wide.map(({ words }) => words)).toEqual([
      'At any time',
      'By anyone',
      'In every folder',
      'As words',
      'Also in former versions',
    ]);
    expect(wide[0]?.asked).toEqual({ query: 'a', actor: 'operator', mode: 'exact' });
    expect(widerOf({ query: 'a', under: '/', past: true })).toEqual([]);
  });
});

describe('marks', () => {
  test('words are marked as beginnings, without regard to case and accents', async () => {
    const mark = await marked('prix CAFE', 'text');
    expect(mark('Prixfix and café, but not decaf')).toBe('[Prix]fix and [café], but not decaf');
    expect((await marked('cafe', 'text'))('Cafes')).toBe('[Cafe]s');
  });

  test('exact marks letter for letter; a pattern marks what it matches; a bad one marks nothing', async () => {
    expect((await marked('a.b', 'exact'))('a.b axb A.B')).toBe('[a.b] axb A.B');
    expect((await marked('a.b', 'regex'))('a.b axb')).toBe('[a.b] [axb]');
    expect((await marked('x*', 'regex'))('axb')).toBe('a[x]b');
    expect((await marked('(', 'regex'))('a(b')).toBe('a(b');
  });
});

describe('searching', () => {
  const setUp = () => {
    const asked: { query: string; answer: (found: Result<{ hits: Hit[]; total: number }>) => void }[] = [];
    const searching = createRoot(() =>
      createSearching({ search: (query) => new Promise((answer) => asked.push({ query, answer })) }),
    );
    return { asked, searching };
  };

  test('a newer question takes the place of an older one, whichever is answered first', async () => {
    const { asked, searching } = setUp();
    const first = searching.ask({ query: 'one' });
    const second = searching.ask({ query: 'two' });
    asked[1]?.answer(ok({ hits: [hit('/two')], total: 1 }));
    await second;
    asked[0]?.answer(ok({ hits: [hit('/one')], total: 1 }));
    await first;
    expect(searching.answer()?.hits[0]?.path).toBe('/two');
    expect(searching.busy()).toBe(false);
  });

  test('stopping drops the answer and says so; the kernel’s refusal is kept in its words', async () => {
    const { asked, searching } = setUp();
    const first = searching.ask({ query: 'one' });
    searching.stop();
    asked[0]?.answer(ok({ hits: [hit('/one')], total: 1 }));
    await first;
    expect([searching.answer(), searching.stopped(), searching.busy()]).toEqual([undefined, true, false]);
    const second = searching.ask({ query: '(', mode: 'regex' });
    asked[1]?.answer(err('EINVAL', 'missing closing )'));
    await second;
    expect(searching.error()?.message).toBe('missing closing )');
    expect(searching.stopped()).toBe(false);
    await searching.ask(undefined);
    expect(searching.error()).toBeUndefined();
  });
});

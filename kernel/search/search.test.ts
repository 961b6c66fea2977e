import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootMemory } from '../boot/memory.ts';
import type { FileNode, Files } from './files.ts';
import { fail } from '../protocol/errors.ts';
import { createSearch } from './search.ts';
import { unindexed } from './unindexed.ts';
import { words } from './tokens.ts';

type Document = { path: string; text: string };
const doc = (path: string, text: string): Document => ({ path, text });

/** Search over a few texts in one folder, of which the index knows nothing. */
const over = (...documents: Document[]) => {
  const texts = new Map(documents.map(({ path, text }) => [path, text]));
  const node = (path: string): FileNode => ({
    id: path,
    parent: '/',
    kind: texts.has(path) ? 'file' : 'dir',
    name: path.slice(path.lastIndexOf('/') + 1),
    dead: false,
    hash: path,
    ...(texts.has(path) ? { as: 'text' as const } : {}),
  });
  const files: Files = {
    at: node,
    get: node,
    childrenOf: ({ id }) =>
      [...texts.keys()].map((path) => {
        const name = path.slice(id.length === 1 ? 1 : id.length + 1);
        return [name, node(path)];
      }),
    pathOf: (id) => id,
    read: async (path) => ({
      revision: 'r.1',
      actor: 'operator',
      at: '2026-01-01T00:00:00.000Z',
      hash: path,
      text: texts.get(path),
    }),
    readMany: async () => new Map(),
    past: async () => fail('ENOSYS', 'These files have no past.'),
    settled: async () => undefined,
  };
  return createSearch(files, unindexed(files));
};
const paths = async (found: ReturnType<ReturnType<typeof createSearch>>): Promise<string[]> => {
  const result = await found;
  return result.ok ? result.value.hits.map((hit) => hit.path) : [result.error.code];
};

test('every word of the query begins a word of the file, folded', async () => {
  const search = over(doc('/a', 'Überweisung an die Bank'), doc('/b', 'Der Bankert überlegt'), doc('/c', 'embankment'));
  expect((await paths(search('uber bank'))).sort()).toEqual(['/a', '/b']);
  expect((await paths(search('BANK'))).sort()).toEqual(['/a', '/b']);
  expect(await paths(search('bank weisung'))).toEqual([]);
  expect(await paths(search('…'))).toEqual([]);
});

test('exact and regular expressions, with the line and the total', async () => {
  const search = over(doc('/a', 'one\ntwo (x)\nthree (x) (x)'), doc('/b', 'none'));
  const exact = await search('(x)', { mode: 'exact' });
  expect(exact).toMatchObject({
    ok: true,
    value: { total: 1, hits: [{ path: '/a', line: 2, snippet: 'two (x)', score: 3 }] },
  });
  expect(await search('^t\\w+', { mode: 'regex' })).toMatchObject({
    ok: true,
    value: { hits: [{ line: 2, score: 2 }] },
  });
  expect(await paths(search('(', { mode: 'regex' }))).toEqual(['EINVAL']);
  expect(await search('n', { mode: 'exact', limit: 1 })).toMatchObject({
    ok: true,
    value: { total: 2, hits: { length: 1 } },
  });
});

test('the line shown holds what was found, whatever folding does to lengths', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.stringMatching(/^[a-zäéﬁİ ]{0,12}$/), { maxLength: 8 }), async (lines) => {
      const text = [...lines, 'needle here', ...lines].join('\n');
      const found = await over(doc('/a', text))('needle');
      const hit = found.ok ? found.value.hits[0] : undefined;
      expect([hit?.line, hit?.snippet]).toEqual([lines.length + 1, 'needle here']);
    }),
  );
  expect(words('İstanbul ﬁne')).toContain('fine');
});

test('[P1] what may not be read is neither found nor counted', async () => {
  const k = await bootMemory();
  const secret = '/workspace/agents/b/memory/secret.md';
  await k.as('operator').write(
    [
      { op: 'put', path: secret, content: 'the needle' },
      { op: 'put', path: '/workspace/open.md', content: 'needle needle' },
    ],
    { message: 'm' },
  );
  expect(await k.as('agent:a').search('needle', { limit: 1 })).toMatchObject({
    ok: true,
    value: { total: 1, hits: [{ path: '/workspace/open.md' }] },
  });
  expect(await k.as('agent:b').search('needle')).toMatchObject({ ok: true, value: { total: 2 } });
  await k.stop();
});

test('a write is found at once, below its folder only, and not after it is removed', async () => {
  const k = await bootMemory();
  const op = k.as('operator');
  await op.write(
    [
      { op: 'put', path: '/workspace/deep/er/x.md', content: 'zebra' },
      { op: 'put', path: '/workspace/b.bin', content: new TextEncoder().encode('zebra\u0000') },
    ],
    { message: 'm' },
  );
  expect(await paths(op.search('zebra') as never)).toEqual(['/workspace/deep/er/x.md']);
  expect(await paths(op.search('zebra', { under: '/workspace/inbox' }) as never)).toEqual([]);
  await op.write([{ op: 'remove', path: '/workspace/deep/er/x.md' }], { message: 'm' });
  expect(await paths(op.search('zebra') as never)).toEqual([]);
  await k.stop();
});

test('a regular expression that makes a backtracking engine hang is answered', async () => {
  const search = over(doc('/a.txt', `${'a'.repeat(5000)}!`));
  const found = await search('(a+)+$', { mode: 'regex' });
  expect(found).toMatchObject({ ok: true, value: { total: 0 } });
  const refused = await search('(?=a)', { mode: 'regex' });
  expect(refused).toMatchObject({ ok: false, error: { code: 'EINVAL' } });
});

test('[F17] words in quotes stand one after the other, in any script', async () => {
  const search = over(
    doc('/a', 'the total of\nthe Invoice total'),
    doc('/b', 'total invoice'),
    doc('/c', 'invoice totals'),
    doc('/d', '東京都庁'),
  );
  expect(await paths(search('"invoice total"'))).toEqual(['/a']);
  expect((await paths(search('invoice total'))).sort()).toEqual(['/a', '/b', '/c']);
  expect(await paths(search('“invoice, TOTAL” the'))).toEqual(['/a']);
  expect((await paths(search('"invoice'))).sort()).toEqual(['/a', '/b', '/c']);
  expect(await paths(search('"東京都"'))).toEqual(['/d']);
  expect(await paths(search('"京東都"'))).toEqual([]);
  expect(await search('"invoice total"')).toMatchObject({ value: { total: 1, hits: [{ line: 2 }] } });
});

test('a regular expression that would be a program of thousands of steps is refused', async () => {
  const search = over(doc('/a', 'text'));
  expect(await search('\\pL{1000}'.repeat(40), { mode: 'regex' })).toMatchObject({
    error: { code: 'EINVAL', message: expect.stringContaining('repeats too much') },
  });
  expect(await search('((a{100}){100}){100}', { mode: 'regex' })).toMatchObject({ error: { code: 'EINVAL' } });
});

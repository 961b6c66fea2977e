// What other devices wrote, named and moved is found here as the tree shows it.
import { expect, test } from 'vitest';
import { bootMemory, createDisk, type Memory } from '../boot/memory.ts';
import { searched } from '../boot/searched.ts';
import type { Change } from '../protocol/files.ts';
import { createSearch } from './search.ts';
import { unindexed } from './unindexed.ts';

const write = async (k: Memory, ...changes: Change[]): Promise<void> => {
  const done = await k.as('operator').write(changes, { message: 'm' });
  if (!done.ok) throw new Error(done.error.message);
};
const put = (path: string, content: string): Change => ({ op: 'put', path: `/workspace/${path}`, content });
const pull = async (to: Memory, from: Memory): Promise<void> => {
  const merged = await to.kernel.fs.merge(await from.journal.parcels(to.journal.vector()));
  if (!merged.ok) throw new Error(merged.error.message);
};
/** Where it is found, which is where it is found by reading every file. */
const found = async (k: Memory, query: string): Promise<string[]> => {
  const files = searched(k.kernel.fs);
  const [answer, plain] = await Promise.all([
    k.kernel.search(query, { under: '/workspace' }),
    createSearch(files, unindexed(files))(query, { under: '/workspace' }),
  ]);
  expect(answer).toEqual(plain);
  return answer.ok ? answer.value.hits.map(({ path }) => path.slice('/workspace/'.length)).sort() : [answer.error.code];
};

test('[T2] [S5] [F17] files that want one name are found under the names they are shown by; moves are followed', async () => {
  const a = await bootMemory({ disk: createDisk() });
  const b = await bootMemory({ disk: createDisk(), clock: a.clock });
  await write(a, put('deep/er/x.md', 'straw'), put('other/y.md', 'straw'));
  await pull(b, a);
  // Both know the names there are.
  for (const k of [a, b]) expect(await found(k, 'deep straw')).toEqual(['deep/er/x.md']);
  await write(a, put('needle.md', 'one'));
  await write(b, put('needle.md', 'two'), { op: 'move', from: '/workspace/deep', to: '/workspace/other/needles' });
  await pull(a, b);
  await pull(b, a);
  for (const k of [a, b]) {
    const paths = await found(k, 'needle');
    expect(paths).toEqual(['needle.md', expect.stringMatching(/^needle~[0-9a-f]{8}\.md$/), 'other/needles/er/x.md']);
    const [, alias = ''] = paths;
    expect(await found(k, alias.slice('needle~'.length, -'.md'.length))).toEqual([alias]);
    expect(await found(k, 'deep')).toEqual([]);
  }
  // The name is free again.
  await write(a, { op: 'remove', path: '/workspace/needle.md' });
  await pull(b, a);
  for (const k of [a, b]) expect(await found(k, 'needle md')).toEqual(['needle.md', 'other/needles/er/x.md']);
  await a.stop();
  await b.stop();
});

test('[T1] [S5] a folder that a move from elsewhere puts back is found where it is again', async () => {
  const a = await bootMemory({ disk: createDisk() });
  const b = await bootMemory({ disk: createDisk(), clock: a.clock });
  await write(a, put('east/x.md', 'straw'), put('west/y.md', 'straw'));
  await pull(b, a);
  await write(a, { op: 'move', from: '/workspace/east', to: '/workspace/west/east' });
  await a.clock.advance(1000);
  await write(b, { op: 'move', from: '/workspace/west', to: '/workspace/east/west' });
  expect(await found(b, 'straw')).toEqual(['east/west/y.md', 'east/x.md']);
  // The later of the two would put a folder into itself: it is passed over.
  await pull(b, a);
  expect(await found(b, 'straw')).toEqual(['west/east/x.md', 'west/y.md']);
  await a.stop();
  await b.stop();
});

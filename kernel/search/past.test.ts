import { afterEach, beforeEach, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import { must } from '../protocol/errors.ts';
import type { Change, Hit } from '../protocol/files.ts';
import type { Args, Values } from '../protocol/syscalls.ts';
import type { Past, Version } from './files.ts';
import { matchExact } from './matchers.ts';
import { searchPast } from './past.ts';

let k: Memory;
beforeEach(async () => {
  k = await bootMemory();
});
afterEach(() => k.stop());

const D = '/workspace/d';
const put = (path: string, content: string): Change => ({ op: 'put', path, content, base: null });
const edit = (path: string, old: string, next: string): Change => ({ op: 'edit', path, old, new: next });
const by = async (actor: 'operator' | 'agent:a', ...changes: Change[]): Promise<string> => {
  await k.clock.advance(10);
  const author = { actor, message: 'm', run: '', cause: '' };
  return must(await k.kernel.fs.write(changes, author)).revisions.at(-1) ?? '';
};
const find = async (query: string, more: Omit<Args<'search'>, 'query'> = {}, as: 'operator' | 'agent:a' = 'operator') =>
  must(await k.as(as).call('search', { query, under: D, ...more })) as Values['search'];
const said = ({ hits }: { hits: Hit[] }): string[] =>
  hits.map(({ path, revision, past }) => `${path} ${revision}${past ? ' past' : ''}`);

test('[F20] former versions and removed files: one hit for each stretch, with the path it had then', async () => {
  const first = await by('operator', put(`${D}/a`, 'needle one'));
  const second = await by('agent:a', edit(`${D}/a`, 'one', 'two'));
  await by('operator', edit(`${D}/a`, 'needle', 'thread'));
  await by('operator', { op: 'move', from: `${D}/a`, to: `${D}/b` });
  const back = await by('operator', edit(`${D}/b`, 'thread', 'needle'));
  const now = await by('operator', edit(`${D}/b`, 'two', 'three'));
  const gone = await by('agent:a', put(`${D}/gone`, 'a needle too'));
  await by('operator', { op: 'remove', path: `${D}/gone` });

  expect(said(await find('needle'))).toEqual([`${D}/b ${now}`]);
  const found = await find('needle', { history: true });
  expect(said(found)).toEqual([`${D}/b ${now}`, `${D}/a ${second} past`, `${D}/gone ${gone} past`]);
  expect(found).toMatchObject({ total: 3, hits: [{}, { actor: 'agent:a', snippet: 'needle two' }, {}] });
  expect(found.cut).toBeUndefined();
  expect(said(await find('one', { history: true, mode: 'exact' }))).toEqual([`${D}/a ${first} past`]);
  expect(said(await find('needle t\\w+$', { history: true, mode: 'regex' }))).toHaveLength(3);
  expect(said(await find('"needle three"', { history: true }))).toEqual([`${D}/b ${now}`]);
  expect(said(await find('"needle two"', { history: true }))).toEqual([`${D}/a ${second} past`, `${D}/b ${back} past`]);
  expect(said(await find('needle', { history: true, under: `${D}/gone` }))).toEqual([`${D}/gone ${gone} past`]);
  expect(await find('needle', { history: true, limit: 1 })).toMatchObject({ total: 3, hits: { length: 1 } });

  await k.stop();
  k = await bootMemory({ disk: k.disk, clock: k.clock });
  expect(await find('needle', { history: true })).toEqual(found);
});

test('[F20] by an actor and in a time, of what is there now and of the past', async () => {
  const at = (): string => new Date(k.clock.now()).toISOString();
  const a = await by('operator', put(`${D}/a`, 'needle 1'));
  const b = await by('agent:a', put(`${D}/b`, 'needle 2'));
  const middle = at();
  const third = await by('agent:a', edit(`${D}/a`, '1', '3'));
  await by('operator', { op: 'move', from: `${D}/b`, to: `${D}/c` });
  const last = await by('operator', edit(`${D}/a`, '3', '4'));

  expect(said(await find('needle', { actor: 'agent:a' }))).toEqual([`${D}/c ${b}`]);
  expect(said(await find('needle', { actor: 'operator' }))).toEqual([`${D}/a ${last}`]);
  expect(said(await find('needle', { until: middle }))).toEqual([`${D}/c ${b}`]);
  expect(said(await find('needle', { since: middle, actor: 'operator' }))).toEqual([`${D}/a ${last}`]);
  expect(await find('needle', { actor: 'agent:nobody' })).toEqual({ hits: [], total: 0 });
  expect(said(await find('needle', { history: true, until: middle }))).toEqual([`${D}/c ${b}`, `${D}/a ${a} past`]);
  const theirs = { history: true, actor: 'agent:a', since: middle };
  expect(said(await find('needle', theirs))).toEqual([`${D}/c ${b}`, `${D}/a ${third} past`]);
  expect(await k.as('operator').search('x', { since: 'soon' })).toMatchObject({ error: { code: 'EINVAL' } });
});

test('[P1] the past of what may not be read is closed too, whichever way the file went', async () => {
  const [secret, path] = ['/workspace/agents/b/memory/s.md', `${D}/s.md`];
  await by('operator', put(secret, 'needle in private'), put(`${D}/p.md`, 'needle once open'));
  await by('operator', edit(secret, 'needle', 'thread'), edit(`${D}/p.md`, 'needle', 'thread'));
  await by('operator', { op: 'move', from: secret, to: path });
  await by('operator', { op: 'move', from: `${D}/p.md`, to: '/workspace/agents/b/memory/p.md' });
  expect((await find('needle', { history: true, under: '/workspace' })).hits).toHaveLength(2);
  expect(await find('needle', { history: true, under: '/workspace' }, 'agent:a')).toEqual({ hits: [], total: 0 });
});

test('[F20] an answer that did not look at everything says how much it looked at', async () => {
  const texts = ['now', 'thread', 'needle', 'thread', 'needle'];
  const versions = texts.map((text, i): Version => ({
    id: `r.${9 - i}`,
    path: '/a',
    actor: 'operator',
    at: '2026-01-01',
    hash: text + String(i),
  }));
  let read = 0;
  const past = {
    files: () => [{ id: 'a' }],
    contents: async function* () {
      yield* versions;
    },
    text: async (_id: string, version: Version) => (read++, texts[versions.indexOf(version)]),
    stands: async () => true,
  } as unknown as Past;
  const search = (most: number) =>
    searchPast(past, {
      under: '/',
      made: { since: -Infinity, until: Infinity },
      match: matchExact('needle'),
      visible: () => true,
      pathNow: () => '/a',
      foundNow: new Set(),
      budget: { versions: most, characters: 1000 },
    });
  expect(await search(3)).toMatchObject({ cut: true, looked: 3, hits: [{ revision: 'r.7' }] });
  expect(read).toBe(3);
  expect(await search(4)).toMatchObject({ cut: false, looked: 4, hits: [{ revision: 'r.7' }, { revision: 'r.5' }] });
});

// What the index stores and reads, told by counters: never by time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refuseCommits, withDatabase } from '../boot/faults.ts';
import { bootMemory, createDisk, type Memory } from '../boot/memory.ts';
import { hashHex } from '../protocol/bytes.ts';
import type { Change } from '../protocol/files.ts';
import { nextEpoch } from '../store/transact.ts';
import type { FileNode, Files } from './files.ts';
import { createIndex } from './inverted-index.ts';
import { createSearch } from './search.ts';
import { bucketOf, encodeBuckets, MAX_BUCKETS, readBucket, type Postings } from './segment.ts';
import { words } from './tokens.ts';

const write = (k: Memory, ...changes: Change[]) =>
  k.kernel.fs.write(changes, { actor: 'operator', message: 'm', run: '', cause: '' });
const put = (path: string, content: string): Change => ({ op: 'put', path, content });
const paths = async (k: Memory, query: string, o?: Parameters<Memory['kernel']['search']>[1]) => {
  const answer = await k.kernel.search(query, o);
  return answer.ok ? answer.value.hits.map((hit) => hit.path).sort() : [answer.error.code];
};
/** How many files are read while `body` runs. */
const readsOf = async (k: Memory, body: () => Promise<unknown>): Promise<number> => {
  const { read } = k.kernel.fs;
  let count = 0;
  k.kernel.fs.read = (...args) => {
    count++;
    return read(...args);
  };
  await body();
  k.kernel.fs.read = read;
  return count;
};
const room = (i: number, text: string): Change => put(`/workspace/r/f${i}.md`, text);
const rows = (k: Memory) => withDatabase(k.disk, (db) => db.post.count());

test('[S5] a write is found at once, and is in the index within half a second; then only the hits are read', async () => {
  const k = await bootMemory();
  await write(k, ...Array.from({ length: 30 }, (_, i) => room(i, i === 7 ? 'the needle' : 'straw')));
  expect(await paths(k, 'needle')).toEqual(['/workspace/r/f7.md']);
  await k.clock.advance(500);
  expect(k.index.counts()).toMatchObject({ due: 0, segments: 1 });
  expect(await readsOf(k, () => paths(k, 'needle'))).toBe(1);
  expect(await readsOf(k, () => paths(k, 'absent'))).toBe(0);
  // Exact: what its words rule out is not read; a word may begin before the string does.
  expect(await paths(k, 'eedle', { mode: 'exact' })).toEqual(['/workspace/r/f7.md']);
  expect(await readsOf(k, () => paths(k, 'the needle', { mode: 'exact' }))).toBe(1);
  await k.stop();
});

test('[S5] after a restart only what changed is looked at; a folder that moved is not', async () => {
  const k = await bootMemory();
  await write(k, ...Array.from({ length: 20 }, (_, i) => room(i, 'straw')));
  await k.index.flush();
  await write(k, { op: 'append', path: '/workspace/r/f3.md', content: ' needle' });
  await write(k, { op: 'remove', path: '/workspace/r/f4.md' });
  await write(k, { op: 'move', from: '/workspace/r', to: '/workspace/q' });
  k.crash();
  const b = await bootMemory({ disk: k.disk });
  expect(await readsOf(b, () => paths(b, 'absent'))).toBe(1);
  await b.clock.advance(500);
  expect(b.index.counts()).toMatchObject({ due: 0, texts: 1 });
  expect(await paths(b, 'needle', { under: '/workspace/q' })).toEqual(['/workspace/q/f3.md']);
  expect((await paths(b, 'straw', { under: '/workspace/q' })).length).toBe(19);
  await b.stop();
});

test('[S4] [S5] [A9] a projection that is gone, of another version or damaged is made again, and finds the same', async () => {
  const k = await bootMemory();
  await write(k, ...Array.from({ length: 20 }, (_, i) => room(i, `straw ${i} needle${i % 3}`)));
  await k.index.flush();
  const before = await k.kernel.search('needle1');
  const stored = await rows(k);
  // Under the running kernel: noticed when it is asked.
  await withDatabase(k.disk, (db) => db.post.clear());
  expect(await k.kernel.search('needle1')).toEqual(before);
  await k.clock.advance(500);
  expect([await rows(k), await k.kernel.search('needle1')]).toEqual([stored, before]);
  await withDatabase(k.disk, (db) => db.post.put(Uint8Array.of(1, 2, 3), [2, 0]));
  expect(await k.kernel.search('needle1')).toEqual(before);
  await k.stop();
  await withDatabase(k.disk, async (db) => {
    const mark = (await db.sys.get('proj:search')) as { k: string; v: object };
    await db.sys.put({ ...mark, v: { ...mark.v, version: 0 } });
  });
  const b = await bootMemory({ disk: k.disk });
  expect(await b.kernel.search('needle1')).toEqual(before);
  await b.clock.advance(500);
  expect([await rows(b), await b.kernel.search('needle1')]).toEqual([stored, before]);
  expect(b.index.counts()).toMatchObject({ due: 0, segments: 1 });
  expect(await readsOf(b, () => b.kernel.search('absent'))).toBe(0);
  await b.stop();
  // It reaches further than the journal does: the journal is not the one it was made from.
  await withDatabase(k.disk, async (db) => {
    const { k: key, v } = (await db.sys.get('proj:search')) as { k: string; v: { vector: Record<string, number> } };
    const vector = Object.fromEntries(Object.entries(v.vector).map(([device, seq]) => [device, seq + 100]));
    await db.sys.put({ k: key, v: { ...v, vector } });
  });
  const c = await bootMemory({ disk: k.disk });
  expect(await c.kernel.search('needle1')).toEqual(before);
  await c.index.flush();
  expect([c.index.counts().texts, await c.kernel.search('needle1')]).toEqual([b.index.counts().texts, before]);
  await c.stop();
});

test('[S5] many small writes end in few segments, without what is no longer so; asking meanwhile finds the same', async () => {
  const k = await bootMemory();
  for (let i = 0; i < 150; i++) {
    const at = `/workspace/r/f${i % 20}.md`;
    const base = k.kernel.fs.stat(at)?.revision;
    await write(k, { ...put(at, `straw n${i}`), ...(base === undefined ? {} : { base }) } as Change);
    const [asked] = await Promise.all([paths(k, `n${i}`), k.index.flush()]);
    expect(asked).toEqual([at]);
  }
  expect((await paths(k, 'straw')).length).toBe(20);
  expect(await paths(k, 'n1 straw', { under: '/workspace/r' })).toEqual(
    Array.from({ length: 20 }, (_, i) => 130 + i)
      .map((i) => `/workspace/r/f${i % 20}.md`)
      .sort(),
  );
  expect(await paths(k, 'n7')).toEqual([]);
  expect(k.index.counts().segments).toBeLessThan(10);
  // A row of documents and one of postings for each.
  expect(await rows(k)).toBe(2 * k.index.counts().segments);
  await k.stop();
});

test('[S5] [F6] a commit that the database refuses leaves no name and no text behind, whoever looked meanwhile', async () => {
  const k = await bootMemory();
  await write(k, room(1, 'needle'));
  expect(await paths(k, 'needle')).toEqual(['/workspace/r/f1.md']);
  // The folder is due to be read again.
  await write(k, room(2, 'straw'));
  const seen: string[] = [];
  const lookup = await k.index.lookup([]);
  const full = refuseCommits(1, 'commit');
  const refused = write(k, { op: 'move', from: '/workspace/r/f1.md', to: '/workspace/r/f3.md' });
  for (let turns = 0; turns < 1000 && !k.kernel.fs.stat('/workspace/r/f3.md'); turns++) await Promise.resolve();
  lookup.visit('/workspace/r', (_file, _folder, name) => void seen.push(name));
  expect([seen.sort(), (await refused).ok]).toEqual([['f2.md', 'f3.md'], false]);
  full.undo();
  expect(await paths(k, 'needle', { under: '/workspace/r' })).toEqual(['/workspace/r/f1.md']);
  expect(await paths(k, 'f3', { under: '/workspace/r' })).toEqual([]);
  await k.stop();
});

test('[S2] the index of a kernel that was taken over writes nothing more', async () => {
  const k = await bootMemory();
  await write(k, room(1, 'needle'));
  const b = await bootMemory({ disk: k.disk });
  await k.index.flush();
  expect([await rows(k), await paths(k, 'needle')]).toEqual([0, ['/workspace/r/f1.md']]);
  k.crash();
  await b.stop();
});

test('[F17] words of all scripts: folded, in pairs where a script has no spaces, inside longer ones when asked', async () => {
  const k = await bootMemory();
  await write(
    k,
    put('/workspace/u/de.md', 'Die Monatsrechnung der Straße, GRÖẞE'),
    put('/workspace/u/ja.md', '私は東京都に住んでいます。ガラス'),
    put('/workspace/u/ko.md', '한국어 문서'),
    put('/workspace/u/th.md', 'ภาษาไทย'),
    put('/workspace/u/el.md', 'ΟΔΥΣΣΕΥΣ'),
    put('/workspace/u/math.md', '𝒜lpha 𠮷野家 ½'),
    put('/workspace/u/long.md', 'x'.repeat(5000) + 'needle'),
  );
  const hits = async () => {
    const under = { under: '/workspace/u' };
    const one = async (query: string, mode: 'text' | 'exact' = 'text') =>
      (await paths(k, query, { ...under, mode })).map((path) => path.slice(13, -3)).join(' ');
    return Promise.all([
      ...[
        'rechnung',
        '*rechnung',
        'STRASSE',
        'größe',
        '東京',
        '京都',
        '都東',
        '東',
        '京',
        'す',
        'カラス',
        '한구',
        '한국',
        'ไทย',
      ].map((q) => one(q)),
      ...['οδυσσεύς', 'alpha', '吉野', '𠮷野', '野家', '1', '*', 'x'.repeat(64), 'x'.repeat(70)].map((q) => one(q)),
      one('needle', 'exact'),
      one('京都に', 'exact'),
      one('lpha 𠮷', 'exact'),
    ]);
  };
  const expected = ' de de de ja ja  ja ja ja ja ko ko th el math  math math math  long long long ja math'.split(' ');
  expect(await hits()).toEqual(expected);
  await k.index.flush();
  expect(await hits()).toEqual(expected);
  expect(words('ﬁne 東京')).toEqual(['fine', '東京', '京']);
  await k.stop();
});

test('[P1] what is hidden changes neither the number nor the score of what is shown', async () => {
  const k = await bootMemory();
  await write(k, put('/workspace/open.md', 'needle one two'));
  await k.index.flush();
  const before = await k.as('agent:a').search('needle');
  await write(
    k,
    ...Array.from({ length: 9 }, (_, i) => put(`/workspace/agents/b/memory/${i}.md`, 'needle '.repeat(i + 1))),
  );
  expect(await k.as('agent:a').search('needle')).toEqual(before);
  await k.index.flush();
  expect(await k.as('agent:a').search('needle')).toEqual(before);
  await k.stop();
});

test('[S5] postings read back as they were packed; a damaged row is noticed', () => {
  const term = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).filter((each) => !each.includes('\n'));
  const list = fc
    .uniqueArray(fc.nat(9000), { minLength: 1, maxLength: 20 })
    .map((docs) => docs.sort((a, b) => a - b).flatMap((doc) => [doc, 1 + (doc % 300)]));
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(term, list), { selector: ([each]) => each, maxLength: 30 }), (pairs) => {
      const postings: Postings = new Map(pairs);
      for (const buckets of [1, 16, MAX_BUCKETS]) {
        const back: Postings = new Map();
        for (const [bucket, row] of encodeBuckets(postings, buckets)) {
          readBucket(
            row,
            (each) => each,
            (each, doc, count) => void back.set(each, [...(back.get(each) ?? []), doc, count]),
          );
          for (const each of back.keys()) expect(bucketOf(each, 16) & (buckets - 1)).toBe(bucketOf(each, buckets) & 15);
          expect(() =>
            readBucket(
              row.slice(0, -1),
              (each) => each,
              () => undefined,
            ),
          ).toThrow();
          expect(bucket).toBeLessThan(buckets);
        }
        expect(back).toEqual(postings);
      }
    }),
  );
});

test('[S5] 20,000 files: few segments and rows, a query reads one row of each, and only the hits', async () => {
  const many = 20_000;
  const texts = Array.from({ length: many }, (_, i) => `common w${i % 977} file number n${i}`);
  const id = (i: number): string => hashHex(`${i}`).slice(0, 32);
  const ids = texts.map((_text, i) => id(i));
  const hashes = texts.map((text) => hashHex(text));
  const nodes = new Map<string, FileNode>(
    ids.map((node, i) => [
      node,
      { id: node, kind: 'file', parent: id(-1), name: `d${i}`, dead: false, as: 'text', hash: hashes[i] ?? '' },
    ]),
  );
  const root: FileNode = {
    id: id(-1),
    kind: 'dir',
    parent: id(-1),
    name: '',
    dead: false,
    hash: '',
  };
  let read = 0;
  const files: Files = {
    at: (path) => (path === '/' ? root : nodes.get(ids[Number(path.slice(2))] ?? '')),
    get: (node) => nodes.get(node),
    childrenOf: () => [...nodes.values()].map((node) => [node.name, node]),
    pathOf: (node) => `/${nodes.get(node)?.name ?? ''}`,
    read: async (path) => {
      read++;
      const i = Number(path.slice(2));
      return { revision: 'r.1', actor: 'operator', at: '', hash: hashes[i] ?? '', text: texts[i] };
    },
    readMany: async () => new Map(),
    past: () => Promise.reject(new Error('These files have no past.')),
    settled: async () => undefined,
  };
  await withDatabase(createDisk(), async (db) => {
    const epoch = await nextEpoch(db);
    const open = () => createIndex({ db, epoch, files, vector: () => ({}), setTimer: () => () => undefined });
    const index = open();
    await index.flush();
    expect(read).toBe(many);
    const { segments } = index.counts();
    expect(segments).toBeLessThan(25);
    expect(await db.post.count()).toBeLessThan(segments * 257 + 1);
    // Opened anew: no text is read to be ready.
    const again = open();
    const search = createSearch(files, again);
    read = 0;
    expect(await search('n12345')).toMatchObject({ ok: true, value: { total: 1, hits: [{ path: '/d12345' }] } });
    expect(again.counts()).toMatchObject({ documents: many, due: 0, texts: 0 });
    expect(again.counts().rows).toBeLessThanOrEqual(segments);
    expect(read).toBe(1);
    expect(await search('common w5', { limit: 7 })).toMatchObject({ ok: true, value: { hits: { length: 7 } } });
    expect(read).toBe(8);
    expect(await search('common')).toMatchObject({ ok: true, value: { total: many } });
  });
}, 60_000);

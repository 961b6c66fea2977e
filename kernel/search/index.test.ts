// The full-text index against reading every file: random writes, edits, moves, removals, restarts and damage; and that
// it is the index that answers, told by counters.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withDatabase } from '../boot/faults.ts';
import { bootMemory, type Disk, type Memory } from '../boot/memory.ts';
import { searched } from '../boot/searched.ts';
import type { Change } from '../protocol/files.ts';
import { createSearch } from './search.ts';
import { unindexed } from './unindexed.ts';

const ROOM = '/workspace/s';
const author = { actor: 'operator' as const, message: 'm', run: '', cause: '' };
const write = (k: Memory, ...changes: Change[]) => k.kernel.fs.write(changes, author);
const found = async (k: Memory, query: string, o: Parameters<Memory['kernel']['search']>[1] = {}) => {
  const answer = await k.kernel.search(query, o);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};
const paths = async (k: Memory, query: string, o?: Parameters<Memory['kernel']['search']>[1]) =>
  (await found(k, query, o)).hits.map((hit) => hit.path).sort();

/** The same search without an index: every file is read. */
const reading = (k: Memory) => {
  const files = searched(k.kernel.fs);
  return createSearch(files, unindexed(files));
};

/** Said once more, in the plainest way: which files have words that begin so. */
const plain = async (k: Memory, query: string, under: string): Promise<string[]> => {
  const flat = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const wanted = flat(query)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  const hits: string[] = [];
  for (const { path } of k.kernel.fs.files(under)) {
    const read = await k.kernel.fs.read(path, { as: 'text' });
    if (!read.ok || typeof read.value.content !== 'string') continue;
    const all = flat(`${read.value.content}\n${path}`).split(/[^\p{L}\p{N}]+/u);
    if (wanted.length > 0 && wanted.every((word) => all.some((other) => other.startsWith(word)))) hits.push(path);
  }
  return hits.sort();
};

const word = fc.constantFrom(
  'bank',
  'Bänke',
  'banker',
  'überweisung',
  'a',
  'ab',
  'rechnung',
  '42',
  'x1',
  'zebra',
  'é',
  'ﬁn',
);
const text = fc.array(word, { maxLength: 8 }).map((list) => list.join(' '));
const path = fc
  .tuple(fc.constantFrom('', '/bank', '/deep/er'), fc.constantFrom('x.md', 'zebra.md', 'b.bin', 'Bänke n1.md'))
  .map(([dir, name]) => `${ROOM}${dir}/${name}`);
type Step =
  | { t: 'put' | 'append'; path: string; content: string }
  | { t: 'remove'; path: string }
  | { t: 'move'; from: string; to: string }
  | { t: 'wait' | 'flush' | 'crash' | 'stop' | 'drop' | 'cut' | 'version' | 'ahead' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ t: fc.constantFrom('put' as const, 'append' as const), path, content: text }) },
  { weight: 2, arbitrary: fc.record({ t: fc.constant('remove' as const), path }) },
  { weight: 2, arbitrary: fc.record({ t: fc.constant('move' as const), from: path, to: path }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>(
      { t: 'move', from: `${ROOM}/deep`, to: `${ROOM}/moved` },
      { t: 'move', from: `${ROOM}/moved`, to: `${ROOM}/deep` },
      { t: 'remove', path: `${ROOM}/deep` },
    ),
  },
  { weight: 4, arbitrary: fc.record({ t: fc.constantFrom('wait' as const, 'flush' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      t: fc.constantFrom(
        'crash' as const,
        'stop' as const,
        'drop' as const,
        'cut' as const,
        'version' as const,
        'ahead' as const,
      ),
    }),
  },
);

const damage = (disk: Disk, how: string): Promise<void> =>
  withDatabase(disk, async (db) => {
    const mark = await db.sys.get('proj:search');
    const value = mark?.v as { version: number; vector: Record<string, number> } | undefined;
    if (how === 'drop') await db.post.clear();
    else if (how === 'cut')
      await db.post
        .filter((row) => row.length > 0)
        .limit(2)
        .delete();
    else if (mark && value && how === 'version') await db.sys.put({ ...mark, v: { ...value, version: 0 } });
    else if (mark && value && how === 'ahead') {
      const vector = Object.fromEntries(Object.keys(value.vector).map((device) => [device, 1e9]));
      await db.sys.put({ ...mark, v: { ...value, vector } });
    }
  });

const apply = async (k: Memory, one: Step): Promise<Memory> => {
  const { fs } = k.kernel;
  if (one.t === 'put') {
    const base = fs.stat(one.path)?.revision;
    const content = one.path.endsWith('.bin') ? new TextEncoder().encode(`${one.content}\u0000`) : one.content;
    await write(k, { op: 'put', path: one.path, content, ...(base === undefined ? {} : { base }) });
  } else if (one.t === 'append' || one.t === 'remove') {
    await write(
      k,
      one.t === 'remove' ? { op: 'remove', path: one.path } : { op: 'append', path: one.path, content: one.content },
    );
  } else if (one.t === 'move') await write(k, { op: 'move', from: one.from, to: one.to });
  else if (one.t === 'wait') await k.clock.advance(200);
  else if (one.t === 'flush') await k.index.flush();
  else {
    if (one.t === 'crash') k.crash();
    else await k.stop();
    await damage(k.disk, one.t);
    return bootMemory({ disk: k.disk, clock: k.clock });
  }
  return k;
};

const QUERIES = [
  'bank',
  'ban',
  'a',
  'uber bank',
  '42 zeb',
  'rechnung',
  's',
  'fin',
  'bin',
  '*echn',
  '*w',
  'zebra md',
  'banke',
  'moved',
  '*ebr',
];

const check = async (k: Memory): Promise<void> => {
  const byReading = reading(k);
  for (const under of [ROOM, `${ROOM}/deep`, '/']) {
    for (const query of QUERIES) {
      const answer = await found(k, query, { under });
      expect([query, { ok: true, value: answer }]).toEqual([query, await byReading(query, { under })]);
      if (!query.startsWith('*'))
        expect([query, await paths(k, query, { under })]).toEqual([query, await plain(k, query, under)]);
    }
    for (const exact of ['bank', 'ank', 'ung b', ' ab', 'ﬁn', 'Bänke a']) {
      const o = { under, mode: 'exact' as const };
      expect([exact, await k.kernel.search(exact, o)]).toEqual([exact, await byReading(exact, o)]);
    }
    const regex = { under, mode: 'regex' as const };
    expect(await k.kernel.search('^b\\w+k', regex)).toEqual(await byReading('^b\\w+k', regex));
  }
};

test('[S5] [S4] [A9] whatever is written, moved, removed, lost or damaged: found is what reading every file finds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), async (steps) => {
      let k = await bootMemory();
      for (const one of steps) {
        k = await apply(k, one);
        if (one.t === 'wait' || one.t === 'cut') await check(k);
      }
      await check(k);
      await k.index.flush();
      await check(k);
      // Indexed now, every text of it: nothing but the hits was read.
      expect(k.index.counts()).toMatchObject({ due: 0 });
      await k.stop();
    }),
    { numRuns: 40 },
  );
}, 120_000);

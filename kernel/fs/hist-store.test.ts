import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootMemory, createDisk, type Memory } from '../boot/memory.ts';
import { watchReads, withDatabase } from '../boot/faults.ts';
import type { Change } from '../protocol/files.ts';
import { decodePage, encodePage, type HistRow } from './hist-store.ts';

const author = { actor: 'agent:a' as const, message: 'why', run: 'r1', cause: 'c1' };
const write = async (k: Memory, ...changes: Change[]): Promise<string[]> => {
  const done = await k.kernel.fs.write(changes, author);
  if (!done.ok) throw new Error(done.error.message);
  return done.value.revisions;
};
const historyOf = async (k: Memory, path: string): Promise<unknown> => {
  const listed = await k.kernel.fs.history(path);
  return listed.ok ? listed.value.entries : listed.error;
};
const pagesOf = (k: Memory, path: string): Promise<number> =>
  withDatabase(k.disk, (db) => {
    const id = k.kernel.fs.nodeAt(path)?.id ?? '';
    return db.hist.where(':id').between([id, 0], [id, Infinity]).count();
  });

describe('a page of history', () => {
  const device = fc.constantFrom('aaaaaaaaaaaa', '0123456789ab');
  const row = fc.record(
    {
      id: fc.tuple(device, fc.integer({ min: 1, max: 1e9 })).map(([name, seq]) => `${name}.${seq}`),
      path: fc.constantFrom('/workspace/a.md', '/workspace/ü/😀.md'),
      op: fc.constantFrom<HistRow['op']>('create', 'edit', 'put', 'append', 'move', 'mkdir', 'rename', 'restore'),
      actor: fc.constantFrom<HistRow['actor']>('operator', 'agent:x'),
      at: fc.integer({ min: 0, max: 4e12 }).map((time) => new Date(time).toISOString()),
      tick: fc.nat(70_000),
      message: fc.string({ unit: 'grapheme' }),
      size: fc.nat(),
      hash: fc.constantFrom('', 'ab'.repeat(32), '0c'.repeat(32)),
      as: fc.constantFrom('text' as const, 'blob' as const, 'record' as const),
      run: fc.constantFrom('r1', 'r2'),
      cause: fc.constantFrom('c1', 'c2'),
      parent: fc.constant('0'.repeat(32)),
      seen: fc.dictionary(device, fc.nat(), { noNullPrototype: true }),
    },
    { requiredKeys: ['id', 'path', 'op', 'actor', 'at', 'tick', 'message', 'size', 'hash'] },
  );
  const page = fc
    .tuple(fc.nat(1000), fc.array(row, { minLength: 1, maxLength: 64 }))
    .map(([first, rows]) => rows.map((one, i): HistRow => ({ ...one, node: 'n', index: first + i })));

  test('reads back as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(page, (rows) => {
        expect(decodePage('n', encodePage(rows))).toEqual(rows);
      }),
    );
  });

  test('that is cut, longer or no page at all has no rows', () => {
    fc.assert(
      fc.property(page, fc.nat(), (rows, cut) => {
        const bytes = encodePage(rows);
        expect(decodePage('n', bytes.slice(0, cut % bytes.length))).toEqual([]);
        expect(decodePage('n', Uint8Array.of(...bytes, 0))).toEqual([]);
      }),
    );
    for (const bytes of [undefined, [], [{}], 'x', new Uint8Array(), Uint8Array.of(9, 0, 0, 0)])
      expect(decodePage('n', bytes)).toEqual([]);
  });
});

describe('[F21] the only revision of a file', () => {
  test('[F21] has no row, is told as it was all the same, and gets its row with the second one', async () => {
    const disk = createDisk();
    const k = await bootMemory({ disk });
    const paths = ['/workspace/d/one.md', '/workspace/d/two.bin', '/workspace/d'];
    await write(
      k,
      { op: 'put', path: '/workspace/d/one.md', content: 'one' },
      { op: 'put', path: '/workspace/d/two.bin', content: Uint8Array.of(0, 1) },
    );
    const told = await Promise.all(paths.map((path) => historyOf(k, path)));
    expect(told[0]).toMatchObject([{ ...author, op: 'create', path: paths[0], size: 3 }]);
    await k.kernel.fs.flush();
    for (const path of paths) expect(await pagesOf(k, path)).toBe(0);
    expect(await Promise.all(paths.map((path) => historyOf(k, path)))).toEqual(told);
    await k.stop();

    const b = await bootMemory({ disk });
    expect(await Promise.all(paths.map((path) => historyOf(b, path)))).toEqual(told);
    await write(b, { op: 'append', path: '/workspace/d/one.md', content: '+' });
    // Not flushed yet: the first is the journal's still, the second in memory.
    const two = (await historyOf(b, '/workspace/d/one.md')) as unknown[];
    expect(two.slice(1)).toEqual(told[0]);
    await b.kernel.fs.flush();
    expect(await pagesOf(b, '/workspace/d/one.md')).toBe(1);
    await b.stop();

    const c = await bootMemory({ disk });
    const reads = watchReads();
    expect(await historyOf(c, '/workspace/d/one.md')).toEqual(two);
    expect([reads.rows('hist'), reads.rows('journal')]).toEqual([1, 0]);
    reads.undo();
    await c.stop();
  });

  test('[F21] [J7] a second one that was rolled back leaves it the only one', async () => {
    const k = await bootMemory();
    const path = '/workspace/one.md';
    await write(k, { op: 'put', path, content: 'one' });
    const told = await historyOf(k, path);
    await k.kernel.fs.flush();
    const refused = await k.kernel.fs.write(
      [
        { op: 'append', path, content: '+' },
        { op: 'edit', path, old: 'not there', new: 'x' },
      ],
      author,
    );
    expect(refused.ok).toBe(false);
    expect(await historyOf(k, path)).toEqual(told);
    await write(k, { op: 'append', path, content: '+' });
    expect(((await historyOf(k, path)) as unknown[]).slice(1)).toEqual(told);
    await k.stop();
  });

  test('[F21] [F5] is told with the path it had, also when folders above it moved since', async () => {
    const disk = createDisk();
    const k = await bootMemory({ disk });
    await write(k, { op: 'put', path: '/workspace/a/b/c/f.md', content: 'f' });
    await write(k, { op: 'move', from: '/workspace/a', to: '/workspace/z/a2' });
    await write(k, { op: 'put', path: '/workspace/z/a2/b/c/g.md', content: 'g' });
    await write(k, { op: 'move', from: '/workspace/z/a2/b', to: '/workspace/y' });
    const made = async (one: Memory): Promise<unknown> =>
      Promise.all(
        ['f', 'g'].map(async (name) => {
          const entries = (await historyOf(one, `/workspace/y/c/${name}.md`)) as { path: string }[];
          return entries.map((entry) => entry.path);
        }),
      );
    const wanted = [['/workspace/a/b/c/f.md'], ['/workspace/z/a2/b/c/g.md']];
    expect(await made(k)).toEqual(wanted);
    await k.stop();
    const b = await bootMemory({ disk });
    expect(await made(b)).toEqual(wanted);
    await b.stop();
  });
});

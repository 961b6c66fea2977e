// Two and three whole kernels that exchange what they wrote, as a network will: nothing here knows how it travels.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Clock, type Memory } from '../boot/memory.ts';
import type { Change, WatchEvent } from '../protocol/files.ts';
import type { Conflict } from '../protocol/formats/records.ts';
import type { Parcel } from '../protocol/parcel.ts';
import { WORKSPACE } from '../protocol/capability.ts';

const put = (path: string, content: string | Uint8Array, more: object = { base: null }): Change =>
  ({ op: 'put', path: `${WORKSPACE}/${path}`, content, ...more }) as Change;

const write = async (k: Memory, ...changes: Change[]): Promise<void> => {
  const done = await k.as('operator').write(changes, { message: 'm' });
  if (!done.ok) throw new Error(done.error.message);
};
const edit = (k: Memory, path: string, old: string, now: string): Promise<void> =>
  write(k, { op: 'edit', path: `${WORKSPACE}/${path}`, old, new: now });
const text = async (k: Memory, path: string): Promise<unknown> => {
  const read = await k.as('operator').read(`${WORKSPACE}/${path}`);
  return read.ok ? read.value.content : read.error.code;
};
const parcelsFor = (from: Memory, to: Memory): Promise<Parcel[]> => from.journal.parcels(to.journal.vector());
const pull = async (to: Memory, from: Memory): Promise<void> => {
  for (;;) {
    const parcels = await parcelsFor(from, to);
    if (parcels.length === 0) return;
    const merged = await to.kernel.fs.merge(parcels);
    if (!merged.ok) throw new Error(merged.error.message);
    if (merged.value.refused.length > 0) throw new Error(merged.value.refused[0]?.message);
    await to.kernel.fs.takeChunks(await from.kernel.fs.chunks(merged.value.chunks));
    if (merged.value.entries.length === 0) return;
  }
};
/** Until nobody has anything new: what merging itself writes has to travel too. */
const meet = async (...all: Memory[]): Promise<void> => {
  for (let before = ''; ;) {
    for (const to of all) for (const from of all) if (to !== from) await pull(to, from);
    const now = JSON.stringify(all.map((k) => k.journal.vector()));
    if (now === before) return;
    before = now;
  }
};
/** Everything there is, as every device must show it. */
const shown = async (k: Memory, former = true): Promise<unknown> => {
  const listed = await k.as('operator').list('/', { depth: 64, limit: 10_000 });
  if (!listed.ok) throw new Error(listed.error.message);
  const entries = listed.value.entries.filter(({ path }) => !path.startsWith('/proc'));
  return Promise.all(
    entries.map(async (stat) => {
      if (stat.kind === 'dir') return stat;
      const [read, history] = await Promise.all([
        k.as('operator').read(stat.path),
        k.as('operator').list(stat.path, { history: true }),
      ]);
      const revisions = history.ok
        ? history.value.entries.map(({ id, op, actor }) => ({ id, op, actor }))
        : history.error;
      const content = read.ok ? read.value.content : read.error;
      // Which other files once had this path is told as it was seen here.
      return { ...stat, content, ...(former ? { revisions } : {}) };
    }),
  );
};
const conflictsOf = async (k: Memory): Promise<Conflict[]> => {
  const listed = await k.as('operator').list('/system/conflicts');
  const files = listed.ok ? listed.value.entries : [];
  const read = await Promise.all(files.map(({ path }) => k.as('operator').read(path)));
  return read.flatMap((one) => (one.ok ? [JSON.parse(String(one.value.content)) as Conflict] : []));
};
const three = (clock: Clock = createClock()): Promise<Memory[]> =>
  Promise.all([0, 1, 2].map(() => bootMemory({ disk: createDisk(), clock })));
const two = async (): Promise<[Memory, Memory]> => {
  const [a, b] = await three();
  return [a as Memory, b as Memory];
};

describe('[T1] devices that exchange what they wrote', () => {
  test('[A7] [F8] what both made alike from the start is there once', async () => {
    const [a, b] = await two();
    const files = (await shown(a)) as { path: string }[];
    await meet(a, b);
    expect(((await shown(b)) as { path: string }[]).map(({ path }) => path)).toEqual(files.map(({ path }) => path));
    expect(await shown(a)).toEqual(await shown(b));
    expect(await conflictsOf(a)).toEqual([]);
  });

  test('[A5] [A8] [F9] one file edited on both offline: the same bytes, both in blame', async () => {
    const [a, b] = await two();
    await write(a, put('f.md', 'one\ntwo\nthree\n'));
    await meet(a, b);
    await edit(a, 'f.md', 'one', 'ONE from a');
    const agent = b.kernel.fs.write([{ op: 'edit', path: `${WORKSPACE}/f.md`, old: 'three', new: 'THREE from b' }], {
      actor: 'agent:b',
      message: 'b',
      run: 'r7',
      cause: '',
    });
    expect((await agent).ok).toBe(true);
    await meet(a, b);
    for (const k of [a, b]) {
      expect(await text(k, 'f.md')).toBe('ONE from a\ntwo\nTHREE from b\n');
      const blame = await k.as('operator').blame(`${WORKSPACE}/f.md`);
      const runs = blame.ok ? blame.value.runs : [];
      const of = (part: string) =>
        runs.find(({ from, to }) => 'ONE from a\ntwo\nTHREE from b\n'.slice(from, to).includes(part));
      expect(of('from b')).toMatchObject({ actor: 'agent:b', run: 'r7' });
      expect(of('from a')).toMatchObject({ actor: 'operator' });
    }
    expect(await shown(a)).toEqual(await shown(b));
    // And goes on from there, without anybody noticing.
    await edit(b, 'f.md', 'two', '2');
    await meet(a, b);
    expect(await text(a, 'f.md')).toBe('ONE from a\n2\nTHREE from b\n');
  });

  test('[T3] removed here and changed there: kept, said, and settled by a word', async () => {
    const [a, b] = await two();
    await write(a, put('d/f.md', 'x'));
    await meet(a, b);
    await write(a, { op: 'remove', path: `${WORKSPACE}/d/f.md` }, { op: 'remove', path: `${WORKSPACE}/d` });
    await edit(b, 'd/f.md', 'x', 'changed');
    await meet(a, b);
    for (const k of [a, b]) {
      expect(await text(k, 'd/f.md')).toBe('changed');
      const stat = k.kernel.fs.stat(`${WORKSPACE}/d/f.md`);
      expect(stat?.conflict).toContain('Removed on one device');
      expect((await conflictsOf(k)).filter(({ path }) => path.endsWith('f.md'))).toMatchObject([
        { kind: 'kept', state: 'open' },
      ]);
    }
    await write(b, { op: 'restore', path: `${WORKSPACE}/d/f.md` }, { op: 'restore', path: `${WORKSPACE}/d` });
    await b.clock.advance(10);
    expect((await conflictsOf(b)).map(({ state }) => state)).toEqual(['settled', 'settled']);
    await meet(a, b);
    expect(await shown(a)).toEqual(await shown(b));
    expect(a.kernel.fs.stat(`${WORKSPACE}/d/f.md`)?.conflict).toBeUndefined();
  });

  test('[T2] one path made on both: the same bytes are one file, others two', async () => {
    const [a, b] = await two();
    await write(a, put('same.md', 'the same'), put('other.md', 'of a'));
    await write(b, put('same.md', 'the same'), put('other.md', 'of b'));
    await meet(a, b);
    expect(await shown(a)).toEqual(await shown(b));
    const names = [...a.kernel.fs.files(WORKSPACE)].map(({ path }) => path).filter((path) => /same|other/.test(path));
    expect(names.map((name) => name.replace(/~[0-9a-f]{8}/, '~'))).toEqual([
      `${WORKSPACE}/other.md`,
      `${WORKSPACE}/other~.md`,
      `${WORKSPACE}/same.md`,
    ]);
    const [conflict] = await conflictsOf(a);
    expect(conflict).toMatchObject({ kind: 'name', state: 'open', path: expect.stringContaining('~') });
    await write(a, { op: 'move', from: conflict?.path ?? '', to: `${WORKSPACE}/mine.md` });
    await a.clock.advance(10);
    expect(await conflictsOf(a)).toMatchObject([{ state: 'settled' }]);
  });

  test('[T3] two whole contents for one file: the newer stands, the other can be read', async () => {
    const [a, b] = await two();
    await write(a, put('x.bin', Uint8Array.of(0, 1)));
    await meet(a, b);
    const base = a.kernel.fs.stat(`${WORKSPACE}/x.bin`)?.revision;
    await write(a, put('x.bin', Uint8Array.of(0, 2), { base }));
    await a.clock.advance(5);
    await write(b, put('x.bin', Uint8Array.of(0, 3), { base }));
    await meet(a, b);
    expect(await shown(a)).toEqual(await shown(b));
    const [conflict] = await conflictsOf(a);
    expect(conflict).toMatchObject({ kind: 'content', state: 'open' });
    const other = await a.as('operator').read(`${WORKSPACE}/x.bin`, { at: conflict?.revision ?? '', as: 'bytes' });
    expect(other.ok && other.value.content).toEqual(Uint8Array.of(0, 2));
  });

  test('[F11] watchers hear of it once each, as coming from elsewhere; an open editor gets the text', async () => {
    const [a, b] = await two();
    await write(a, put('f.md', 'one\n'));
    await meet(a, b);
    const heard: WatchEvent[] = [];
    const stop = b.kernel.fs.on((event) => heard.push(event));
    const updates: Uint8Array[] = [];
    const author = { actor: 'operator' as const, message: 'types', run: '', cause: '' };
    const seat = await b.kernel.live.open(`${WORKSPACE}/f.md`, author, (update) => updates.push(update));
    expect(seat.ok).toBe(true);
    await edit(a, 'f.md', 'one', 'two');
    await write(a, put('g.md', 'new'), { op: 'move', from: `${WORKSPACE}/f.md`, to: `${WORKSPACE}/h.md` });
    await pull(b, a);
    await b.clock.advance(10);
    stop();
    expect(heard.filter(({ source }) => source === 'remote').map(({ path, change }) => [path, change])).toEqual([
      [`${WORKSPACE}/h.md`, 'write'],
      [`${WORKSPACE}/g.md`, 'write'],
      [`${WORKSPACE}/h.md`, 'move'],
    ]);
    expect(updates.length).toBe(1);
    if (seat.ok) await seat.value.close();
    expect(await text(b, 'h.md')).toBe('two\n');
    const found = await b.as('operator').search('two');
    expect(found.ok && found.value.hits.map(({ path }) => path)).toContain(`${WORKSPACE}/h.md`);
  });

  test('[J6] [S4] what was merged is there after a crash, and after the projection is made again', async () => {
    const [a, b] = await two();
    await write(a, put('d/f.md', 'one'), put('d/g.md', 'two'));
    await write(b, put('d/h.md', 'three'));
    await meet(a, b);
    await edit(a, 'd/f.md', 'one', 'uno');
    await edit(b, 'd/f.md', 'one', 'eins');
    await write(b, { op: 'move', from: `${WORKSPACE}/d`, to: `${WORKSPACE}/e` });
    await meet(a, b);
    const before = await shown(a);
    expect(await shown(b)).toEqual(before);
    a.crash();
    const again = await bootMemory({ disk: a.disk, clock: a.clock });
    expect(await shown(again)).toEqual(before);
    await again.stop();
    const { withDatabase } = await import('../boot/faults.ts');
    await withDatabase(a.disk, (db) => db.sys.delete('proj:fs'));
    const rebuilt = await bootMemory({ disk: a.disk, clock: a.clock });
    expect(await shown(rebuilt)).toEqual(before);
    await rebuilt.stop();
  });

  test('[T4] an author has seen what his journal says: a removal after a merge covers what came with it', async () => {
    const [a, b] = await two();
    await write(a, put('f.md', 'x'));
    await meet(a, b);
    await edit(a, 'f.md', 'x', 'y');
    await pull(b, a);
    await write(b, { op: 'remove', path: `${WORKSPACE}/f.md` });
    await meet(a, b);
    for (const k of [a, b]) expect(await text(k, 'f.md')).toBe('ENOENT');
    expect(await conflictsOf(a)).toEqual([]);
  });

  const step = fc.record({
    who: fc.nat(2),
    what: fc.constantFrom(
      'put',
      'put',
      'edit',
      'edit',
      'append',
      'move',
      'move',
      'moveFolder',
      'remove',
      'pull',
      'pull',
      'restart',
    ),
    one: fc.nat(40),
    two: fc.nat(40),
    with: fc.nat(2),
  });
  test('[A6] [A9] random work on three kernels with partitions: equal trees, journals and contents', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const clock = createClock();
        const all = await three(clock);
        let count = 0;
        for (const { who, what, one, two: other, with: peer } of steps) {
          const k = all[who] as Memory;
          const op = k.as('operator');
          const files = [...k.kernel.fs.files(WORKSPACE)].map(({ path }) => path);
          const path = files[one % files.length] ?? '';
          const fresh = `${WORKSPACE}/${['a', 'b', 'a/c'][other % 3]}/${['x', 'y.md', 'z'][one % 3]}`;
          if (what === 'put')
            await op.write([{ op: 'put', path: fresh, content: `made ${++count} by ${who}\n`, base: null }], {
              message: 'm',
            });
          else if (what === 'edit') await op.write([{ op: 'append', path, content: `${++count}` }], { message: 'm' });
          else if (what === 'append') {
            const author = { actor: 'daemon:test' as const, message: 'm', run: '', cause: '' };
            await k.kernel.fs.write([{ op: 'append', path: '/system/log.txt', content: `${++count}\n` }], author);
          } else if (what === 'move') await op.write([{ op: 'move', from: path, to: fresh }], { message: 'm' });
          else if (what === 'moveFolder') {
            const [from = 'a', to = 'b'] =
              [
                ['a', 'b'],
                ['b', 'a/b'],
                ['a', 'b/a'],
                ['a/c', 'c'],
              ][other % 4] ?? [];
            await op.write([{ op: 'move', from: `${WORKSPACE}/${from}`, to: `${WORKSPACE}/${to}` }], { message: 'm' });
          } else if (what === 'remove') await op.write([{ op: 'remove', path }], { message: 'm' });
          else if (what === 'pull' && peer !== who) await pull(k, all[peer] as Memory);
          else if (what === 'restart') {
            await k.stop();
            all[who] = await bootMemory({ disk: k.disk, clock });
          }
        }
        await meet(...all);
        const [first, ...others] = all as [Memory, Memory, Memory];
        const expected = await shown(first, false);
        for (const k of others) {
          expect(k.journal.vector()).toEqual(first.journal.vector());
          expect(await shown(k, false)).toEqual(expected);
        }
        for (const k of all) {
          expect(await k.as('operator').call('verify', {})).toMatchObject({ ok: true });
          await k.stop();
        }
        const again = await bootMemory({ disk: first.disk, clock });
        expect(await shown(again, false)).toEqual(expected);
        await again.stop();
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});

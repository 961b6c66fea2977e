// The tree on disk: read as far as it is asked for, the same as what was written, and made again when it is not.
import { describe, expect, test } from 'vitest';
import { bootMemory, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { bootKernel } from '../boot/kernel.ts';
import type { Change } from '../protocol/files.ts';
import { Database, databaseName } from '../store/schema.ts';

const put = (path: string, content = path): Change => ({ op: 'put', path, content, base: null });

const write = async (k: Memory, ...changes: Change[]): Promise<void> => {
  const done = await k.as('operator').write(changes, { message: 'm' });
  if (!done.ok) throw new Error(done.error.message);
};

const withDatabase = async <T>(disk: Disk, body: (db: Database) => Promise<T>): Promise<T> => {
  const db = new Database(databaseName('test'), disk.idb as never);
  await db.open();
  try {
    return await body(db);
  } finally {
    db.close();
  }
};

/** Everything a kernel shows, and every path a file once had. */
const everything = async (k: Memory): Promise<unknown> => {
  const listed = await k.as('operator').list('/', { depth: 64, limit: 10_000 });
  if (!listed.ok) throw new Error(listed.error.message);
  const entries = listed.value.entries.filter(({ path }) => !path.startsWith('/proc'));
  const files = entries.filter(({ kind }) => kind === 'file');
  const histories = await Promise.all(files.map(({ path }) => k.as('operator').list(path, { history: true })));
  return { entries, histories: histories.map((one) => (one.ok ? one.value.entries : one.error)) };
};

const varied = async (): Promise<Disk> => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  await write(k, ...Array.from({ length: 700 }, (_, i) => put(`/workspace/wide/f${i}.md`)));
  await write(k, put('/workspace/a/b/c/deep.md'), put('/workspace/gone/x.md'), put('/workspace/old.md'));
  await write(k, { op: 'move', from: '/workspace/old.md', to: '/workspace/a/new.md' });
  await write(k, { op: 'move', from: '/workspace/a/b', to: '/workspace/moved' });
  await write(k, { op: 'remove', path: '/workspace/gone/x.md' }, { op: 'remove', path: '/workspace/gone' });
  await k.kernel.fs.flush();
  await write(k, put('/workspace/wide/last.md'), { op: 'move', from: '/workspace/moved', to: '/workspace/again' });
  await k.stop();
  return disk;
};

/** A boot that does nothing beyond reading until it is asked for more. */
const reading = (disk: Disk) =>
  bootKernel({
    workspace: 'test',
    idb: disk.idb as never,
    now: () => Date.now(),
    setTimer: () => () => undefined,
    storage: { persist: async () => true, state: async () => ({ usage: 0, quota: 1, persisted: false }) },
    ports: ({ secrets }) => ({ secrets }) as never,
    daemons: async () => [],
  });

describe('[S4] the stored tree', () => {
  test('[A9] read back, and made from the journal, it is what it was', async () => {
    const disk = await varied();
    const one = await bootMemory({ disk });
    const stored = await everything(one);
    expect(await one.as('operator').read('/workspace/again/c/deep.md')).toMatchObject({ ok: true });
    expect(
      await one.as('operator').read('/workspace/gone/x.md', { at: new Date(one.clock.now()).toISOString() }),
    ).toMatchObject({ ok: true });
    await one.stop();
    await withDatabase(disk, async (db) => {
      await db.sys.delete('proj:fs');
    });
    const two = await bootMemory({ disk });
    expect(await everything(two)).toEqual(stored);
    await two.stop();
  });

  test('[S9] a path needs the folders that lead to it, and no others; whatever changes something waits for all', async () => {
    const k = await reading(await varied());
    const { kernel } = k;
    expect(kernel.starting).toBeDefined();
    const call = (name: string, args: object) =>
      k.call(
        { actor: 'operator', run: '', cause: 'c', capabilities: [], signal: new AbortController().signal },
        name,
        args,
      );
    expect(await call('read', { path: '/workspace/a/new.md' })).toMatchObject({
      ok: true,
      value: { content: '/workspace/old.md' },
    });
    // Folders beside the path are not there yet, and no call depends on that.
    expect(kernel.fs.stat('/workspace/again/c')).toBeUndefined();
    expect(kernel.starting).toBeDefined();
    expect(await call('list', { path: '/workspace/wide' })).toMatchObject({ ok: true });
    expect(await call('list', { path: '/workspace', depth: 9 })).toMatchObject({ ok: true });
    expect(kernel.fs.stat('/workspace/again/c')).toBeDefined();
    expect(await call('write', { changes: [put('/workspace/n.md')], message: 'm' })).toMatchObject({ ok: true });
    expect(kernel.starting).toBeUndefined();
    await k.stop();
  });

  test('a folder of many lies in several pages, of which a change writes one', async () => {
    const disk = await varied();
    const pagesOf = () =>
      withDatabase(disk, async (db) => {
        const keys = (await db.dirs.toCollection().keys()) as unknown as [string, number][];
        const values = (await db.dirs.toArray()) as Uint8Array[];
        return new Map(keys.map((key, i) => [key.join('/'), values[i] ?? new Uint8Array()]));
      });
    const before = await pagesOf();
    const wide = [...before.keys()].filter((key) => key.endsWith('/3')).map((key) => key.split('/')[0]);
    expect(wide).toHaveLength(1);
    const k = await bootMemory({ disk });
    const [path] = ['/workspace/wide/f5.md'];
    const read = await k.as('operator').read(path ?? '');
    await write(k, { op: 'put', path: path ?? '', content: 'other', base: read.ok ? read.value.stat.revision : '' });
    await k.stop();
    const after = await pagesOf();
    const changed = [...after].filter(([key, bytes]) => !Buffer.from(bytes).equals(Buffer.from(before.get(key) ?? [])));
    const ofWide = changed.filter(([key]) => key.startsWith(wide[0] ?? '-'));
    expect(ofWide.length).toBeGreaterThan(0);
    expect(ofWide.length).toBeLessThanOrEqual(2);
  });

  test.each([
    ['a page is gone', (db: Database, keys: [string, number][]) => db.dirs.delete(keys[1] as never)],
    [
      'a page is cut',
      (db: Database, keys: [string, number][]) => db.dirs.put(Uint8Array.of(1, 1, 2), keys[1] as never),
    ],
    [
      'a page is of another version',
      (db: Database, keys: [string, number][]) => db.dirs.put(Uint8Array.of(9), keys[2] as never),
    ],
    [
      'the root is nonsense',
      async (db: Database, keys: [string, number][]) => {
        for (const key of keys) await db.dirs.put(Uint8Array.of(7, 7), key as never);
      },
    ],
  ])('[A9] %s: the journal knows', async (_what, harm) => {
    const disk = await varied();
    const one = await bootMemory({ disk });
    const right = await everything(one);
    await one.stop();
    await withDatabase(disk, async (db) => {
      await harm(db, (await db.dirs.toCollection().keys()) as unknown as [string, number][]);
    });
    const two = await bootMemory({ disk });
    expect(await everything(two)).toEqual(right);
    await two.stop();
  });
});

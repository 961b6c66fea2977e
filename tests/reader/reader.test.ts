// The format is what the specification says: a reader made from it alone finds in the rows of a journal what the kernel
// shows, after varied work, compaction and merging.
import { expect, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Memory } from '../../kernel/boot/memory.ts';
import { journalRows, withDatabase } from '../../kernel/boot/faults.ts';
import { compactStep } from '../../kernel/journal/compact.ts';
import { must } from '../../kernel/protocol/errors.ts';
import type { Change, Revision, Stat } from '../../kernel/protocol/files.ts';
import { versionsOf } from './contents.ts';
import { readRows } from './entries.ts';
import { pathsOf } from './tree.ts';

const write = async (k: Memory, changes: Change[], message: string, actor: 'operator' | 'agent:scribe' = 'operator') =>
  must(await k.as(actor).write(changes, { message }));

const listed = async (k: Memory): Promise<Stat[]> => {
  const all: Stat[] = [];
  for (let cursor: string | undefined; ;) {
    const page = must(await k.as('operator').list('/', { depth: 64, limit: 1000, ...(cursor ? { cursor } : {}) }));
    all.push(...(page.entries as Stat[]));
    cursor = page.cursor;
    if (!cursor) return all.filter(({ path }) => path !== '/proc' && !path.startsWith('/proc/'));
  }
};

const history = async (k: Memory, path: string): Promise<Revision[]> =>
  must(await k.as('operator').invoke('list', { path, history: true, limit: 1000 })).entries as Revision[];

const bytesAt = async (k: Memory, path: string, at?: string): Promise<Uint8Array> =>
  must(await k.as('operator').invoke('read', { path, as: 'bytes', ...(at ? { at } : {}) })).content as Uint8Array;

const compact = async (k: Memory): Promise<void> => {
  k.clock.set(k.clock.now() + 60_000);
  await withDatabase(k.disk, async (db) => {
    for (const device of k.journal.numbers())
      while (await compactStep({ db, epoch: k.epoch, device, now: k.clock.now, busy: () => false }));
  });
};

/** What the rows say and what the kernel says. */
const compare = async (k: Memory): Promise<{ files: number; versions: number }> => {
  await k.journal.settled();
  const entries = readRows(await journalRows(k.disk));
  const rows = await withDatabase(k.disk, (db) => db.chunks.toArray());
  const contents = versionsOf(entries, new Map(rows.map(({ h, b }) => [h, b])));
  const found = pathsOf(entries);
  const stats = await listed(k);
  expect([...found.keys()].sort()).toEqual(stats.map(({ path }) => path).sort());
  let compared = 0;
  const files = stats.filter(({ kind }) => kind === 'file');
  for (const { path } of files) {
    const content = contents.get(found.get(path)?.node ?? '');
    expect(Buffer.from(await bytesAt(k, path)).equals(Buffer.from(content?.now ?? []))).toBe(true);
    const revisions = new Map((await history(k, path)).map((one) => [one.id, one]));
    for (const { revision, actor, message, op, size, hash, bytes } of content?.versions ?? []) {
      expect(revisions.get(revision)).toMatchObject({ actor, message, op, size, hash });
      expect(Buffer.from(await bytesAt(k, path, revision)).equals(Buffer.from(bytes))).toBe(true);
      compared++;
    }
  }
  return { files: files.length, versions: compared };
};

const varied = async (k: Memory, name: string): Promise<void> => {
  const dir = `/workspace/${name}`;
  const text = `${dir}/Notizen über α.md`;
  await write(k, [{ op: 'put', path: text, content: 'eins\nzwei\n' }], 'First');
  for (let i = 0; i < 30; i++) await write(k, [{ op: 'append', path: text, content: `line ${i} 😀\n` }], `Line ${i}`);
  await write(k, [{ op: 'edit', path: text, old: 'zwei', new: 'drei' }], 'Two is three');
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i * 7 + (i >> 3)) & 255);
  await write(k, [{ op: 'put', path: `${dir}/raw.bin`, content: bytes }], 'Bytes');
  await write(k, [{ op: 'append', path: `${dir}/raw.bin`, content: bytes.slice(0, 999) }], 'More bytes');
  await write(
    k,
    [
      { op: 'mkdir', path: `${dir}/a/b` },
      { op: 'put', path: `${dir}/a/b/deep.txt`, content: 'deep', attrs: { colour: 'red' } },
      { op: 'put', path: `${dir}/gone.txt`, content: '' },
    ],
    'Three at once',
  );
  await write(k, [{ op: 'move', from: `${dir}/a`, to: `${dir}/c` }], 'A folder moves');
  await write(k, [{ op: 'move', from: `${dir}/c/b/deep.txt`, to: `${dir}/up.txt` }], 'A file moves');
  await write(k, [{ op: 'remove', path: `${dir}/gone.txt` }], 'Gone');
};

test('[J1] [J2] [J5] [J18] a reader made from the specification finds every path, text, author and message', async () => {
  const k = await bootMemory();
  await varied(k, 'one');
  const before = await compare(k);
  expect(before.versions).toBeGreaterThan(36);
  await compact(k);
  expect((await journalRows(k.disk)).some(({ b }) => b[1] === 1)).toBe(true);
  expect(await compare(k)).toEqual(before);
  await k.stop();
});

test('[J13] [J15] [J18] [F21] what two devices wrote, apart and together, is read from the rows of either', async () => {
  const a = await bootMemory({ disk: createDisk() });
  const b = await bootMemory({ disk: createDisk(), clock: createClock(Date.UTC(2026, 10, 23, 8, 0, 1)) });
  const pull = async (to: Memory, from: Memory): Promise<void> => {
    for (;;) {
      const merged = must(await to.kernel.fs.merge(await from.journal.parcels(to.journal.vector())));
      expect(merged.refused).toEqual([]);
      if (merged.entries.length === 0) return;
    }
  };
  await varied(a, 'one');
  await varied(b, 'two');
  await pull(a, b);
  await pull(b, a);
  const shared = '/workspace/one/up.txt';
  await write(a, [{ op: 'append', path: shared, content: ' from a' }], 'A adds');
  await write(b, [{ op: 'edit', path: shared, old: 'deep', new: 'DEEP' }], 'B shouts');
  await write(b, [{ op: 'move', from: '/workspace/two', to: '/workspace/second' }], 'B moves');
  for (let i = 0; i < 3; i++) {
    await pull(a, b);
    await pull(b, a);
  }
  await compact(a);
  const [left, right] = [await compare(a), await compare(b)];
  expect(left).toEqual(right);
  expect(left.versions).toBeGreaterThan(70);
  await a.stop();
  await b.stop();
});

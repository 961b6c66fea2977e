import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootMemory, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { refuseCommits, withDatabase } from '../boot/faults.ts';
import { concatBytes, hashHex } from '../protocol/bytes.ts';
import type { Change } from '../protocol/files.ts';
import { nextEpoch } from '../store/transact.ts';
import { createSweeper, type Sweeper } from './sweep.ts';

const author = { actor: 'operator' as const, message: 'm', run: '', cause: '' };
const write = (k: Memory, ...changes: Change[]) => k.kernel.fs.write(changes, author);
const path = '/workspace/b.bin';
const noise = (length: number, seed: number): Uint8Array => {
  let x = seed;
  return Uint8Array.from({ length }, (_, i) => {
    x = (Math.imul(x, 1_103_515_245) + 12_345) | 0;
    return i === 0 ? 0 : (x >> 16) & 255;
  });
};
const chunksOn = (disk: Disk): Promise<string[]> => withDatabase(disk, (db) => db.chunks.toCollection().primaryKeys());
const bytesOn = (disk: Disk): Promise<number> =>
  withDatabase(disk, async (db) => (await db.chunks.toArray()).reduce((sum, { b }) => sum + b.length, 0));

/** A sweeper beside a running kernel, of the same epoch. */
const beside = <T>(k: Memory, body: (sweeper: Sweeper) => Promise<T>): Promise<T> =>
  withDatabase(k.disk, (db) =>
    body(
      createSweeper({
        db,
        epoch: k.epoch,
        log: k.journal,
        scan: (after, each) => k.journal.scan(1, after[k.journal.device] ?? 0, each),
        exclusive: k.kernel.fs.exclusive,
      }),
    ),
  );
/** Known by their hash: comparing long arrays one by one is slow. */
const bytesAt = async (k: Memory, at: string | undefined): Promise<string> => {
  const read = await k.kernel.fs.read(path, { as: 'bytes', at });
  return read.ok ? hashHex(read.value.content) : read.error.code;
};
const failedPut = async (k: Memory, content: Uint8Array): Promise<void> => {
  const refused = refuseCommits(1);
  expect((await write(k, { op: 'put', path: '/workspace/failed.bin', content })).ok).toBe(false);
  refused.undo();
};

describe('[F23] chunks that no entry names', () => {
  test('[F23] are counted, and dropped a minute after the next start; those of former contents are not', async () => {
    const disk = createDisk();
    const k = await bootMemory({ disk });
    await write(k, { op: 'put', path, content: noise(200_000, 1) });
    await write(k, { op: 'append', path, content: noise(50_000, 2) });
    const base = k.kernel.fs.stat(path)?.revision ?? '';
    await write(k, { op: 'put', path, content: noise(100_000, 3), base });
    await write(k, { op: 'remove', path });
    const kept = await chunksOn(disk);
    const bytes = await bytesOn(disk);
    await failedPut(k, noise(300_000, 4));
    const all = await chunksOn(disk);
    expect(all.length).toBeGreaterThan(kept.length);
    expect(await beside(k, (sweeper) => sweeper.use())).toEqual({
      chunks: all.length,
      bytes: bytes + 300_000,
      unreferenced: { chunks: all.length - kept.length, bytes: 300_000 },
    });
    await k.stop();

    const b = await bootMemory({ disk });
    await b.clock.advance(61_000);
    expect(await chunksOn(disk)).toEqual(kept);
    expect(await beside(b, (sweeper) => sweeper.use())).toEqual({
      chunks: kept.length,
      bytes,
      unreferenced: { chunks: 0, bytes: 0 },
    });
    await b.stop();
  });

  test('[F23] are kept when an entry names them before they are dropped', async () => {
    const k = await bootMemory();
    const content = noise(100_000, 5);
    await failedPut(k, content);
    let written = false;
    const dropped = await withDatabase(k.disk, (db) =>
      createSweeper({
        db,
        epoch: k.epoch,
        log: k.journal,
        scan: async (after, each) => {
          await k.journal.scan(1, after[k.journal.device] ?? 0, each);
          if (!written) written = (await write(k, { op: 'put', path, content })).ok;
        },
        exclusive: k.kernel.fs.exclusive,
      }).sweep(),
    );
    expect([written, dropped]).toEqual([true, 0]);
    expect(await bytesAt(k, undefined)).toBe(hashHex(content));
    await k.stop();
  });

  test('[F23] are stored again by a put that comes while they are dropped', async () => {
    const k = await bootMemory();
    const content = noise(100_000, 8);
    await failedPut(k, content);
    let looks = 0;
    let writing: Promise<unknown> = Promise.resolve();
    const dropped = await withDatabase(k.disk, (db) =>
      createSweeper({
        db,
        epoch: k.epoch,
        log: k.journal,
        scan: async (after, each) => {
          await k.journal.scan(1, after[k.journal.device] ?? 0, each);
          if (++looks !== 2) return;
          writing = write(k, { op: 'put', path, content });
          // Time enough for all of it, were it not for the lock.
          await k.clock.advance(0);
        },
        exclusive: k.kernel.fs.exclusive,
      }).sweep(),
    );
    await writing;
    expect(dropped).toBeGreaterThan(0);
    expect(await bytesAt(k, undefined)).toBe(hashHex(content));
    await k.stop();
  });

  test('[F23] are left alone where the journal cannot be read, and by a kernel that leads no more', async () => {
    const k = await bootMemory();
    await write(k, { op: 'put', path, content: noise(100_000, 6) });
    await failedPut(k, noise(100_000, 7));
    const all = await chunksOn(k.disk);
    const unread = new Error('the journal cannot be read');
    await withDatabase(k.disk, async (db) => {
      const scan = (): Promise<void> => Promise.reject(unread);
      const sweeper = createSweeper({ db, epoch: k.epoch, log: k.journal, scan, exclusive: k.kernel.fs.exclusive });
      await expect(sweeper.sweep()).rejects.toBe(unread);
    });
    await withDatabase(k.disk, nextEpoch);
    await expect(beside(k, (sweeper) => sweeper.sweep())).rejects.toMatchObject({ error: { code: 'EAGAIN' } });
    expect(await chunksOn(k.disk)).toEqual(all);
    k.crash();
  });

  test('[F23] whatever is written, fails and is swept at the same time: every version reads back', async () => {
    const step = fc.record({
      t: fc.constantFrom('put', 'put', 'append', 'failed', 'sweep'),
      seed: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const k = await bootMemory();
        const versions: { id: string; content: Uint8Array }[] = [];
        await beside(k, async (sweeper) => {
          const sweeps: Promise<number>[] = [];
          for (const { t, seed } of steps) {
            const content = noise(20_000, seed);
            const held = versions.at(-1)?.content ?? new Uint8Array();
            if (t === 'sweep') sweeps.push(sweeper.sweep());
            else if (t === 'failed') await failedPut(k, noise(20_000, seed));
            else {
              const base = k.kernel.fs.stat(path)?.revision;
              const done =
                t === 'append'
                  ? await write(k, { op: 'append', path, content })
                  : await write(k, { op: 'put', path, content, ...(base ? { base } : {}) });
              const id = done.ok ? done.value.revisions.at(-1) : undefined;
              const now = t === 'append' ? concatBytes([held, content]) : content;
              if (id) versions.push({ id, content: now });
            }
          }
          await Promise.all(sweeps);
          await sweeper.sweep();
          expect((await sweeper.use()).unreferenced.chunks).toBe(0);
        });
        for (const { id, content } of versions) expect(await bytesAt(k, id)).toBe(hashHex(content));
        await k.stop();
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

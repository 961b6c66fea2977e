import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bootMemory, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { watchReads, withDatabase } from '../boot/faults.ts';
import type { Change } from '../protocol/files.ts';
import { decodePage, encodePage, type HistRow } from './hist-store.ts';
import { MAX_KEPT_BYTES } from './revisions.ts';

type Version = { id: string; content: string | Uint8Array };
const author = { actor: 'operator' as const, message: 'm', run: '', cause: '' };
const write = async (k: Memory, ...changes: Change[]): Promise<string> => {
  const done = await k.kernel.fs.write(changes, author);
  if (!done.ok) throw new Error(done.error.message);
  return done.value.revisions.at(-1) ?? '';
};
const at = async (k: Memory, path: string, id: string): Promise<unknown> => {
  const read = await k.kernel.fs.read(path, { at: id });
  return read.ok ? read.value.content : `${read.error.code} ${read.error.message}`;
};
const path = '/workspace/long.md';

/** A text of `size` bytes with `count` revisions, each an edit somewhere in it. */
const edited = async (k: Memory, count: number, size = 4000): Promise<Version[]> => {
  const lines = Array.from({ length: Math.ceil(size / 20) }, (_, i) => `line ${String(i).padStart(13, '0')}\n`);
  const versions: Version[] = [];
  versions.push({ id: await write(k, { op: 'put', path, content: lines.join('') }), content: lines.join('') });
  for (let i = 1; i < count; i++) {
    const n = (i * 37) % lines.length;
    const old = lines[n] ?? '';
    lines[n] = `edit ${String(i).padStart(6, '0')} ${String(n).padStart(6, '0')}\n`;
    versions.push({ id: await write(k, { op: 'edit', path, old, new: lines[n] }), content: lines.join('') });
  }
  return versions;
};
const expectAll = async (k: Memory, versions: readonly Version[]): Promise<void> => {
  for (const { id, content } of versions) expect([id, await at(k, path, id)]).toEqual([id, content]);
};
const watch = () => {
  const reads = watchReads();
  onTestFinished(reads.undo);
  return reads;
};
const nodeId = (k: Memory): string => k.kernel.fs.nodeAt(path)?.id ?? '';

describe('[F13] any revision of a text', () => {
  test('[F13] of 1,000 is one row of revs away once the file was looked at, also after a restart', async () => {
    const disk = createDisk();
    const k = await bootMemory({ disk });
    const versions = await edited(k, 1000);
    const reads = watch();
    await at(k, path, versions[500]?.id ?? '');
    expect(reads.rows('journal')).toBeGreaterThan(500);
    reads.reset();
    await expectAll(k, versions);
    expect([reads.rows('journal'), reads.rows('hist'), reads.rows('revs')]).toEqual([0, 0, 1000]);
    await k.stop();
    const b = await bootMemory({ disk });
    await at(b, path, versions[0]?.id ?? '');
    reads.reset();
    for (let i = 0; i < 1000; i += 7) expect(await at(b, path, versions[i]?.id ?? '')).toBe(versions[i]?.content);
    expect([reads.rows('journal'), reads.rows('hist'), reads.rows('revs')]).toEqual([0, 0, 143]);
    await b.stop();
  }, 60_000);

  test('[F13] what came after is continued from there, not made again', async () => {
    const k = await bootMemory();
    const versions = await edited(k, 150);
    await expectAll(k, versions);
    const reads = watch();
    for (let i = 0; i < 60; i++) {
      const content = `${String(versions.at(-1)?.content)}${i}\n`;
      versions.push({ id: await write(k, { op: 'append', path, content: `${i}\n` }), content });
      if (i % 10 !== 9) continue;
      reads.reset();
      expect(await at(k, path, versions.at(-1)?.id ?? '')).toBe(content);
      expect(reads.rows('journal')).toBeLessThanOrEqual(10);
    }
    reads.reset();
    await expectAll(k, versions);
    expect(reads.rows('journal')).toBe(0);
    await k.stop();
  });

  test('[F13] many that ask at once get the same pages, each its own text', async () => {
    const k = await bootMemory();
    const versions = await edited(k, 100);
    const reads = watch();
    const texts = await Promise.all(versions.map(({ id }) => at(k, path, id)));
    expect(texts).toEqual(versions.map(({ content }) => content));
    expect(reads.rows('journal')).toBe(100);
    await k.stop();
  });

  test('[F13] a text that is very long is not kept in revs, and reads back', async () => {
    const k = await bootMemory();
    const versions = await edited(k, 5);
    for (const length of [MAX_KEPT_BYTES - 10, MAX_KEPT_BYTES + 10, 20]) {
      const base = versions.at(-1)?.id ?? '';
      const content = `${length}`.repeat(length).slice(0, length);
      versions.push({ id: await write(k, { op: 'put', path, content, base }), content });
    }
    for (let round = 0; round < 2; round++) await expectAll(k, versions);
    const page = (await withDatabase(k.disk, (db) => db.revs.get([nodeId(k), 0]))) as { steps: unknown[] };
    expect(page.steps.map((step) => step === null)).toEqual([...Array<boolean>(6).fill(false), true, false]);
    await k.stop();
  });
});

describe('[F13] whatever is wrong with revs,', () => {
  type Row = { v: number; steps?: unknown[]; count?: number; state?: Uint8Array };
  const damage = (disk: Disk, body: (key: number, row: Row) => Row | undefined): Promise<void> =>
    withDatabase(disk, async (db) => {
      const keys = (await db.revs.toCollection().primaryKeys()) as [string, number][];
      for (const key of keys) {
        const row = body(key[1], (await db.revs.get(key)) as Row);
        if (row) await db.revs.put(row, key);
        else await db.revs.delete(key);
      }
    });
  const TEXT = (row: Row): Row => ({ ...row, ...(row.steps ? { steps: row.steps.map(() => 'another text') } : {}) });
  const faults: Record<string, (key: number, row: Row) => Row | undefined> = {
    'everything is gone': () => undefined,
    'a page is gone': (key, row) => (key === 1 ? undefined : row),
    'the tail is gone': (key, row) => (key === -1 ? undefined : row),
    'the texts are others': (_, row) => TEXT(row),
    'the last page is cut': (key, row) => (key === 2 ? { ...row, steps: row.steps?.slice(0, 3) ?? [] } : row),
    'the last page is too long': (key, row) => (key === 2 ? { ...row, steps: [...(row.steps ?? []), 'x'] } : row),
    'operations are nonsense': (_, row) => ({
      ...row,
      steps: row.steps?.map((_s, i) => (i ? ['a', {}, 3] : 'x')) ?? [],
    }),
    'steps are not steps': (_, row) => ({ ...row, steps: [7, true, {}, undefined] }),
    'rows are not rows': (key) => (key === 0 ? { v: 1 } : { v: 1, steps: [], count: NaN }),
    'it says that nothing is kept': (_, row) => ({ ...row, steps: row.steps?.map(() => null) ?? [] }),
    'the tail says less': (key, row) => (key === -1 ? { ...row, count: 90 } : row),
    'the tail says more': (key, row) => (key === -1 ? { ...row, count: 9000 } : row),
    'the document is nonsense': (key, row) => (key === -1 ? { ...row, state: Uint8Array.of(9, 9, 9) } : row),
    'the document is empty': (key, row) => (key === -1 ? { ...row, state: Uint8Array.of(0, 0) } : row),
    'it is of another version': (_, row) => ({ ...TEXT(row), v: 99 }),
  };

  test.each(Object.keys(faults))('[F13] when %s, every revision is what it was, and what is new too', async (what) => {
    const k = await bootMemory();
    const versions = await edited(k, 150, 400);
    await expectAll(k, versions);
    const broken = faults[what];
    if (broken) await damage(k.disk, broken);
    const last = versions.at(-1)?.content as string;
    versions.push({ id: await write(k, { op: 'append', path, content: 'new' }), content: `${last}new` });
    await expectAll(k, versions.toReversed());
    await expectAll(k, versions);
    if (what !== 'it says that nothing is kept') {
      // And it was made again: nothing is asked of the journal any more.
      const reads = watch();
      await expectAll(k, versions);
      expect(reads.rows('journal')).toBe(0);
    }
    await k.stop();
  });

  test('[F13] a text that is not what its revision recorded is EBADMSG, never shown', async () => {
    const disk = createDisk();
    const k = await bootMemory({ disk });
    const versions = await edited(k, 5);
    await k.stop();
    const page: [string, number] = [nodeId(k), 0];
    await withDatabase(disk, async (db) => {
      const rows = decodePage(page[0], await db.hist.get(page));
      await db.hist.put(encodePage(rows.with(2, { ...(rows[2] as HistRow), hash: '0'.repeat(64) })), page);
    });
    const b = await bootMemory({ disk });
    for (const [i, { id, content }] of versions.entries())
      expect(await at(b, path, id)).toEqual(i === 2 ? expect.stringMatching(/^EBADMSG/) : content);
    await b.stop();
  });

  test('[S4] [F13] it is dropped with the other projections', async () => {
    const disk = createDisk();
    const k = await bootMemory({ disk });
    const versions = await edited(k, 70);
    await expectAll(k, versions);
    await k.stop();
    await withDatabase(disk, async (db) => {
      expect(await db.revs.count()).toBe(3);
      const mark = (await db.sys.get('proj:fs'))?.v as object;
      await db.sys.put({ k: 'proj:fs', v: { ...mark, version: -1 } });
    });
    const b = await bootMemory({ disk });
    expect(await withDatabase(disk, (db) => db.revs.count())).toBe(0);
    await expectAll(b, versions);
    await b.stop();
  });
});

test('[F13] [F5] a long history of any texts and bytes, with moves, attributes and restarts: every revision, twice', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '😀', 'é', '\ufffd'), maxLength: 30 });
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ t: fc.constant('put' as const), content: text }) },
    { weight: 1, arbitrary: fc.record({ t: fc.constant('put' as const), content: fc.constant(Uint8Array.of(0, 1)) }) },
    { weight: 6, arbitrary: fc.record({ t: fc.constant('append' as const), content: text }) },
    { weight: 1, arbitrary: fc.record({ t: fc.constantFrom('move', 'attr', 'gone', 'look', 'crash', 'flush') }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 200 }), async (steps) => {
      const disk = createDisk();
      let k = await bootMemory({ disk });
      let here = path;
      const versions: Version[] = [{ id: await write(k, { op: 'put', path, content: '' }), content: '' }];
      const same = async (): Promise<void> => {
        for (const { id, content } of versions) {
          expect([id, await at(k, here, id)]).toEqual([id, content]);
          expect([id, await at(k, path, id)]).toEqual([id, content]);
        }
      };
      const note = (id: string, content: string | Uint8Array): void => {
        if (id !== '') versions.push({ id, content });
      };
      for (const [i, one] of steps.entries()) {
        const held = versions.at(-1)?.content ?? '';
        const base = k.kernel.fs.stat(here)?.revision ?? '';
        if (one.t === 'put') note(await write(k, { op: 'put', path: here, content: one.content, base }), one.content);
        else if (one.t === 'append' && typeof held === 'string')
          note(await write(k, { op: 'append', path: here, content: one.content }), held + one.content);
        else if (one.t === 'attr') {
          const attrs = { n: `${i}` };
          note(await write(k, { op: 'put', path: here, content: held, base, attrs }), held);
        } else if (one.t === 'move') {
          const to = `/workspace/d${i}/x.md`;
          note(await write(k, { op: 'move', from: here, to }), held);
          here = to;
        } else if (one.t === 'look') await same();
        else if (one.t === 'flush') await k.kernel.fs.flush();
        else if (one.t === 'crash' || one.t === 'gone') {
          k.crash();
          if (one.t === 'gone') await withDatabase(disk, (db) => db.revs.clear());
          k = await bootMemory({ disk });
        }
      }
      await same();
      await same();
      k.crash();
    }),
    { numRuns: 12 },
  );
}, 60_000);

describe('[F16] the newest revisions of a file', () => {
  test('[F16] are listed from the pages they lie in; a later page costs that page', async () => {
    const disk = createDisk();
    const k = await bootMemory({ disk });
    const versions = await edited(k, 400, 400);
    await k.stop();
    const b = await bootMemory({ disk });
    const reads = watch();
    const ids: string[] = [];
    const costs: number[] = [];
    for (let cursor: string | undefined; ;) {
      reads.reset();
      const page = await b.kernel.fs.history(path, { limit: 50, ...(cursor ? { cursor } : {}) });
      if (!page.ok) throw new Error(page.error.message);
      ids.push(...page.value.entries.map((entry) => entry.id));
      costs.push(reads.rows('hist'));
      cursor = page.value.cursor;
      if (cursor === undefined) break;
    }
    expect(ids).toEqual(versions.map(({ id }) => id).reverse());
    // 400 revisions are six full pages of 64 and one of 16: each is read once, when the listing comes to it.
    expect(costs[0]).toBeLessThanOrEqual(2);
    expect(Math.max(...costs)).toBeLessThanOrEqual(2);
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(7);
    await b.stop();
  });

  test('[F16] a page that grew since it was read is read again, not taken for damage', async () => {
    const k = await bootMemory();
    const versions = await edited(k, 20, 400);
    const reads = watch();
    for (let i = 0; i < 10; i++) {
      await k.kernel.fs.flush();
      const listed = await k.kernel.fs.history(path);
      expect(listed.ok && listed.value.entries.length).toBe(versions.length);
      const content = `${String(versions.at(-1)?.content)}${i}`;
      versions.push({ id: await write(k, { op: 'append', path, content: `${i}` }), content });
    }
    // Damage would have been repaired by reading the whole journal.
    expect(reads.rows('journal')).toBe(0);
    await k.stop();
  });

  test('[F16] [F5] also where several files had the path: in order of time, none twice', async () => {
    const k = await bootMemory();
    const ids: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 70; i++) {
        k.clock.set(k.clock.now() + 1000);
        ids.push(await write(k, { op: 'append', path, content: `${i}\n` }));
      }
      k.clock.set(k.clock.now() + 1000);
      ids.push(await write(k, { op: 'remove', path }));
      await k.kernel.fs.flush();
    }
    const listed: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await k.kernel.fs.history(path, { limit: 9, ...(cursor ? { cursor } : {}) });
      if (!page.ok) throw new Error(page.error.message);
      listed.push(...page.value.entries.map((entry) => entry.id));
      cursor = page.value.cursor;
      if (cursor === undefined) break;
    }
    expect(listed).toEqual(ids.toReversed());
    await k.stop();
  });
});

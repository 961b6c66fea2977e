import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { journalRows, watchCommits, withDatabase } from '../boot/faults.ts';
import { equalBytes, hash, toHex } from '../protocol/bytes.ts';
import { ZERO_HASH, type Entry, type SealedEntry } from '../protocol/entry.ts';
import type { JournalRow } from '../store/schema.ts';
import { nextStamp, type Stamp } from './clock.ts';
import { loadDevices } from './devices.ts';
import { packSegments, SEGMENT_BYTES, unpackSegment } from './segments.ts';

const put = (k: Memory, name: string, content: string | Uint8Array = name) =>
  k.as('operator').write([{ op: 'put', path: `/workspace/${name}`, content }], { message: name });
const entriesOf = async (disk: Disk): Promise<SealedEntry[]> =>
  (await journalRows(disk)).flatMap((row) => unpackSegment(row.b));
const verify = async (k: Memory) => k.journal.verify(1);

test('[J4] time never goes back, whatever the wall clock does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -1e12, max: 2e12 })), { minLength: 1 }),
      (walls) => {
        let last: Stamp = { at: 0, tick: 0 };
        for (const wall of walls) {
          const next = nextStamp(last, wall);
          expect(next.at > last.at || (next.at === last.at && next.tick > last.tick)).toBe(true);
          expect(next.at).toBeGreaterThanOrEqual(Math.floor(wall));
          last = next;
        }
      },
    ),
  );
  expect(nextStamp({ at: 5, tick: 0xffff }, 5)).toEqual({ at: 6, tick: 0 });
});

test('[J4] entries stay in order when the clock is set back, also over a restart', async () => {
  const disk = createDisk();
  const clock = createClock();
  const a = await bootMemory({ disk, clock });
  await put(a, 'one');
  clock.set(clock.now() - 86_400_000);
  await put(a, 'two');
  a.crash();
  const b = await bootMemory({ disk, clock });
  await put(b, 'three');
  const stamps = (await entriesOf(disk)).map(({ entry }) => [entry.at, entry.tick] as const);
  for (const [i, [at, tick]] of stamps.entries()) {
    const [before, ticked] = stamps[i - 1] ?? [0, 0];
    expect(at > before || (at === before && tick > ticked)).toBe(true);
  }
  await b.stop();
});

test('[J3] [J9] entries are numbered from 1, each points to the one before, of a device named by its key', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  await Promise.all(Array.from({ length: 20 }, (_, i) => put(k, `f${i}`)));
  const entries = await entriesOf(disk);
  let prev: Uint8Array = ZERO_HASH;
  for (const [index, sealed] of entries.entries()) {
    expect(sealed.entry.seq).toBe(index + 1);
    expect(equalBytes(sealed.entry.prev, prev)).toBe(true);
    prev = sealed.hash;
  }
  expect(await verify(k)).toEqual({ entries: entries.length });
  const self = await withDatabase(
    disk,
    async (db) => (await db.sys.get('device'))?.v as { id: string; publicKey: Uint8Array },
  );
  expect(self.id).toBe(toHex(hash(self.publicKey).slice(0, 16)));
  expect(new Set(entries.map(({ entry }) => entry.device))).toEqual(new Set([self.id]));
  await k.stop();
});

test('[J9] two first boots at once agree on one device', async () => {
  const disk = createDisk();
  await withDatabase(disk, async (db) => {
    await db.sys.put({ k: 'epoch', v: 1 });
    const [a, b] = await Promise.all([loadDevices(db, 1), loadDevices(db, 1)]);
    expect(a.self.id).toBe(b.self.id);
    expect((await loadDevices(db, 1)).self).toEqual(a.self);
  });
});

/** A journal of several rows, with the entries of the middle rows known. */
const damaged = async (
  damage: (rows: JournalRow[]) => JournalRow[],
): Promise<{ check: Awaited<ReturnType<typeof verify>>; before: SealedEntry[] }> => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  for (let i = 0; i < 4; i++) await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => put(k, `${name}${i}`)));
  const before = await entriesOf(disk);
  await withDatabase(disk, async (db) => {
    const rows = damage(await db.journal.toArray());
    await db.journal.clear();
    await db.journal.bulkPut(rows);
  });
  const check = await verify(k);
  k.crash();
  return { check, before };
};

test('[J3] a changed payload is the first unsound entry, by number, wherever it lies in its row', async () => {
  let seq = 0;
  const { check } = await damaged((rows) => {
    const row = rows.findLast((one) => one.c > 2 && one.s > 10);
    const third = row && unpackSegment(row.b)[2];
    if (!row || !third) throw new Error('no row of three');
    seq = third.entry.seq;
    const last = Buffer.from(row.b).indexOf(third.bytes) + third.bytes.length - 1;
    row.b[last] = (row.b[last] ?? 0) ^ 1;
    return rows;
  });
  expect(check).toMatchObject({ entries: seq - 1, fault: { seq } });
});

test('[J3] any flipped byte in front of the last entry is found', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  for (let i = 0; i < 3; i++) await Promise.all([put(k, `a${i}`), put(k, `b${i}`)]);
  const rows = await journalRows(disk);
  const last = rows.at(-1);
  if (!last) throw new Error('no rows');
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, where, flip) => {
      const row = rows[which % rows.length] ?? last;
      const limit = row === last ? row.b.length - (unpackSegment(row.b).at(-1)?.bytes.length ?? 0) : row.b.length;
      const b = row.b.slice();
      const at = where % limit;
      b[at] = (b[at] ?? 0) ^ flip;
      await withDatabase(disk, (db) => db.journal.put({ ...row, b }));
      const check = await verify(k);
      await withDatabase(disk, (db) => db.journal.put(row));
      expect(check.fault).toBeDefined();
      expect(check.fault?.seq).toBeGreaterThanOrEqual(row.s);
      expect(check.fault?.seq).toBeLessThanOrEqual(row.s + row.c);
    }),
    { numRuns: 60 },
  );
  expect((await verify(k)).fault).toBeUndefined();
  k.crash();
});

test('[J3] a missing row, a repeated one and a swapped one are found', async () => {
  let gone = 0;
  const missing = await damaged((rows) => {
    gone = rows[1]?.s ?? 0;
    return rows.filter((_, i) => i !== 1);
  });
  expect(missing.check.fault).toMatchObject({ seq: gone, message: expect.stringContaining('missing') });
  const swapped = await damaged((rows) =>
    rows.map((row, i) => (i === 1 || i === 2 ? { ...row, b: rows[3 - i]?.b ?? row.b } : row)),
  );
  expect(swapped.check.fault).toBeDefined();
  const repeated = await damaged((rows) => [
    ...rows,
    { ...(rows.at(-1) as JournalRow), s: (rows.at(-1) as JournalRow).s + 100 },
  ]);
  expect(repeated.check.fault?.seq).toBe(repeated.before.length + 1);
});

const sized = (seq: number, size: number): SealedEntry => ({
  entry: { seq } as Entry,
  bytes: new Uint8Array(size),
  hash: ZERO_HASH,
});

test('[J5] segments hold at most 64 KB, or one entry alone; nothing is lost or reordered', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 200_000 })), { maxLength: 80 }),
      (sizes) => {
        const segments = packSegments(sizes.map((size, i) => sized(i + 1, size)));
        let next = 1;
        for (const segment of segments) {
          expect(segment.first).toBe(next);
          next += segment.count;
          expect(segment.bytes.length <= SEGMENT_BYTES || segment.count === 1).toBe(true);
          expect(segment.bytes.slice(0, 2)).toEqual(Uint8Array.of(1, 0));
        }
        expect(next).toBe(sizes.length + 1);
        // As few as in-order packing allows: no two neighbours would fit into one (an entry's length takes up to 3 bytes).
        for (const [i, segment] of segments.entries()) {
          const after = sizes[(segments[i + 1]?.first ?? 0) - 1];
          if (after !== undefined) expect(segment.bytes.length + after + 3).toBeGreaterThan(SEGMENT_BYTES);
        }
      },
    ),
  );
});

test('[J5] a row is { d, s, c, b }; a huge entry has a row to itself', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  await put(k, 'small');
  await put(k, 'huge', 'x'.repeat(300_000));
  await k.as('operator').write(
    [
      { op: 'put', path: '/workspace/1', content: '1' },
      { op: 'put', path: '/workspace/2', content: '2'.repeat(100_000) },
      { op: 'put', path: '/workspace/3', content: '3' },
    ],
    { message: 'mixed' },
  );
  let next = 1;
  for (const row of await journalRows(disk)) {
    const entries = unpackSegment(row.b);
    expect(Object.keys(row).sort()).toEqual(['b', 'c', 'd', 's']);
    expect(row).toMatchObject({ d: 1, s: next, c: entries.length });
    expect(row.b.length <= SEGMENT_BYTES || row.c === 1).toBe(true);
    next += row.c;
  }
  await k.stop();
});

test('[J6] an answered write is on disk, its change set in one transaction', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  const commits = watchCommits();
  onTestFinished(commits.undo);
  const changes = Array.from({ length: 30 }, (_, i) => ({
    op: 'put' as const,
    path: `/workspace/${i}`,
    content: 'x'.repeat(9000),
  }));
  const done = await k.as('operator').write(changes, { message: 'set' });
  expect(commits.seen().transactions).toBe(1);
  const rows = await journalRows(disk);
  expect(rows.length).toBeGreaterThan(4);
  const set = rows.flatMap((row) => unpackSegment(row.b)).filter(({ entry }) => entry.message === 'set');
  expect(set.map(({ entry }) => entry.more)).toEqual([...Array(29).fill(true), false]);
  expect(done.ok && done.value.revisions).toHaveLength(30);
  k.crash();
  const b = await bootMemory({ disk });
  expect(await b.as('operator').read('/workspace/29')).toMatchObject({
    ok: true,
    value: { content: 'x'.repeat(9000) },
  });
  await b.stop();
});

test('[J8] concurrent writers share transactions, one in flight, their entries in order', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  const rowsBefore = (await journalRows(disk)).length;
  const commits = watchCommits();
  onTestFinished(commits.undo);
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => put(k, `f${String(i).padStart(3, '0')}`)));
  expect(answers.every((answer) => answer.ok)).toBe(true);
  const seen = commits.seen();
  expect(seen.atOnce).toBe(1);
  expect(seen.transactions).toBeLessThan(20);
  expect((await journalRows(disk)).length - rowsBefore).toBeLessThan(20);
  const seqs = answers.map((answer) => (answer.ok ? Number(answer.value.revisions[0]?.split('.')[1]) : 0));
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  expect((await entriesOf(disk)).slice(-100).map(({ entry }) => entry.message)).toEqual(
    Array.from({ length: 100 }, (_, i) => `f${String(i).padStart(3, '0')}`),
  );
  expect((await verify(k)).fault).toBeUndefined();
  await k.stop();
});

test('[J8] a reader does not starve beside steady writers', async () => {
  const k = await bootMemory();
  let writing = true;
  let written = 0;
  const writers = Array.from({ length: 4 }, async (_, w) => {
    for (let i = 0; writing && i < 400; i++) {
      await put(k, `w${w}-${i}`);
      written++;
    }
  });
  expect((await k.as('operator').list('/workspace')).ok).toBe(true);
  expect((await k.as('operator').read('/workspace/AGENTS.md')).ok).toBe(true);
  expect(written).toBeLessThan(400);
  writing = false;
  await Promise.all(writers);
  await k.stop();
});

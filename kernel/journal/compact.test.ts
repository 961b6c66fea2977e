import fc from 'fast-check';
import { deflateSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { journalRows, refuseCommits, refuseRequest, withDatabase } from '../boot/faults.ts';
import { bootMemory, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { concatBytes, toHex } from '../protocol/bytes.ts';
import { isFenced } from '../store/transact.ts';
import { compactStep } from './compact.ts';
import { bodyLength, deflatedSegment, inflated } from './deflated.ts';
import { bodyOf, isDeflated, rawSegment, SEGMENT_BYTES, unpackSegment } from './segments.ts';

const words = (seed: number, length: number): string =>
  Array.from({ length: Math.ceil(length / 8) }, (_, i) => ((seed + 1) * (i + 7) * 2654435761).toString(36).slice(-7))
    .join(' ')
    .slice(0, length);
const put = (k: Memory, name: string, content: string | Uint8Array) =>
  k.as('operator').write([{ op: 'put', path: `/workspace/${name}`, content }], { message: name });
const append = async (k: Memory, name: string, content: string): Promise<string> => {
  const done = await k.as('operator').write([{ op: 'append', path: `/workspace/${name}`, content }], { message: name });
  if (!done.ok) throw new Error(done.error.message);
  return done.value.revisions[0] ?? '';
};
const age = (k: Memory): void => k.clock.set(k.clock.now() + 60_000);
const step = (k: Memory, more: { busy?: () => boolean; epoch?: number } = {}) =>
  withDatabase(k.disk, (db) =>
    compactStep({ db, epoch: k.epoch, device: 1, now: k.clock.now, busy: () => false, ...more }),
  );
/** Everything the journal says, entry for entry. */
const told = async (disk: Disk): Promise<string[]> => {
  const segments = await Promise.all((await journalRows(disk)).map((row) => inflated(row.b)));
  return segments.flatMap((segment) =>
    unpackSegment(segment).map((one) => `${one.entry.seq} ${toHex(one.hash)} ${toHex(one.bytes)}`),
  );
};
const small = async (rows: number, disk = createDisk()): Promise<Memory> => {
  const k = await bootMemory({ disk });
  for (let i = 0; i < rows; i++) await put(k, `f${i}.md`, words(i, 200));
  age(k);
  return k;
};

test('[J10] small rows become few deflated ones; entries, hashes, revisions and what was said at any time stay', async () => {
  const k = await small(60);
  const revisions: string[] = [];
  for (let i = 0; i < 60; i++) revisions.push(await append(k, 'f0.md', `${words(i, 3000)}\n`));
  age(k);
  const before = { told: await told(k.disk), rows: await journalRows(k.disk) };
  const history = await k.as('operator').list('/workspace/f0.md', { history: true });
  while (await step(k));
  const after = await journalRows(k.disk);
  expect(after.length).toBeLessThan(before.rows.length / 5);
  expect(after.slice(-2)).toEqual(before.rows.slice(-2));
  expect(after.filter((row) => isDeflated(row.b)).length).toBeGreaterThan(1);
  for (const row of after) expect(bodyLength(row.b) + 2).toBeLessThanOrEqual(SEGMENT_BYTES);
  expect(await told(k.disk)).toEqual(before.told);
  expect(await k.journal.verify(1)).toEqual({ entries: before.told.length });
  k.crash();
  const b = await bootMemory({ disk: k.disk, clock: k.clock });
  expect(await b.as('operator').list('/workspace/f0.md', { history: true })).toEqual(history);
  for (const [i, at] of revisions.entries()) {
    const read = await b.as('operator').read('/workspace/f0.md', { at });
    expect(read.ok && typeof read.value.content === 'string' && read.value.content.split('\n').length).toBe(i + 2);
  }
  expect((await b.journal.entries([...revisions].reverse())).map(({ entry }) => entry.seq)).toEqual(
    [...revisions].reverse().map((one) => Number(one.split('.')[1])),
  );
  await b.stop();
});

test('[J10] the newest two rows and those of the last 30 s are left alone, and little is not worth it', async () => {
  const young = await small(40);
  young.clock.set(young.clock.now() - 40_000);
  expect(await step(young)).toBe(false);
  await young.stop();
  const few = await small(10);
  expect(await step(few)).toBe(false);
  expect((await journalRows(few.disk)).every((row) => !isDeflated(row.b))).toBe(true);
  await few.stop();
  const old = await small(40);
  const rows = await journalRows(old.disk);
  while (await step(old));
  const after = await journalRows(old.disk);
  expect(after).toHaveLength(3);
  expect(after.slice(-2)).toEqual(rows.slice(-2));
  await old.stop();
});

test('[J10] a step waits for commits that are queued, and is refused to a kernel that was succeeded', async () => {
  const k = await small(40);
  const rows = await journalRows(k.disk);
  expect(await step(k, { busy: () => true })).toBe(true);
  expect(await journalRows(k.disk)).toEqual(rows);
  const fenced = await step(k, { epoch: k.epoch - 1 }).catch((cause: unknown) => cause);
  expect(isFenced(fenced)).toBe(true);
  expect(await journalRows(k.disk)).toEqual(rows);
  await k.stop();
});

test.each(['count', 'put', 'delete', 'commit'] as const)(
  '[J10] [J6] a step that dies at its %s leaves every row as it was',
  async (where) => {
    const k = await small(40);
    const rows = await journalRows(k.disk);
    const fault = where === 'commit' ? refuseCommits(1, 'commit') : refuseRequest(where);
    onTestFinished(fault.undo);
    await expect(step(k)).rejects.toBeInstanceOf(Error);
    expect(await journalRows(k.disk)).toEqual(rows);
    fault.undo();
    k.crash();
    const b = await bootMemory({ disk: k.disk, clock: k.clock });
    const before = await told(b.disk);
    while (await step(b));
    expect((await journalRows(b.disk)).length).toBeLessThan(10);
    expect(await told(b.disk)).toEqual(before);
    await b.stop();
  },
);

const replaceDeflate = (deflate: (bytes: Uint8Array) => Uint8Array): void => {
  const real = globalThis.CompressionStream;
  onTestFinished(() => void (globalThis.CompressionStream = real));
  globalThis.CompressionStream = class extends TransformStream<Uint8Array, Uint8Array> {
    constructor() {
      const parts: Uint8Array[] = [];
      super({
        transform: (part) => void parts.push(part),
        flush: (out) => out.enqueue(deflate(concatBytes(parts))),
      });
    }
  } as unknown as typeof CompressionStream;
};

test.each([
  ['is cut', (bytes: Uint8Array) => deflateSync(bytes).slice(0, 40)],
  // In a header, where no payload's hash would tell.
  [
    'says another name',
    (bytes: Uint8Array) =>
      deflateSync(Buffer.from(Buffer.from(bytes).toString('latin1').replace('f7.md', 'f8.md'), 'latin1')),
  ],
])('[J10] a merged row that %s is never stored', async (_what, deflate) => {
  const k = await small(40);
  const rows = await journalRows(k.disk);
  replaceDeflate(deflate);
  await expect(step(k)).rejects.toBeInstanceOf(Error);
  expect(await journalRows(k.disk)).toEqual(rows);
  await k.stop();
});

test.each(['payload', 'place'] as const)(
  '[J10] rows with a wrong %s are not merged but kept as they are',
  async (what) => {
    const k = await small(40);
    const rows = await journalRows(k.disk);
    const [row, next] = rows.slice(5);
    if (!row || !next) throw new Error('no row');
    if (what === 'place') row.b = next.b;
    else row.b[row.b.length - 1] = (row.b.at(-1) ?? 0) ^ 1;
    await withDatabase(k.disk, (db) => db.journal.put(row));
    await expect(step(k)).rejects.toMatchObject({ error: { code: 'EBADMSG' } });
    expect(await journalRows(k.disk)).toEqual(rows);
    k.crash();
  },
);

test('[J5] a deflated segment that is longer or shorter than it says is damage', async () => {
  const k = await small(2);
  const bodies = (await journalRows(k.disk)).map((row) => bodyOf(row.b));
  const both = concatBytes(bodies);
  const one = bodies[0] ?? both;
  expect(unpackSegment(await inflated(deflatedSegment(both, deflateSync(both))))).toHaveLength(
    unpackSegment(rawSegment(both)).length,
  );
  for (const [said, meant] of [
    [one, both],
    [both, one],
    [new Uint8Array(1 << 24), one],
  ] as const)
    await expect(inflated(deflatedSegment(said, deflateSync(meant)))).rejects.toThrow('EBADMSG');
  await k.stop();
});

test('[J10] without CompressionStream rows are deflated all the same, and read alike', async () => {
  const k = await small(40);
  const before = await told(k.disk);
  const real = globalThis.CompressionStream;
  onTestFinished(() => void (globalThis.CompressionStream = real));
  Reflect.deleteProperty(globalThis, 'CompressionStream');
  expect(await step(k)).toBe(true);
  globalThis.CompressionStream = real;
  expect((await journalRows(k.disk)).some((row) => isDeflated(row.b))).toBe(true);
  expect(await told(k.disk)).toEqual(before);
  await k.stop();
});

test('[J10] [J3] reading on while rows are merged behind it misses nothing and sees nothing twice', async () => {
  const k = await small(100);
  const entries = k.journal.entryCount();
  expect(await k.journal.verify(1, async () => void (await step(k)))).toEqual({ entries });
  expect((await journalRows(k.disk)).length).toBeLessThan(20);
  const seen: number[] = [];
  await k.journal.scan(1, 7, (some) => seen.push(...some.map(({ entry }) => entry.seq)));
  expect(seen).toEqual(Array.from({ length: entries - 7 }, (_, i) => i + 8));
  await k.stop();
});

test('[J3] [J5] a changed byte of a deflated row is found, or changes nothing', async () => {
  const k = await small(60);
  while (await step(k));
  const before = await told(k.disk);
  const row = (await journalRows(k.disk)).find((one) => isDeflated(one.b));
  if (!row) throw new Error('nothing was deflated');
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (where, flip) => {
      const b = row.b.slice();
      b[where % b.length] = (b[where % b.length] ?? 0) ^ flip;
      await withDatabase(k.disk, (db) => db.journal.put({ ...row, b }));
      const { fault } = await k.journal.verify(1);
      if (!fault) expect(await told(k.disk)).toEqual(before);
    }),
    { numRuns: 80 },
  );
  await withDatabase(k.disk, (db) => db.journal.put(row));
  await k.stop();
});

test('[J10] when nobody writes it happens by itself, a step at a time; a commit meanwhile goes first', async () => {
  const k = await small(150);
  const before = await told(k.disk);
  // Compression runs beside the event loop: the clock may have to be asked more than once.
  for (let i = 0; i < 500 && (await journalRows(k.disk)).length >= 20; i++) {
    await k.clock.advance(i === 0 ? 50_000 : 1_000);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect((await journalRows(k.disk)).length).toBeLessThan(20);
  expect((await told(k.disk)).slice(0, before.length)).toEqual(before);
  const busy = Promise.all(Array.from({ length: 40 }, (_, i) => put(k, `later${i}`, 'x')));
  await k.clock.advance(10);
  expect((await busy).every((answer) => answer.ok)).toBe(true);
  await k.stop();
});

type Act = { act: 'write'; file: number; size: number } | { act: 'step' | 'crash' | 'fault' | 'age' };
const acts = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        act: fc.constant('write' as const),
        file: fc.nat(4),
        size: fc.oneof(fc.nat(300), fc.nat(30_000)),
      }),
    },
    { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('step' as const, 'fault' as const, 'age' as const) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('crash' as const) }) },
  ),
  { minLength: 60, maxLength: 120 },
);

test(
  '[J10] [F5] random histories with steps, failed steps and crashes among them read back identically',
  { timeout: 60_000 },
  async () => {
    let compacted = 0;
    await fc.assert(
      fc.asyncProperty(acts, async (list: Act[]) => {
        let k = await bootMemory();
        const texts = ['', '', '', '', ''];
        const made: { path: string; at: string; text: string }[] = [];
        for (const [i, one] of list.entries()) {
          if (one.act === 'write') {
            const text = words(i, one.size + 1);
            const at = await append(k, `${one.file}.md`, text);
            texts[one.file] += text;
            made.push({ path: `/workspace/${one.file}.md`, at, text: texts[one.file] ?? '' });
          } else if (one.act === 'age') age(k);
          else if (one.act === 'crash') {
            k.crash();
            k = await bootMemory({ disk: k.disk, clock: k.clock });
          } else {
            const before = await told(k.disk);
            const fault = one.act === 'fault' ? refuseRequest(i % 2 ? 'put' : 'delete') : undefined;
            if (await step(k).catch(() => false)) compacted++;
            fault?.undo();
            expect(await told(k.disk)).toEqual(before);
          }
        }
        const before = await told(k.disk);
        age(k);
        while (await step(k)) compacted++;
        expect(await told(k.disk)).toEqual(before);
        expect(await k.journal.verify(1)).toEqual({ entries: before.length });
        k.crash();
        k = await bootMemory({ disk: k.disk, clock: k.clock });
        for (const { path, at, text } of made) {
          const read = await k.as('operator').read(path, { at });
          expect(read.ok && read.value.content === text).toBe(true);
        }
        await k.stop();
      }),
      { numRuns: 12 },
    );
    expect(compacted).toBeGreaterThan(5);
  },
);

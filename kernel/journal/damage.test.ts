import { expect, test } from 'vitest';
import { journalRows, withDatabase } from '../boot/faults.ts';
import { bootMemory, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import type { JournalRow } from '../store/schema.ts';

const write = (k: Memory, name: string) =>
  k.as('operator').write([{ op: 'put', path: `/workspace/${name}`, content: name }], { message: name });
const kernelOf = async (k: Memory): Promise<Record<string, unknown>> => {
  const read = await k.as('operator').read('/proc/kernel');
  return read.ok ? (JSON.parse(String(read.value.content)) as Record<string, unknown>) : {};
};
/** A sound workspace of a few files, each in a row of its own, closed. */
const made = async (flushed: boolean): Promise<{ disk: Disk; rows: JournalRow[] }> => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  for (let i = 0; i < 8; i++) await write(k, `f${i}`);
  if (flushed) await k.kernel.fs.flush();
  k.crash();
  return { disk, rows: await journalRows(disk) };
};
const damage = async (disk: Disk, row: JournalRow | undefined): Promise<void> => {
  if (!row) throw new Error('no such row');
  const b = row.b.slice();
  b[b.length - 1] = (b.at(-1) ?? 0) ^ 1;
  await withDatabase(disk, (db) => db.journal.put({ ...row, b }));
};
const expectRefused = async (k: Memory, seq: number): Promise<void> => {
  const op = k.as('operator');
  const before = await journalRows(k.disk);
  const chunks = await withDatabase(k.disk, (db) => db.chunks.count());
  const refusal = {
    ok: false,
    error: { code: 'EBADMSG', message: expect.stringMatching(new RegExp(`entry ${seq} .*nothing was written.*copy`)) },
  };
  for (const change of [
    { op: 'put' as const, path: '/workspace/new', content: 'x' },
    { op: 'put' as const, path: '/workspace/blob', content: Uint8Array.of(0, 1) },
    { op: 'append' as const, path: '/workspace/f0', content: 'x' },
    { op: 'remove' as const, path: '/workspace/f0' },
    { op: 'move' as const, from: '/workspace/f0', to: '/workspace/g0' },
  ])
    expect(await op.write([change], { message: 'm' })).toMatchObject(refusal);
  expect(
    await op.propose({ changes: [{ op: 'mkdir', path: '/workspace/d' }], rationale: 'r', reversibility: 'reversible' }),
  ).toMatchObject(refusal);
  expect(() => k.journal.batch()).toThrow('EBADMSG');
  expect(await journalRows(k.disk)).toEqual(before);
  expect(await withDatabase(k.disk, (db) => db.chunks.count())).toBe(chunks);
  expect(await kernelOf(k)).toMatchObject({ readonly: { seq, message: expect.stringContaining(`entry ${seq}`) } });
};

test('[J11] verify says how many entries are sound; only the operator may ask', async () => {
  const { disk } = await made(false);
  const k = await bootMemory({ disk });
  expect(await k.as('operator').call('verify', {})).toEqual({ ok: true, value: { entries: k.journal.entryCount() } });
  for (const actor of ['agent:a', 'program:p', 'daemon:d'] as const)
    expect(await k.as(actor).call('verify', {})).toMatchObject({ ok: false, error: { code: 'EACCES' } });
  expect(await kernelOf(k)).not.toHaveProperty('readonly');
  await k.stop();
});

test('[J11] [J12] damage in the middle is found by verify, closes writing at once, and is remembered over a restart', async () => {
  const { disk, rows } = await made(true);
  const row = rows.at(-4);
  const seq = row?.s ?? 0;
  let k = await bootMemory({ disk });
  await damage(disk, row);
  expect((await write(k, 'still')).ok).toBe(true);
  expect(await k.as('operator').call('verify', {})).toMatchObject({
    ok: true,
    value: { entries: seq - 1, fault: { seq, message: expect.stringContaining('payload') } },
  });
  await expectRefused(k, seq);
  await k.stop();
  k = await bootMemory({ disk });
  await expectRefused(k, seq);
  // What is sound reads, before the damage and after it; what is not says so.
  expect(await k.as('operator').read('/workspace/f7')).toMatchObject({ ok: true, value: { content: 'f7' } });
  expect(await k.as('operator').read('/workspace/f0')).toMatchObject({ ok: true, value: { content: 'f0' } });
  expect(await k.as('operator').read('/workspace/f4')).toMatchObject({ ok: false, error: { code: 'EBADMSG' } });
  expect((await k.as('operator').list('/workspace/f7', { history: true })).ok).toBe(true);
  await k.clock.advance(60_000);
  await k.stop();
  // Put back as it was, the next boot writes again.
  await withDatabase(disk, (db) => db.journal.put(row as JournalRow));
  k = await bootMemory({ disk });
  expect(await kernelOf(k)).not.toHaveProperty('readonly');
  expect((await write(k, 'again')).ok).toBe(true);
  expect(await k.as('operator').read('/workspace/f4')).toMatchObject({ ok: true, value: { content: 'f4' } });
  await k.stop();
});

test.each([
  [-1, true],
  [-1, false],
  [-3, false],
] as const)(
  '[J12] damage in what boot reads (row %i, projection stored: %s) opens what is sound, for reading only',
  async (which, flushed) => {
    const { disk, rows } = await made(flushed);
    const row = rows.at(which);
    await damage(disk, row);
    const k = await bootMemory({ disk });
    await expectRefused(k, row?.s ?? 0);
    expect(await k.as('operator').read('/workspace/f0')).toMatchObject({ ok: true, value: { content: 'f0' } });
    const last = 8 + which - 1;
    expect(await k.as('operator').read(`/workspace/f${last}`)).toMatchObject({
      ok: true,
      value: { content: `f${last}` },
    });
    expect((await k.as('operator').read(`/workspace/f${last + 1}`)).ok).toBe(false);
    expect((await k.as('operator').list('/workspace')).ok).toBe(true);
    expect((await k.as('operator').search('f0')).ok).toBe(true);
    await k.stop();
  },
);

test('[J12] a row that is missing from the tail opens the workspace for reading only', async () => {
  const { disk, rows } = await made(false);
  const gone = rows.at(-2);
  await withDatabase(disk, (db) => db.journal.delete([1, gone?.s ?? 0]));
  const k = await bootMemory({ disk });
  await expectRefused(k, gone?.s ?? 0);
  await k.stop();
});

test('[J12] a segment of a later version is not written over', async () => {
  const { disk, rows } = await made(false);
  const row = rows.at(-1) as JournalRow;
  await withDatabase(disk, (db) => db.journal.put({ ...row, b: Uint8Array.of(1, 9, ...row.b.slice(2)) }));
  const k = await bootMemory({ disk });
  expect(await kernelOf(k)).toMatchObject({ readonly: { message: expect.stringContaining('codec 9') } });
  await k.stop();
});

test('[J11] the whole chain is checked by itself once a day, when nobody writes', async () => {
  const { disk, rows } = await made(true);
  const k = await bootMemory({ disk });
  await k.clock.advance(60_000);
  await damage(disk, rows.at(-4));
  await write(k, 'soon');
  await k.clock.advance(60_000);
  expect(k.journal.damage()).toBeUndefined();
  k.clock.set(k.clock.now() + 25 * 3_600_000);
  await write(k, 'a day later');
  await k.clock.advance(60_000);
  expect(k.journal.damage()).toMatchObject({ code: 'EBADMSG', detail: { seq: rows.at(-4)?.s } });
  await k.stop();
});

test('[J12] what lies in front of the damage in its row is shown', async () => {
  const disk = createDisk();
  let k = await bootMemory({ disk });
  await Promise.all(Array.from({ length: 9 }, (_, i) => write(k, `f${i}`)));
  k.crash();
  const row = (await journalRows(disk)).at(-1);
  expect(row?.c).toBeGreaterThan(2);
  await damage(disk, row);
  k = await bootMemory({ disk });
  expect(await k.as('operator').read('/workspace/f7')).toMatchObject({ ok: true, value: { content: 'f7' } });
  expect((await k.as('operator').read('/workspace/f8')).ok).toBe(false);
  await k.stop();
});

test('[J12] [S4] damage far back is remembered over a restart that does not read so far', async () => {
  const { disk, rows } = await made(true);
  let k = await bootMemory({ disk });
  await Promise.all(Array.from({ length: 600 }, (_, i) => write(k, `g${i}`)));
  await k.kernel.fs.flush();
  await damage(disk, rows.at(-4));
  await k.as('operator').call('verify', {});
  k.crash();
  k = await bootMemory({ disk });
  await expectRefused(k, rows.at(-4)?.s ?? 0);
  expect(await k.as('operator').read('/workspace/g599')).toMatchObject({ ok: true, value: { content: 'g599' } });
  await k.stop();
});

test('[J12] [S4] the projection is not marked as made from what could not be read', async () => {
  const { disk } = await made(true);
  let k = await bootMemory({ disk });
  for (const name of ['a', 'b', 'c']) await write(k, name);
  k.crash();
  const row = (await journalRows(disk)).at(-2);
  await damage(disk, row);
  k = await bootMemory({ disk });
  expect((await k.as('operator').read('/workspace/a')).ok).toBe(true);
  await k.kernel.fs.flush();
  await k.stop();
  await withDatabase(disk, (db) => db.journal.put(row as JournalRow));
  k = await bootMemory({ disk });
  for (const name of ['a', 'b', 'c', 'f0'])
    expect(await k.as('operator').read(`/workspace/${name}`)).toMatchObject({ ok: true, value: { content: name } });
  await k.stop();
});

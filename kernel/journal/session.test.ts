// oxlint-disable typescript/unbound-method -- prototypes are patched here, and each is called on its own object
import { expect, onTestFinished, test } from 'vitest';
import { journalRows, loseConnection, refuseCommits, withDatabase } from '../boot/faults.ts';
import { bootMemory, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import type { Entry } from '../protocol/entry.ts';
import { Database, type JournalRow } from '../store/schema.ts';
import { compactStep } from './compact.ts';
import { inflated } from './deflated.ts';
import { unpackSegment } from './segments.ts';

const put = (k: Memory, name: string) =>
  k.as('operator').write([{ op: 'put', path: `/workspace/${name}`, content: name }], { message: name });
const read = (k: Memory, name: string) => k.as('operator').read(`/workspace/${name}`);
const entriesIn = async (row: JournalRow): Promise<Entry[]> =>
  unpackSegment(await inflated(row.b)).map(({ entry }) => entry);
const entries = async (disk: Disk): Promise<Entry[]> =>
  (await Promise.all((await journalRows(disk)).map(entriesIn))).flat();
const sessions = async (disk: Disk): Promise<number[]> =>
  (await entries(disk)).filter(({ change }) => change.op === 'session').map(({ seq }) => seq);
const compact = async (k: Memory): Promise<void> => {
  k.clock.set(k.clock.now() + 60_000);
  await withDatabase(k.disk, async (db) => {
    while (await compactStep({ db, epoch: k.epoch, device: 1, now: k.clock.now, busy: () => false }));
  });
};
const fill = async (k: Memory, name: string): Promise<void> => {
  for (let i = 0; i < 30; i++) await put(k, `${name}${i}`);
};
const REFUSED = {
  ok: false,
  error: { code: 'EAGAIN', message: expect.stringContaining('Another tab has taken over') },
};

test('[S2] each boot opens with a session entry in a row of its own, and is numbered on from there', async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  await put(a, 'a');
  a.crash();
  const last = a.journal.entryCount();
  const b = await bootMemory({ disk });
  await put(b, 'b');
  expect(await sessions(disk)).toEqual([1, last + 1]);
  const row = (await journalRows(disk)).find(({ s }) => s === last + 1) as JournalRow;
  expect(await entriesIn(row)).toMatchObject([
    { actor: 'daemon:journal', node: '0'.repeat(32), change: { op: 'session', client: 0, seen: {} }, more: false },
  ]);
  expect((await read(b, 'a')).ok && (await read(b, 'b')).ok).toBe(true);
  expect(await b.journal.verify(1)).toEqual({ entries: last + 2 });
  await b.stop();
});

test('[S2] [J10] a kernel frozen before it was succeeded and woken after the rows were merged writes nothing, ever', async () => {
  const disk = createDisk();
  const frozen: Memory[] = [];
  let k = await bootMemory({ disk });
  for (const name of ['a', 'b', 'c']) {
    await fill(k, name);
    frozen.push(k);
    k = await bootMemory({ disk, clock: k.clock });
  }
  await fill(k, 'd');
  await compact(k);
  const rows = await journalRows(disk);
  expect(rows.length).toBeLessThan(12);
  for (const old of frozen) {
    expect(await put(old, 'late')).toMatchObject(REFUSED);
    expect(await Promise.all([put(old, 'later'), put(old, 'latest')])).toMatchObject([REFUSED, REFUSED]);
  }
  expect(await journalRows(disk)).toEqual(rows);
  expect((await put(k, 'mine')).ok).toBe(true);
  expect((await read(k, 'a29')).ok).toBe(true);
  expect((await k.journal.verify(1)).fault).toBeUndefined();
  for (const old of frozen) old.crash();
  await k.stop();
});

test('[J10] [S2] a merged row may begin with a session entry and never holds one after that', async () => {
  const disk = createDisk();
  let k = await bootMemory({ disk });
  // Two boots that wrote nothing in a row.
  for (const name of ['a', 'b', '', 'c', '', '', 'd']) {
    if (name) await fill(k, name);
    k.crash();
    k = await bootMemory({ disk, clock: k.clock });
  }
  await fill(k, 'e');
  const before = await entries(disk);
  await compact(k);
  const rows = await journalRows(disk);
  expect(rows.length).toBeLessThan(20);
  expect(await entries(disk)).toEqual(before);
  const starts = new Set(rows.map(({ s }) => s));
  const opened = await sessions(disk);
  expect(opened).toHaveLength(8);
  for (const seq of opened) expect(starts).toContain(seq);
  k.crash();
});

test('[S2] two kernels booting at once: one leads, and the chain is one', async () => {
  const disk = createDisk();
  const first = await bootMemory({ disk });
  await fill(first, 'a');
  const clock = first.clock;
  const boots = await Promise.allSettled([bootMemory({ disk, clock }), bootMemory({ disk, clock }), fill(first, 'b')]);
  const booted = boots.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
  const leader = booted.find(({ epoch }) => epoch === first.epoch + 2) as Memory;
  for (const other of [first, ...booted]) if (other !== leader) expect(await put(other, 'late')).toMatchObject(REFUSED);
  expect((await put(leader, 'mine')).ok).toBe(true);
  expect(await leader.journal.verify(1)).toEqual({ entries: (await entries(disk)).length });
  for (const other of [first, ...booted]) other.crash();
});

test('[S2] the older kernel was faster: its commit stands, and the new one goes on after it', async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  const count = a.journal.entryCount();
  await put(a, 'raced');
  const raced = (await journalRows(disk)).at(-1) as JournalRow;
  await withDatabase(disk, (db) => db.journal.delete([raced.d, raced.s]));
  // The new kernel has looked for the end of the chain; the old one's commit comes before its own.
  const { transaction } = IDBDatabase.prototype;
  onTestFinished(() => void (IDBDatabase.prototype.transaction = transaction));
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<typeof transaction>) {
    if (args[1] === 'readwrite' && [args[0]].flat().includes('journal')) {
      IDBDatabase.prototype.transaction = transaction;
      transaction.apply(this, args).objectStore('journal').add(raced);
    }
    return transaction.apply(this, args);
  };
  const b = await bootMemory({ disk, clock: a.clock });
  expect(await sessions(disk)).toEqual([1, count + 2]);
  expect(await read(b, 'raced')).toMatchObject({ ok: true, value: { content: 'raced' } });
  expect(await put(a, 'late')).toMatchObject(REFUSED);
  expect((await put(b, 'next')).ok).toBe(true);
  expect((await b.journal.verify(1)).fault).toBeUndefined();
  a.crash();
  await b.stop();
});

test('[S2] killed between its epoch and its session entry: the next boot leads', async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  await put(a, 'a');
  await withDatabase(disk, (db) => db.sys.put({ k: 'epoch', v: a.epoch + 1 }));
  const c = await bootMemory({ disk, clock: a.clock });
  expect(c.epoch).toBe(a.epoch + 2);
  expect(await put(a, 'late')).toMatchObject(REFUSED);
  expect((await put(c, 'c')).ok).toBe(true);
  expect((await c.journal.verify(1)).fault).toBeUndefined();
  a.crash();
  await c.stop();
});

test('[S6] [S2] a commit done on a connection that was lost, whose row was merged by the next kernel, is not done again', async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  await fill(a, 'a');
  // Done, but nobody is told; before it is tried again another kernel leads and has merged the row away.
  const fault = loseConnection('after');
  let next = a;
  const { reopen } = Database.prototype;
  onTestFinished(() => {
    fault.undo();
    Database.prototype.reopen = reopen;
  });
  Database.prototype.reopen = async function (this: Database) {
    Database.prototype.reopen = reopen;
    next = await bootMemory({ disk, clock: a.clock });
    await fill(next, 'b');
    await compact(next);
    return reopen.call(this);
  };
  const done = a.journal.entryCount() + 1;
  expect(await put(a, 'done')).toMatchObject(REFUSED);
  expect((await journalRows(disk)).map(({ s }) => s)).not.toContain(done);
  expect(await read(next, 'done')).toMatchObject({ ok: true, value: { content: 'done' } });
  expect(await put(a, 'late')).toMatchObject(REFUSED);
  expect(await next.journal.verify(1)).toEqual({ entries: (await entries(disk)).length });
  a.crash();
  await next.stop();
});

test('[S2] [J7] no room for the session entry: the workspace opens, and the first change set brings it', async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  await put(a, 'a');
  a.crash();
  const last = a.journal.entryCount();
  const fault = refuseCommits(1);
  onTestFinished(fault.undo);
  const b = await bootMemory({ disk, clock: a.clock });
  expect((await read(b, 'a')).ok).toBe(true);
  expect(await sessions(disk)).toEqual([1]);
  expect((await put(b, 'b')).ok).toBe(true);
  expect(await sessions(disk)).toEqual([1, last + 1]);
  const row = (await journalRows(disk)).at(-1) as JournalRow;
  expect(await entriesIn(row)).toMatchObject([
    { change: { op: 'session' }, more: true },
    { message: 'b', more: false },
  ]);
  await b.stop();
});

test('[J12] [S2] a damaged journal gets no session entry, and what an older kernel still adds does not fork it', async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  await fill(a, 'a');
  const row = (await journalRows(disk)).at(-1) as JournalRow;
  const b = row.b.slice();
  b[b.length - 1] = (b.at(-1) ?? 0) ^ 1;
  await withDatabase(disk, (db) => db.journal.put({ ...row, b }));
  const before = await journalRows(disk);
  const reader = await bootMemory({ disk, clock: a.clock });
  expect(reader.journal.damage()).toMatchObject({ code: 'EBADMSG' });
  expect(await journalRows(disk)).toEqual(before);
  expect((await put(a, 'late')).ok).toBe(true);
  reader.crash();
  await withDatabase(disk, (db) => db.journal.put(row));
  const c = await bootMemory({ disk, clock: a.clock });
  expect(c.journal.damage()).toBeUndefined();
  expect((await read(c, 'late')).ok).toBe(true);
  expect(await c.journal.verify(1)).toEqual({ entries: (await entries(disk)).length });
  a.crash();
  await c.stop();
});

test('[J2] what is known of other devices is said in front of the next change set, in its transaction, once', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  const other = 'ab'.repeat(16);
  k.journal.noteVector({ [other]: 7 });
  const fault = refuseCommits(1);
  expect((await put(k, 'lost')).ok).toBe(false);
  fault.undo();
  await put(k, 'a');
  await put(k, 'b');
  k.journal.noteVector({ [other]: 9 });
  await put(k, 'c');
  const tail = (await entries(disk)).slice(-5);
  expect(tail).toMatchObject([
    { change: { op: 'session', seen: { [other]: 7 } }, more: true },
    { message: 'a', more: false },
    { message: 'b', more: false },
    { change: { op: 'session', seen: { [other]: 9 } }, more: true },
    { message: 'c', more: false },
  ]);
  k.crash();
  const b = await bootMemory({ disk, clock: k.clock });
  expect((await read(b, 'c')).ok).toBe(true);
  await b.stop();
});

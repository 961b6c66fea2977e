import { expect, onTestFinished, test } from 'vitest';
import { journalRows, loseConnection, withDatabase } from '../boot/faults.ts';
import { bootMemory, createDisk } from '../boot/memory.ts';
import { unpackSegment } from '../journal/segments.ts';
import { request, transact } from './transact.ts';

test.each(['before', 'during', 'after'] as const)(
  '[S6] a connection lost %s a commit: opened again, and what waited is committed once',
  async (when) => {
    const disk = createDisk();
    const k = await bootMemory({ disk });
    const op = k.as('operator');
    await op.write([{ op: 'put', path: '/workspace/a', content: 'one ' }], { message: 'm' });
    const fault = loseConnection(when);
    onTestFinished(fault.undo);
    const answers = await Promise.all(
      ['two ', 'three '].map((content) =>
        op.write([{ op: 'append', path: '/workspace/a', content }], { message: content }),
      ),
    );
    expect(fault.lost()).toBe(1);
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect((await op.write([{ op: 'append', path: '/workspace/a', content: 'four' }], { message: 'm' })).ok).toBe(true);
    expect(await op.read('/workspace/a')).toMatchObject({ ok: true, value: { content: 'one two three four' } });
    const seqs = (await journalRows(disk)).flatMap((row) => unpackSegment(row.b).map(({ entry }) => entry.seq));
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    expect(await k.journal.verify(1)).toEqual({ entries: seqs.length });
    k.crash();
    const b = await bootMemory({ disk });
    expect(await b.as('operator').read('/workspace/a')).toMatchObject({ value: { content: 'one two three four' } });
    await b.stop();
  },
);

test('[S6] [J7] a connection that is lost again is told, rolled back, and the next write goes on', async () => {
  const k = await bootMemory();
  const op = k.as('operator');
  const fault = loseConnection('during', 2);
  onTestFinished(fault.undo);
  expect(await op.write([{ op: 'put', path: '/workspace/a', content: 'x' }], { message: 'm' })).toMatchObject({
    ok: false,
    error: { code: 'EIO' },
  });
  expect((await op.read('/workspace/a')).ok).toBe(false);
  expect((await op.write([{ op: 'put', path: '/workspace/a', content: 'y' }], { message: 'm' })).ok).toBe(true);
  expect((await k.journal.verify(1)).fault).toBeUndefined();
  await k.stop();
});

test('[S6] reading goes on over a lost connection; a write that may not be repeated is not; a closed database stays closed', async () => {
  await withDatabase(createDisk(), async (db) => {
    const read = () => transact(db, ['sys'], 'readonly', ({ sys }) => request(sys.count()));
    db.backendDB().close();
    expect(await Promise.all([read(), read(), read()])).toEqual([0, 0, 0]);
    let tries = 0;
    const write = transact(db, ['sys'], 'readwrite', async ({ sys }) => {
      tries++;
      await request(sys.put({ k: 'a', v: 1 }));
      throw new DOMException('The connection is closing', 'InvalidStateError');
    });
    await expect(write).rejects.toMatchObject({ error: { code: 'EIO' } });
    expect(tries).toBe(1);
    db.close();
    await expect(read()).rejects.toMatchObject({ error: { code: 'EIO', message: expect.stringContaining('Reload') } });
  });
});

test('[S6] [S2] a database that was deleted meanwhile is not filled with the rest of a journal', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  await new Promise<void>((resolve) => {
    const deleted = disk.idb.indexedDB.deleteDatabase('allod:test');
    deleted.onsuccess = () => resolve();
  });
  const late = await k.as('operator').write([{ op: 'put', path: '/workspace/a', content: 'x' }], { message: 'm' });
  expect(late).toMatchObject({ ok: false });
  expect(await journalRows(disk)).toEqual([]);
  k.crash();
});

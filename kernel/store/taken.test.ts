import { expect, onTestFinished, test } from 'vitest';
import { loseConnection, takeDatabase, withDatabase } from '../boot/faults.ts';
import { bootMemory, createDisk } from '../boot/memory.ts';
import { request, transact } from './transact.ts';

const put = (content: string) => [{ op: 'put' as const, path: `/workspace/${content}`, content }];
const say = { message: 'm' };

test('[S7] a newer version takes the database: what was begun is kept, the rest is refused in words, nothing reopens it', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  const op = k.as('operator');
  const begun = op.write(put('begun'), say);
  // The request is answered once every connection has closed, so this also shows that ours does.
  const taken = takeDatabase(disk, 'newer');
  expect((await begun).ok).toBe(true);
  await taken;
  expect(await k.gone).toMatchObject({ code: 'EPROTO', message: expect.stringContaining('Reload') });
  expect(await op.write(put('late'), say)).toMatchObject({ ok: false, error: { code: 'EPROTO' } });
  await k.stop().catch(() => undefined);
  await expect(bootMemory({ disk })).rejects.toMatchObject({ error: { code: 'EPROTO' } });
  const rows = await new Promise<number>((resolve, reject) => {
    const asked = disk.idb.indexedDB.open('allod:test');
    asked.onerror = () => reject(asked.error ?? new Error('not opened'));
    asked.onsuccess = () => {
      const counted = asked.result.transaction('journal').objectStore('journal').count();
      counted.onsuccess = () => resolve(counted.result);
    };
  });
  expect(rows).toBeGreaterThan(0);
});

test('[S7] a database deleted under the kernel: it says so, and makes no empty one in its place', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  const op = k.as('operator');
  await op.write(put('x'), say);
  await takeDatabase(disk, 'removed');
  expect(await k.gone).toMatchObject({ code: 'ENOENT', message: expect.stringContaining('removed from this browser') });
  expect(await op.write(put('late'), say)).toMatchObject({ ok: false, error: { code: 'ENOENT' } });
  await k.stop().catch(() => undefined);
  expect(await disk.idb.indexedDB.databases()).toEqual([]);
});

test('[S6] [S7] a connection lost together with the database is not taken for one that was only lost', async () => {
  const disk = createDisk();
  await withDatabase(disk, async (db) => {
    await transact(db, ['sys'], 'readwrite', async ({ sys }) => void (await request(sys.put({ k: 'a', v: 1 }))));
    // Closed without a versionchange, as the browser does when it clears a site.
    db.backendDB().close();
    await takeDatabase(disk, 'removed');
    const read = () => transact(db, ['sys'], 'readonly', ({ sys }) => request(sys.count()));
    await expect(read()).rejects.toMatchObject({ error: { code: 'ENOENT' } });
    await expect(read()).rejects.toMatchObject({ error: { code: 'ENOENT' } });
    expect(await disk.idb.indexedDB.databases()).toEqual([]);
  });
});

test('[S7] a tab that takes over when the database was removed makes no empty one in its place', async () => {
  const disk = createDisk();
  await expect(bootMemory({ disk, known: true })).rejects.toMatchObject({ error: { code: 'ENOENT' } });
  expect(await disk.idb.indexedDB.databases()).toEqual([]);
});

test('[S7] taken in the middle of a commit whose end is unknown: the write is refused, not done in another database', async () => {
  const disk = createDisk();
  const k = await bootMemory({ disk });
  const fault = loseConnection('during');
  onTestFinished(fault.undo);
  const write = k.as('operator').write(put('x'), say);
  await takeDatabase(disk, 'removed');
  expect(await write).toMatchObject({ ok: false, error: { code: 'ENOENT' } });
  expect(await disk.idb.indexedDB.databases()).toEqual([]);
  k.crash();
});

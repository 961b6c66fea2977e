import { expect, onTestFinished, test } from 'vitest';
import { bootMemory, createDisk } from '../boot/memory.ts';
import { journalRows, refuseCommits, withDatabase } from '../boot/faults.ts';
import { SysFailure } from '../protocol/errors.ts';
import { isFenced, nextEpoch, request, storageFailure, transact, transactFenced } from './transact.ts';

test('[S1] a transaction whose body waits for something else is a bug that is told, never a success', async () => {
  const disk = createDisk();
  await withDatabase(disk, async (db) => {
    const late = transact(db, ['sys'], 'readwrite', async ({ sys }) => {
      await request(sys.put({ k: 'a', v: 1 }));
      await new Promise((resolve) => setTimeout(resolve, 30));
      await request(sys.put({ k: 'b', v: 1 }));
    });
    await expect(late).rejects.toBeInstanceOf(Error);
    expect(await db.sys.get('b')).toBeUndefined();
  });
});

test('[S1] a body that throws leaves nothing, and its own error is the answer', async () => {
  await withDatabase(createDisk(), async (db) => {
    const broken = transact(db, ['sys'], 'readwrite', async ({ sys }) => {
      await request(sys.put({ k: 'a', v: 1 }));
      throw new SysFailure({ code: 'EBUSY', call: '', message: 'no' });
    });
    await expect(broken).rejects.toMatchObject({ error: { code: 'EBUSY' } });
    expect(await db.sys.get('a')).toBeUndefined();
    await transact(db, ['sys'], 'readwrite', async ({ sys }) => void (await request(sys.add({ k: 'a', v: 1 }))));
    await expect(
      transact(db, ['sys'], 'readwrite', async ({ sys }) => void (await request(sys.add({ k: 'a', v: 2 })))),
    ).rejects.toBeInstanceOf(SysFailure);
    expect((await db.sys.get('a'))?.v).toBe(1);
  });
});

test('[S2] each epoch is above the last; an older one writes nothing', async () => {
  await withDatabase(createDisk(), async (db) => {
    const first = await nextEpoch(db);
    const put = (epoch: number, v: number) =>
      transactFenced(db, epoch, ['sys'], async ({ sys }) => void (await request(sys.put({ k: 'x', v }))));
    await put(first, 1);
    const epochs = await Promise.all([nextEpoch(db), nextEpoch(db)]);
    expect(epochs).toEqual([first + 1, first + 2]);
    const refused = await put(first, 2).catch((cause: unknown) => cause);
    expect(isFenced(refused)).toBe(true);
    expect((await db.sys.get('x'))?.v).toBe(1);
  });
});

test("[S2] a fenced kernel cannot write: not files, not its projection, not secrets, not live buffers' list", async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  await a.as('operator').write([{ op: 'put', path: '/workspace/a.md', content: 'one' }], { message: 'm' });
  const b = await bootMemory({ disk });
  expect(b.epoch).toBe(a.epoch + 1);
  const before = await journalRows(disk);
  const state = () =>
    withDatabase(disk, async (db) => [
      await db.sys.toArray(),
      await db.secrets.toArray(),
      await db.dirs.toArray(),
      await db.hist.toArray(),
      await db.chunks.toArray(),
    ]);
  const stored = await state();
  const op = a.as('operator');
  for (const change of [
    { op: 'put' as const, path: '/workspace/new.md', content: 'x' },
    { op: 'append' as const, path: '/workspace/a.md', content: 'x' },
    { op: 'put' as const, path: '/workspace/b.bin', content: Uint8Array.of(0, 1) },
  ]) {
    expect(await op.write([change], { message: 'm' })).toMatchObject({
      ok: false,
      error: { code: 'EAGAIN', message: expect.stringContaining('Another tab has taken over') },
    });
  }
  await expect(a.kernel.fs.flush()).rejects.toBeInstanceOf(SysFailure);
  expect(await op.call('secret', { name: 'KEY', value: 'v', origins: ['https://example.com'] })).toMatchObject({
    ok: false,
    error: { code: 'EAGAIN' },
  });
  await expect(
    a.kernel.live.open('/workspace/a.md', { actor: 'operator', message: 'm', run: '', cause: '' }, () => undefined),
  ).rejects.toBeInstanceOf(SysFailure);
  expect(await journalRows(disk)).toEqual(before);
  expect(await state()).toEqual(stored);
  // The one that took over goes on as if nothing had been tried.
  expect(
    (await b.as('operator').write([{ op: 'append', path: '/workspace/a.md', content: ' two' }], { message: 'm' })).ok,
  ).toBe(true);
  expect(await b.as('operator').read('/workspace/a.md')).toMatchObject({ ok: true, value: { content: 'one two' } });
  expect((await b.journal.verify(1)).fault).toBeUndefined();
  a.crash();
  await b.stop();
});

test('[J7] a full disk is said in words, also for chunks', async () => {
  expect(storageFailure(new DOMException('x', 'QuotaExceededError')).error).toMatchObject({
    code: 'ENOSPC',
    message: expect.stringContaining('no room left'),
  });
  expect(storageFailure(new DOMException('x', 'InvalidStateError')).error.message).toContain('Reload this tab');
  expect(storageFailure('odd').error.code).toBe('EIO');
  const k = await bootMemory();
  const fault = refuseCommits(1, 'commit');
  onTestFinished(fault.undo);
  expect(
    await k
      .as('operator')
      .write([{ op: 'put', path: '/workspace/b.bin', content: Uint8Array.of(0) }], { message: 'm' }),
  ).toMatchObject({ ok: false, error: { code: 'ENOSPC' } });
  expect(
    (
      await k
        .as('operator')
        .write([{ op: 'put', path: '/workspace/b.bin', content: Uint8Array.of(0) }], { message: 'm' })
    ).ok,
  ).toBe(true);
  await k.stop();
});

// oxlint-disable typescript/unbound-method -- prototypes are patched here, and each is called on its own object
import { expect, onTestFinished, test } from 'vitest';
import { refuseCommits, withDatabase } from '../boot/faults.ts';
import { bootMemory, type Memory } from '../boot/memory.ts';
import type { Database } from '../store/schema.ts';
import { openTree } from './projection.ts';

const loadTree = async (db: Database) => {
  const stored = await openTree(db, () => undefined);
  await stored?.whole();
  return stored;
};

const put = (k: Memory, name: string) =>
  k.as('operator').write([{ op: 'put', path: `/workspace/d/${name}`, content: name }], { message: name });

/** `act` runs when the next flush has begun to put the projection down. */
const duringPut = (act: () => void): void => {
  const { transaction } = IDBDatabase.prototype;
  onTestFinished(() => void (IDBDatabase.prototype.transaction = transaction));
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<typeof transaction>) {
    const tx = transaction.apply(this, args);
    if (args[1] === 'readwrite' && [args[0]].flat().includes('dirs')) {
      IDBDatabase.prototype.transaction = transaction;
      act();
    }
    return tx;
  };
};
const names = async (k: Memory): Promise<string[]> => {
  const listed = await k.as('operator').list('/workspace/d');
  return listed.ok ? listed.value.entries.map(({ path }) => path.slice('/workspace/d/'.length)) : [];
};

test('[S4] a writer does not wait for a flush, and what it changes meanwhile is in the next one', async () => {
  const k = await bootMemory();
  await put(k, 'a');
  const order: string[] = [];
  let written: Promise<unknown> | undefined;
  duringPut(() => (written = put(k, 'b').then(() => order.push('written'))));
  await k.kernel.fs.flush();
  await written;
  expect(order).toEqual(['written']);
  await k.kernel.fs.flush();
  k.crash();
  const stored = await withDatabase(k.disk, loadTree);
  expect(Object.values(stored?.vector ?? {})).toEqual([k.journal.entryCount()]);
  expect(stored?.tree.resolve('/workspace/d/b')).toMatchObject({ kind: 'file' });
  const b = await bootMemory({ disk: k.disk, clock: k.clock });
  expect(await names(b)).toEqual(['a', 'b']);
  await b.stop();
});

test('[S4] [J7] a roll-back while the projection is put down: what is stored and what is shown are what is durable', async () => {
  const k = await bootMemory();
  await put(k, 'a');
  let refused: ReturnType<typeof put> | undefined;
  duringPut(() => {
    const fault = refuseCommits(1);
    onTestFinished(fault.undo);
    refused = put(k, 'lost');
  });
  await k.kernel.fs.flush();
  expect(await refused).toMatchObject({ ok: false, error: { code: 'ENOSPC' } });
  expect(await names(k)).toEqual(['a']);
  await put(k, 'b');
  await k.as('operator').write([{ op: 'append', path: '/workspace/d/a', content: '!' }], { message: 'more' });
  const history = await k.as('operator').list('/workspace/d/a', { history: true });
  expect(history.ok && history.value.entries.map(({ message }) => message)).toEqual(['more', 'a']);
  await k.kernel.fs.flush();
  k.crash();
  const b = await bootMemory({ disk: k.disk, clock: k.clock });
  expect(await names(b)).toEqual(['a', 'b']);
  expect(await b.as('operator').list('/workspace/d/a', { history: true })).toEqual(history);
  await b.stop();
});

test('[S4] a flush that fails is made up for by the next one', async () => {
  const k = await bootMemory();
  await put(k, 'a');
  const real = IDBObjectStore.prototype.put;
  onTestFinished(() => void (IDBObjectStore.prototype.put = real));
  IDBObjectStore.prototype.put = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  await expect(k.kernel.fs.flush()).rejects.toMatchObject({ error: { code: 'ENOSPC' } });
  IDBObjectStore.prototype.put = real;
  await k.kernel.fs.flush();
  const stored = await withDatabase(k.disk, loadTree);
  expect(stored?.tree.resolve('/workspace/d/a')).toMatchObject({ kind: 'file' });
  await k.stop();
});

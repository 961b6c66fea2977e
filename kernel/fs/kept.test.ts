import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootMemory, createDisk, type Memory } from '../boot/memory.ts';
import { withDatabase } from '../boot/faults.ts';
import { hashHex } from '../protocol/bytes.ts';
import type { Change } from '../protocol/files.ts';
import type { Sys } from '../protocol/sys.ts';
import { MAX_TEXT_BYTES } from './text-form.ts';

let k: Memory;
let op: Sys;
let names = 0;
const fresh = (extension = 'md'): string => `/workspace/t${++names}.${extension}`;
const w = (...changes: Change[]) => op.write(changes, { message: 'test' });
const ok = async (...changes: Change[]): Promise<string[]> => {
  const done = await w(...changes);
  if (!done.ok) throw new Error(`${done.error.code} ${done.error.message}`);
  return done.value.revisions;
};
const text = async (path: string): Promise<unknown> => {
  const read = await op.read(path);
  return read.ok ? read.value.content : read.error.code;
};
const refused = (code: string, message = /./) => ({
  ok: false,
  error: { code, message: expect.stringMatching(message) },
});
const binary = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * seed * 7 + seed) & 255).fill(0, 0, 1);

beforeAll(async () => {
  k = await bootMemory();
  op = k.as('operator');
});
afterAll(() => k.stop());

describe('[F7] how bytes are kept', () => {
  test.each([0, 1, 1000, 70_000, 1_000_000])(
    '[F7] %i bytes read back as they were, in whole and in part',
    async (length) => {
      const path = fresh('bin');
      const bytes = binary(length, 3);
      await ok({ op: 'put', path, content: bytes });
      const read = await op.read(path, { as: 'bytes' });
      expect(read.ok && read.value.content).toEqual(bytes);
      expect(read.ok && read.value.stat).toMatchObject({ size: length, as: length === 0 ? 'text' : 'blob' });
      const part = await op.read(path, { as: 'bytes', offset: 10, length: 20 });
      expect(part.ok && part.value.content).toEqual(bytes.slice(10, 30));
      if (length > 0) expect(await op.read(path, { as: 'text' })).toMatchObject(refused('EINVAL', /not text/));
    },
  );

  test('[F7] from text to bytes and back, each version as it was', async () => {
    const path = fresh();
    const versions: (string | Uint8Array)[] = ['text one', binary(300), 'text two', 'text three', binary(301), 'end'];
    const ids: string[] = [];
    for (const content of versions)
      ids.push(
        (await ok({ op: 'put', path, content, ...(ids.length > 0 ? { base: ids.at(-1) ?? '' } : {}) }))[0] ?? '',
      );
    for (const [i, id] of ids.entries()) {
      const read = await op.read(path, { at: id });
      expect(read.ok && read.value.content).toEqual(versions[i]);
      expect(read.ok && read.value.stat.as).toBe(typeof versions[i] === 'string' ? 'text' : 'blob');
    }
    expect(await text(path)).toBe('end');
  });

  test('[F7] at 4 MB text becomes chunks; what was text does not grow beyond it', async () => {
    const path = fresh();
    const [base = ''] = await ok({ op: 'put', path, content: 'a'.repeat(MAX_TEXT_BYTES) });
    expect(((await op.read(path)) as { value: { stat: object } }).value.stat).toMatchObject({
      as: 'text',
      size: MAX_TEXT_BYTES,
    });
    expect(await w({ op: 'append', path, content: 'b' })).toMatchObject(refused('EDQUOT', /Split/));
    await ok({ op: 'put', path, content: 'é'.repeat(MAX_TEXT_BYTES / 2 + 1), base });
    const big = await op.read(path);
    expect(big.ok && big.value.stat).toMatchObject({ as: 'blob', size: MAX_TEXT_BYTES + 2 });
    expect(big.ok && typeof big.value.content === 'string' && big.value.content.length).toBe(MAX_TEXT_BYTES / 2 + 1);
  });

  test('[F7] chunks are named by their SHA-256 and checked on every read', async () => {
    const disk = createDisk();
    const other = await bootMemory({ disk });
    const path = '/workspace/b.bin';
    await other.as('operator').write([{ op: 'put', path, content: binary(200_000, 5) }], { message: 'm' });
    await withDatabase(disk, async (db) => {
      const [first, ...rest] = await db.chunks.toArray();
      for (const row of [first, ...rest]) expect(hashHex(row?.b ?? new Uint8Array())).toBe(row?.h);
      if (first) await db.chunks.put({ h: first.h, b: first.b.map((byte) => byte ^ 1) });
    });
    expect(await other.as('operator').read(path)).toMatchObject(refused('EBADMSG', /damaged/));
    await withDatabase(disk, (db) => db.chunks.clear());
    expect(await other.as('operator').read(path)).toMatchObject(refused('EBADMSG', /not on this device/));
    other.crash();
    Object.assign(globalThis, { indexedDB: k.disk.idb.indexedDB });
  });

  test('[F7] records: what the kernel writes is appended to, and every step reads back', async () => {
    const author = { actor: 'daemon:test' as const, message: 'm', run: '', cause: '' };
    const path = '/system/test/log.jsonl';
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const done = await k.kernel.fs.write([{ op: 'append', path, content: `${i}\n` }], author);
      ids.push(done.ok ? (done.value.revisions.at(-1) ?? '') : '');
    }
    expect(((await op.read(path)) as { value: { stat: object } }).value.stat).toMatchObject({ as: 'record', size: 10 });
    for (const [i, id] of ids.entries()) {
      expect(await op.read(path, { at: id })).toMatchObject({
        ok: true,
        value: { content: Array.from({ length: i + 1 }, (_, n) => `${n}\n`).join('') },
      });
    }
  });

  test('[F7] an update says what changed, not what was ever deleted', async () => {
    const path = fresh();
    await ok({ op: 'put', path, content: Array.from({ length: 600 }, (_, i) => `line ${i}\n`).join('') });
    for (let i = 0; i < 600; i += 2) await ok({ op: 'edit', path, old: `line ${i}\n`, new: `LINE ${i}\n` });
    const [id = ''] = await ok({ op: 'edit', path, old: 'line 1\n', new: 'done\n' });
    const [sealed] = await k.journal.entries([id]);
    expect(sealed?.entry.payload.length).toBeLessThan(100);
  });
});

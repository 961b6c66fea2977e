import fc from 'fast-check';
import { HashMD } from '@noble/hashes/_md.js';
import { expect, onTestFinished, test } from 'vitest';
import { bootMemory } from '../boot/memory.ts';
import { concatBytes, hashHex, toUtf8 } from '../protocol/bytes.ts';
import { appendTo, recordBytes, recordHash, recordOf, type RecordContent } from './record.ts';

/** Bytes taken in by SHA-256, and bytes copied from one array to another, from here on. */
const watchBytes = () => {
  const seen = { hashed: 0, copied: 0 };
  const bytes = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
  // oxlint-disable-next-line typescript/unbound-method -- patched here, each called on its own object
  const [{ update }, { set, slice }] = [HashMD.prototype, bytes];
  HashMD.prototype.update = function (this: HashMD<never>, data: Uint8Array) {
    seen.hashed += data.length;
    return update.call(this, data) as never;
  };
  bytes.set = function (this: Uint8Array, from: ArrayLike<number>, at?: number) {
    seen.copied += from.length;
    set.call(this, from, at);
  };
  bytes.slice = function (this: Uint8Array<ArrayBuffer>, from?: number, to?: number) {
    const part = slice.call(this, from, to) as Uint8Array<ArrayBuffer>;
    seen.copied += part.length;
    return part;
  };
  onTestFinished(() => {
    HashMD.prototype.update = update;
    Object.assign(bytes, { set, slice });
  });
  return { take: () => ({ ...seen }) };
};

test('[F14] 2,000 appends to a run log: each thousand hashes and copies as many bytes as the other', async () => {
  const k = await bootMemory();
  const path = '/system/runs/2026-11-23/r1.jsonl';
  const line = (i: number): string => `${JSON.stringify({ t: 'step', i: 10_000 + i, text: 'x'.repeat(200) })}\n`;
  const append = async (i: number): Promise<void> => {
    const author = { actor: 'agent:a' as const, message: 'Run r1: step', run: 'r1', cause: '' };
    expect(await k.kernel.fs.write([{ op: 'append', path, content: line(i) }], author)).toMatchObject({ ok: true });
  };
  await append(0);
  const bytes = watchBytes();
  const marks = [bytes.take()];
  for (let i = 1; i <= 2000; i++) {
    await append(i);
    if (i % 1000 === 0) marks.push(bytes.take());
  }
  const spent = (n: number, what: 'hashed' | 'copied'): number => (marks[n + 1]?.[what] ?? 0) - (marks[n]?.[what] ?? 0);
  const appended = 1000 * line(1).length;
  for (const what of ['hashed', 'copied'] as const) {
    expect(spent(0, what)).toBeGreaterThan(appended);
    expect(spent(1, what) / spent(0, what)).toBeLessThan(1.1);
    // A small multiple of what was appended (content, entry payload, header, buffers on the way), while the content that
    // is there already is a thousand times as long.
    expect(spent(1, what)).toBeLessThan((what === 'hashed' ? 4 : 20) * appended);
  }
  const whole = Array.from({ length: 2001 }, (_, i) => line(i)).join('');
  const read = await k.as('operator').read(path);
  expect(read.ok && read.value.content === whole).toBe(true);
  expect(read.ok && read.value.stat).toMatchObject({ as: 'record', size: whole.length, hash: hashHex(whole) });
  await k.stop();
});

test('[F14] records that grew from one another are each what they were, read or not, in any order', () => {
  const piece = fc.uint8Array({ maxLength: 80 });
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 3 }),
      fc.array(fc.record({ from: fc.nat(), piece, read: fc.boolean() }), { maxLength: 30 }),
      (parts, steps) => {
        const all: { record: RecordContent; bytes: Uint8Array }[] = [
          { record: recordOf([...parts]), bytes: concatBytes(parts) },
        ];
        for (const step of steps) {
          const from = all[step.from % all.length];
          if (!from) continue;
          if (step.read) expect(recordBytes(from.record)).toEqual(from.bytes);
          all.push({ record: appendTo(from.record, step.piece), bytes: concatBytes([from.bytes, step.piece]) });
        }
        for (const { record, bytes } of all) {
          expect(record.size).toBe(bytes.length);
          expect(recordHash(record)).toBe(hashHex(bytes));
          expect(recordBytes(record)).toEqual(bytes);
        }
      },
    ),
  );
});

test('[F14] a set that is refused half way leaves a record as it was', async () => {
  const k = await bootMemory();
  const author = { actor: 'daemon:test' as const, message: 'm', run: '', cause: '' };
  const path = '/system/test/log.jsonl';
  const write = (content: string, bad = false) =>
    k.kernel.fs.write(
      [{ op: 'append', path, content }, ...(bad ? [{ op: 'remove' as const, path: '/system/none' }] : [])],
      author,
    );
  await write('one\n');
  expect((await write('lost\n', true)).ok).toBe(false);
  await write('two\n');
  const read = await k.as('operator').read(path);
  expect(read).toMatchObject({ ok: true, value: { content: 'one\ntwo\n', stat: { hash: hashHex('one\ntwo\n') } } });
  expect(toUtf8('one\ntwo\n').length).toBe(read.ok && read.value.stat.size);
  await k.stop();
});

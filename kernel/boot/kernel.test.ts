import { expect, test } from 'vitest';
import { bootMemory, createDisk } from './memory.ts';
import { GENESIS } from './genesis.ts';

test('[S2] [F5] a workspace is made once, each boot raises the epoch and adds one entry, and a restart keeps everything', async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  const listed = await a.as('operator').list('/', { depth: 9 });
  const paths = listed.ok ? listed.value.entries.map((entry) => entry.path) : [];
  for (const change of GENESIS) expect(paths).toContain('path' in change ? change.path : '');
  const entries = a.journal.entryCount();
  await a.stop();
  const b = await bootMemory({ disk });
  expect([b.epoch, b.journal.entryCount()]).toEqual([a.epoch + 1, entries + 1]);
  expect(await b.as('operator').list('/', { depth: 9 })).toMatchObject({
    ok: true,
    value: { entries: paths.map((path) => ({ path })) },
  });
  await b.stop();
});

test('[J6] stopping with writes under way loses none that was answered', async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  const writes = Array.from({ length: 20 }, (_, i) =>
    a.as('operator').write([{ op: 'put', path: `/workspace/${i}.md`, content: `${i}` }], { message: 'm' }),
  );
  await a.stop();
  const answers = await Promise.all(writes);
  const b = await bootMemory({ disk });
  for (const [i, answer] of answers.entries()) {
    if (answer.ok)
      expect(await b.as('operator').read(`/workspace/${i}.md`)).toMatchObject({ ok: true, value: { content: `${i}` } });
  }
  expect(answers.some((answer) => answer.ok)).toBe(true);
  await b.stop();
});

test('[F23] /proc/chunks says what large files take, and what of it no entry names', async () => {
  const k = await bootMemory();
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251);
  await k.as('operator').write([{ op: 'put', path: '/workspace/x.bin', content: bytes, base: null }], { message: 'm' });
  const read = await k.as('operator').read('/proc/chunks');
  const use = JSON.parse(read.ok ? String(read.value.content) : '{}') as { bytes: number; unreferenced: object };
  expect(use.bytes).toBe(bytes.length);
  expect(use.unreferenced).toEqual({ chunks: 0, bytes: 0 });
  await k.stop();
});

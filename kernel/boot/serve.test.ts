import { expect, test } from 'vitest';
import { WIRE_VERSION, type FromKernel } from '../protocol/wire.ts';
import { bootMemory, createDisk } from './memory.ts';
import { serve } from './serve.ts';

const writing = (id: string) => ({
  t: 'call' as const,
  id,
  name: 'write',
  args: { changes: [{ op: 'append', path: '/workspace/log.md', content: `${id}\n` }], message: 'm' },
});
const answersIn = (frames: FromKernel[]) => frames.flatMap((frame) => (frame.t === 'result' ? [frame.id] : []));

test('[S2] [S8] a fenced kernel answers no write: the one that took over does, once', async () => {
  const disk = createDisk();
  const former = await bootMemory({ disk });
  const said: FromKernel[] = [];
  const page = serve(former, 'operator', (frame) => said.push(frame), true);
  page.receive(writing('a:1'));
  await former.clock.advance(0);
  expect(answersIn(said)).toEqual(['a:1']);

  const next = await bootMemory({ disk, clock: former.clock });
  page.receive(writing('a:2'));
  await former.clock.advance(0);
  expect(answersIn(said)).toEqual(['a:1']);

  const heard: FromKernel[] = [];
  const moved = serve(next, 'operator', (frame) => heard.push(frame), true);
  for (const id of ['a:1', 'a:2']) moved.receive(writing(id));
  await next.clock.advance(0);
  expect(answersIn(heard).sort()).toEqual(['a:1', 'a:2']);
  expect(await next.as('operator').read('/workspace/log.md')).toMatchObject({ value: { content: 'a:1\na:2\n' } });
  await former.stop().catch(() => undefined);
  await next.stop();
});

test('[S8] a kernel fenced in the middle of a commit: its page hears nothing, and nothing is there twice', async () => {
  const disk = createDisk();
  const former = await bootMemory({ disk });
  const said: FromKernel[] = [];
  const page = serve(former, 'operator', (frame) => said.push(frame), true);
  // Another kernel starts while writes are queued behind one another: some are before it, some after.
  for (let n = 0; n < 20; n++) page.receive(writing(`b:${n}`));
  const next = await bootMemory({ disk, clock: former.clock });
  for (let n = 20; n < 40; n++) page.receive(writing(`b:${n}`));
  await former.clock.advance(0);
  const answered = answersIn(said);
  expect(said.every((frame) => frame.t !== 'result' || frame.result.ok)).toBe(true);
  expect(answered.length).toBeLessThan(40);

  const heard: FromKernel[] = [];
  const moved = serve(next, 'operator', (frame) => heard.push(frame), true);
  for (let n = 0; n < 40; n++) if (!answered.includes(`b:${n}`)) moved.receive(writing(`b:${n}`));
  await next.clock.advance(0);
  const read = await next.as('operator').read('/workspace/log.md');
  const lines = read.ok ? String(read.value.content).trim().split('\n') : [];
  expect(lines.sort()).toEqual(Array.from({ length: 40 }, (_, n) => `b:${n}`).sort());
  await former.stop().catch(() => undefined);
  await next.stop();
});

test.each([
  [WIRE_VERSION - 1, 'Reload this tab'],
  [WIRE_VERSION + 1, 'Close or reload that tab'],
])('[S7] a page of version %i is told which tab to reload', async (version, words) => {
  const k = await bootMemory();
  const said: FromKernel[] = [];
  serve(k, 'operator', (frame) => said.push(frame), true).receive({ t: 'hello', version, client: 'c' });
  expect(said).toMatchObject([{ t: 'state', state: { state: 'stopped', code: 'EPROTO' } }]);
  expect(JSON.stringify(said)).toContain(words);
  await k.stop();
});

import { expect, test } from 'vitest';
import { bootMemory, createDisk } from './memory.ts';

test('boots, makes the workspace, reads and writes', async () => {
  const k = await bootMemory();
  const op = k.as('operator');
  const w = await op.write([{ op: 'put', path: '/workspace/inbox/a.md', content: 'hello' }], { message: 'first' });
  expect(w).toMatchObject({ ok: true });
  const r = await op.read('/workspace/inbox/a.md');
  expect(r).toMatchObject({ ok: true, value: { content: 'hello', stat: { actor: 'operator', size: 5 } } });
  const l = await op.list('/workspace', { depth: 3 });
  expect(l.ok && l.value.entries.map((e) => e.path)).toContain('/workspace/agents/shell/AGENT.md');
  await k.stop();
});

test('restart keeps everything', async () => {
  const disk = createDisk();
  const a = await bootMemory({ disk });
  await a.as('operator').write([{ op: 'put', path: '/workspace/a.md', content: 'one\ntwo\n' }], { message: 'm' });
  await a.as('operator').write([{ op: 'edit', path: '/workspace/a.md', old: 'one', new: 'three' }], { message: 'm' });
  a.crash();
  const b = await bootMemory({ disk });
  expect(await b.as('operator').read('/workspace/a.md')).toMatchObject({
    ok: true,
    value: { content: 'three\ntwo\n' },
  });
  const h = await b.as('operator').list('/workspace/a.md', { history: true });
  expect(h.ok && h.value.entries.length).toBe(2);
  console.log(JSON.stringify(await b.as('operator').blame('/workspace/a.md')));
  await b.stop();
  const c = await bootMemory({ disk });
  expect(await c.as('operator').read('/workspace/a.md')).toMatchObject({
    ok: true,
    value: { content: 'three\ntwo\n' },
  });
  await c.stop();
});

import { expect, onTestFinished, test } from 'vitest';
import { bootMemory } from '../boot/memory.ts';
import { must } from '../protocol/errors.ts';

test('[G8] would says what the gate would decide, to the operator alone, and does nothing', async () => {
  const k = await bootMemory();
  onTestFinished(() => k.stop());
  const op = k.as('operator');
  const put = (path: string, content: string) =>
    op.write([{ op: 'put', path, content, base: k.kernel.fs.stat(path)?.revision ?? null }], { message: 'm' });
  must(await put('/workspace/agents/ana/AGENT.md', '---\nname: ana\ntools: [write]\nwrite: [/workspace/a/**]\n---\nx'));
  must(await op.invoke('grant', { actor: 'agent:ana', write: ['/workspace/a/**'] }));
  const would = async (args: { path?: string; what?: 'read'; effect?: { kind: string } }) =>
    must(await op.invoke('would', { actor: 'agent:ana', ...args }));
  const done = async (path: string): Promise<string> => {
    const { code } = await k
      .as('agent:ana')
      .write([{ op: 'put', path, content: 'x', base: null }], { message: 'm' })
      .then((result) => (result.ok ? { code: 'apply' } : result.error));
    return code;
  };
  const before = k.journal.entryCount();
  expect(await would({ path: '/workspace/a/1.md' })).toEqual({ verdict: 'apply' });
  expect(await would({ path: '/workspace/b/1.md' })).toMatchObject({
    verdict: 'deny',
    reason: expect.stringContaining('no grant'),
  });
  expect(await would({ path: '/workspace/agents/ana/AGENT.md' })).toMatchObject({ verdict: 'deny' });
  expect(await would({ path: '/workspace/agents/bob/memory/x.md', what: 'read' })).toMatchObject({ verdict: 'deny' });
  expect(await would({ effect: { kind: 'mail' } })).toMatchObject({ verdict: 'queue' });
  must(await put('/system/policy.yaml', 'paused: true\ngrants: { "agent:ana": { write: [/workspace/a/**] } }\n'));
  expect(await would({ path: '/workspace/a/1.md' })).toEqual({ verdict: 'queue', reason: 'Everything is stopped.' });
  expect(k.journal.entryCount()).toBe(before + 1);
  expect(await done('/workspace/a/1.md')).not.toBe('apply');
  expect(await k.as('agent:ana').invoke('would', { actor: 'agent:ana' })).toMatchObject({
    ok: false,
    error: { code: 'EACCES' },
  });
});

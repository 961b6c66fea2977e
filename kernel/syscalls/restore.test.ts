import { expect, test } from 'vitest';
import { bootMemory } from '../boot/memory.ts';
import { POLICY } from '../protocol/capability.ts';
import { must } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';

const put = (path: string, content: string): Change => ({ op: 'put', path, content, base: null });
const at = async (k: Awaited<ReturnType<typeof bootMemory>>): Promise<string> => {
  await k.clock.advance(10);
  const now = new Date(k.clock.now()).toISOString();
  await k.clock.advance(10);
  return now;
};

const boot = async (autonomy: 'bounded' | 'manual') => {
  const k = await bootMemory();
  const op = k.as('operator');
  const role = `---\nname: a\nwrite: [/workspace/shared/**]\n---\nWork.`;
  must(await op.write([put('/workspace/agents/a/AGENT.md', role)], { message: 'role' }));
  must(await op.call('grant', { actor: 'agent:a', write: ['/workspace/shared/**'] }));
  const { content, stat } = must(await op.read(POLICY));
  const text = String(content).replace(/^autonomy: .*$/m, `autonomy: ${autonomy}`);
  must(await op.write([{ op: 'put', path: POLICY, content: text, base: stat.revision }], { message: 'autonomy' }));
  return { k, op, agent: k.as('agent:a') };
};

test('[P12] a restore needs the right over all that it touches, also outside its folder', async () => {
  const { k, op, agent } = await boot('bounded');
  await op.write([put('/workspace/shared/x', '1'), put('/workspace/mine', 'mine')], { message: 'm' });
  const then = await at(k);
  must(await agent.write([{ op: 'edit', path: '/workspace/shared/x', old: '1', new: '2' }], { message: 'm' }));
  must(await agent.write([{ op: 'restore', path: '/workspace/shared', at: then }], { message: 'back' }));
  expect(must(await agent.read('/workspace/shared/x')).content).toBe('1');
  must(await op.write([{ op: 'move', from: '/workspace/mine', to: '/workspace/shared/mine' }], { message: 'm' }));
  const denied = await agent.write([{ op: 'restore', path: '/workspace/shared', at: then }], { message: 'back' });
  expect(denied).toMatchObject({ error: { code: 'EACCES', path: '/workspace/mine' } });
  expect(must(await op.read('/workspace/shared/mine')).content).toBe('mine');
  must(await op.write([{ op: 'restore', path: '/workspace/shared', at: then }], { message: 'back' }));
  expect(must(await op.read('/workspace/mine')).content).toBe('mine');
  await k.stop();
});

test('[P12] a restore that must wait is a proposal, and approving it restores', async () => {
  const { k, op, agent } = await boot('manual');
  await op.write([put('/workspace/shared/x', '1')], { message: 'm' });
  await op.write([{ op: 'remove', path: '/workspace/shared/x' }], { message: 'm' });
  const asked = await agent.write([{ op: 'restore', path: '/workspace/shared/x' }], { message: 'needed' });
  expect(asked).toMatchObject({ error: { code: 'EAGAIN' } });
  const id = asked.ok ? '' : String(asked.error.detail?.['proposal']);
  const { hash } = JSON.parse(String(must(await op.read(`/system/proposals/${id}.json`)).content)) as { hash: string };
  must(await op.call('decide', { id, verdict: 'approve', hash }));
  expect(must(await op.read('/workspace/shared/x')).stat).toMatchObject({ actor: 'agent:a' });
  await k.stop();
});

test('[P12] nobody brings back by a restore what they may not read', async () => {
  const { k, op, agent } = await boot('bounded');
  const [secret, path] = ['/workspace/agents/b/memory/s.md', '/workspace/shared/s.md'];
  await op.write([put(secret, 'a secret of b')], { message: 'm' });
  const revision = must(await op.read(secret)).stat.revision;
  await op.write([{ op: 'edit', path: secret, old: 'a secret of b', new: 'open' }], { message: 'm' });
  await op.write([{ op: 'move', from: secret, to: path }], { message: 'm' });
  const denied = await agent.write([{ op: 'restore', path, at: revision }], { message: 'm' });
  expect(denied).toMatchObject({ error: { code: 'EACCES' } });
  expect(must(await op.read(path)).content).toBe('open');
  must(await op.write([{ op: 'restore', path, at: revision }], { message: 'm' }));
  await k.stop();
});

test('[P4] policy goes back to a date by the operator alone, and never to what does not parse', async () => {
  const { k, op, agent } = await boot('bounded');
  const then = await at(k);
  must(await op.write([{ op: 'append', path: POLICY, content: '\n# a remark\n' }], { message: 'm' }));
  const back: Change = { op: 'restore', path: POLICY, at: then };
  expect(await agent.write([back], { message: 'm' })).toMatchObject({ error: { code: 'EACCES' } });
  const gone: Change = { op: 'restore', path: POLICY };
  expect(await op.write([gone], { message: 'm' })).toMatchObject({ error: { code: 'EINVAL' } });
  must(await op.write([back], { message: 'm' }));
  expect(String(must(await op.read(POLICY)).content)).not.toContain('a remark');
  await k.stop();
});

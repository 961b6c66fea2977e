import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootMemory, createDisk, type Memory } from '../boot/memory.ts';
import { POLICY } from '../protocol/capability.ts';
import type { Sys } from '../protocol/sys.ts';

const code = (answer: { ok: true } | { ok: false; error: { code: string } }): string =>
  answer.ok ? 'ok' : answer.error.code;
let k: Memory;
let op: Sys;
beforeAll(async () => {
  k = await bootMemory();
  op = k.as('operator');
});
afterAll(() => k.stop());
const setPolicy = async (text: string): Promise<string> => {
  const read = await op.read(POLICY);
  const done = await op.write(
    [{ op: 'put', path: POLICY, content: text, base: read.ok ? read.value.stat.revision : '' }],
    { message: 'policy' },
  );
  return code(done);
};
const policyText = async (): Promise<string> => {
  const read = await op.read(POLICY);
  return read.ok ? String(read.value.content) : '';
};

describe('policy', () => {
  test("[P4] policy is the operator's alone and never text that does not parse, whatever a set makes of it", async () => {
    const before = await policyText();
    for (const actor of ['agent:shell', 'program:p', 'daemon:d'] as const) {
      for (const change of [
        { op: 'put', path: POLICY, content: '' },
        { op: 'append', path: POLICY, content: '#' },
        { op: 'remove', path: POLICY },
      ]) {
        expect(code(await k.as(actor).call('write', { changes: [change], message: 'm' }))).toBe('EACCES');
      }
    }
    for (const text of ['autonomy: sometimes', ': : :', '- a list', 'grants: 7', 'autonomy: [', 'ceiling: { usd: -1 }'])
      expect([text, await setPolicy(text)]).toEqual([text, 'EINVAL']);
    const each = (changes: unknown) => op.call('write', { changes, message: 'm' });
    expect(code(await each([{ op: 'append', path: POLICY, content: '\nbroken: [' }]))).toBe('EINVAL');
    expect(code(await each([{ op: 'edit', path: POLICY, old: 'autonomy: bounded', new: 'autonomy: never' }]))).toBe(
      'EINVAL',
    );
    // Each of the two is sound alone; together they are not.
    expect(
      code(
        await each([
          { op: 'append', path: POLICY, content: 'x: 1\n' },
          { op: 'append', path: POLICY, content: 'x: 2\n' },
        ]),
      ),
    ).toBe('EINVAL');
    expect(code(await each([{ op: 'remove', path: POLICY }]))).toBe('EINVAL');
    expect(code(await each([{ op: 'move', from: POLICY, to: '/workspace/p.yaml' }]))).toBe('EINVAL');
    expect(code(await each([{ op: 'put', path: POLICY, content: Uint8Array.of(0) }]))).toBe('EINVAL');
    expect(await policyText()).toBe(before);
    const answers = await Promise.all(
      ['y: 1\n', 'y: 2\n'].map((content) => op.write([{ op: 'append', path: POLICY, content }], { message: 'm' })),
    );
    expect(answers.map(code).sort()).toEqual(['EINVAL', 'ok']);
    await setPolicy(before);
  });

  test('[P8] a policy that cannot be read means manual, with no grants', async () => {
    const own = await bootMemory({ disk: createDisk() });
    const agent = own.as('agent:shell');
    const put = (path: string) => agent.write([{ op: 'put', path, content: 'x' }], { message: 'm' });
    expect(code(await put('/workspace/a.md'))).toBe('ok');
    // Behind the gate's back, as a damaged disk or another version of the kernel would.
    const author = { actor: 'daemon:test' as const, message: 'm', run: '', cause: '' };
    await own.kernel.fs.write([{ op: 'append', path: POLICY, content: '\nbroken: [' }], author);
    expect(code(await put('/workspace/b.md'))).toBe('EACCES');
    expect(await own.kernel.facts.policy()).toMatchObject({ autonomy: 'manual', grants: {} });
    await own.kernel.fs.write([{ op: 'remove', path: POLICY }], author);
    expect(code(await put('/workspace/c.md'))).toBe('EACCES');
    expect(code(await put('/workspace/agents/shell/memory/note.md'))).toBe('ok');
    await own.stop();
  });

  test('[P4] a grant keeps the comments of the policy and everything else in it', async () => {
    const before = await policyText();
    expect(await op.call('grant', { actor: 'agent:new', write: ['/workspace/n/**'] })).toEqual({
      ok: true,
      value: { grants: ['/workspace/n/**'] },
    });
    const text = await policyText();
    expect(text).toContain('# What agents may do alone');
    expect((await k.kernel.facts.policy()).grants).toEqual({
      'agent:shell': { write: ['/workspace/**'], effects: [] },
      'agent:new': { write: ['/workspace/n/**'], effects: [] },
    });
    expect(code(await op.call('grant', { actor: 'operator', write: ['/**'] }))).toBe('EINVAL');
    expect(code(await op.call('grant', { actor: 'nobody', write: ['/**'] }))).toBe('EINVAL');
    await op.call('revoke', { actor: 'agent:new' });
    expect((await k.kernel.facts.policy()).grants).toEqual({
      'agent:shell': { write: ['/workspace/**'], effects: [] },
    });
    await setPolicy(before);
  });

  test('[P2] a role runs as the agent whose folder it lies in, and as no other', async () => {
    await op.write(
      [
        {
          op: 'put',
          path: '/workspace/agents/mask/AGENT.md',
          content: '---\nname: shell\nwrite: [/workspace/**]\n---\nx',
        },
      ],
      { message: 'm' },
    );
    expect(code(await op.fire('/workspace/agents/mask', { args: { prompt: 'go' } }))).toBe('EINVAL');
    expect(
      code(await k.as('agent:mask').write([{ op: 'put', path: '/workspace/z.md', content: 'x' }], { message: 'm' })),
    ).toBe('EACCES');
  });

  test("[P6] manual queues an agent's write as a proposal; the operator's own applies", async () => {
    const before = await policyText();
    await setPolicy(before.replace('autonomy: bounded', 'autonomy: manual'));
    const path = '/workspace/manual.md';
    const queued = await k.as('agent:shell').write([{ op: 'put', path, content: 'x' }], { message: 'm' });
    expect(queued).toMatchObject({
      ok: false,
      error: { code: 'EAGAIN', detail: { proposal: expect.stringMatching(/^[0-9a-f]{8}$/) } },
    });
    expect(code(await op.read(path))).toBe('ENOENT');
    expect(code(await k.as('agent:shell').read('/workspace/AGENTS.md'))).toBe('ok');
    expect(code(await op.write([{ op: 'put', path, content: 'x' }], { message: 'm' }))).toBe('ok');
    await setPolicy(before);
  });
});

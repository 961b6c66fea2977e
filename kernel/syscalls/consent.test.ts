import { describe, expect, onTestFinished, test } from 'vitest';
import { createExpiry } from '../daemons/expiry.ts';
import { bootMemory, createClock, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { refuseCommits } from '../boot/faults.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { proposalFile, type Proposal } from '../protocol/formats/records.ts';
import type { Effect } from '../protocol/effects.ts';
import type { Change } from '../protocol/files.ts';

const PATH = '/workspace/target.md';
const MAIL: Effect = { kind: 'mail', to: 'x@example.com', amount: 7 };

type Effects = { count: number; answer: () => Promise<Result<{ said: string }>> };
const boot = async (
  effects: Effects = { count: 0, answer: async () => ok({ said: 'sent' }) },
  disk: Disk = createDisk(),
) => {
  const clock = createClock();
  const k = await bootMemory({
    disk,
    clock,
    daemons: [createExpiry(clock.setTimer)],
    ports: () => ({ effects: { run: () => (effects.count++, effects.answer()) } }),
  });
  let crashed = false;
  onTestFinished(async () => {
    if (!crashed) await k.stop();
  });
  const crash = (): void => {
    crashed = true;
    k.crash();
  };
  return { k, effects, disk, crash, op: k.as('operator'), agent: k.as('agent:shell') };
};
const proposal = async (k: Memory, id: string): Promise<Proposal> => {
  const read = await k.as('operator').read(proposalFile(id));
  if (!read.ok) throw new Error(read.error.message);
  return JSON.parse(String(read.value.content)) as Proposal;
};
const propose = async (
  k: Memory,
  what: { changes?: Change[]; effect?: Effect },
  more: object = {},
): Promise<Proposal> => {
  const done = await k
    .as('agent:shell')
    .propose({ ...what, rationale: 'because', reversibility: 'reversible', ...more });
  if (!done.ok) throw new Error(done.error.message);
  return proposal(k, done.value.id);
};
const decide = (k: Memory, { id, hash }: { id: string; hash: string }, verdict: 'approve' | 'reject' = 'approve') =>
  k.as('operator').call('decide', { id, verdict, hash });
const content = async (k: Memory, path = PATH): Promise<unknown> => {
  const read = await k.as('operator').read(path);
  return read.ok ? read.value.content : read.error.code;
};
const code = (answer: Result<unknown>): string =>
  answer.ok ? ((answer.value as { state?: string }).state ?? 'ok') : answer.error.code;
const put = (text: string, base?: string): Change => ({
  op: 'put',
  path: PATH,
  content: text,
  ...(base ? { base } : {}),
});

describe('a decision', () => {
  test('[C4] [C1] changes and the word executed are one set, attributed to whoever proposed them', async () => {
    const { k, op } = await boot();
    const asked = await propose(
      k,
      { changes: [put('new'), { op: 'mkdir', path: '/workspace/made' }] },
      { expects: 'a file' },
    );
    expect(asked).toMatchObject({
      by: 'agent:shell',
      state: 'pending',
      class: 'workspace',
      title: 'Write target.md and 1 more',
      expects: 'a file',
    });
    expect(await content(k)).toBe('ENOENT');
    expect(await decide(k, asked)).toEqual({ ok: true, value: { id: asked.id, state: 'executed' } });
    expect(await content(k)).toBe('new');
    const history = await op.list(PATH, { history: true });
    expect(history.ok && history.value.entries[0]).toMatchObject({
      actor: 'agent:shell',
      cause: `proposal:${asked.id}`,
    });
    const record = await op.list(proposalFile(asked.id), { history: true });
    const [executed] = record.ok ? record.value.entries : [];
    const [, set] = (history.ok ? history.value.entries[0]?.id : '')?.split('.') ?? [];
    expect(executed).toMatchObject({ actor: 'agent:shell', cause: `proposal:${asked.id}` });
    expect(Number(executed?.id.split('.')[1]) - Number(set)).toBe(2);
    expect(await proposal(k, asked.id)).toMatchObject({
      state: 'executed',
      decision: { by: 'operator', verdict: 'approve' },
    });
  });

  test('[C3] [A14] approving in many places at once executes once; later answers say how it ended', async () => {
    const { k, effects } = await boot();
    const [mail, change] = [
      await propose(k, { effect: MAIL }),
      await propose(k, { changes: [{ op: 'append', path: PATH, content: 'once' }] }),
    ];
    for (const asked of [mail, change]) {
      const answers = await Promise.all(Array.from({ length: 6 }, () => decide(k, asked)));
      expect(answers.map(code).sort()).toEqual([...Array(5).fill('EBUSY'), 'executed']);
      expect(await decide(k, asked)).toMatchObject({
        ok: false,
        error: { code: 'EBUSY', message: expect.stringContaining('done already'), detail: { state: 'executed' } },
      });
      expect(code(await decide(k, asked, 'reject'))).toBe('EBUSY');
    }
    expect(effects.count).toBe(1);
    expect(await content(k)).toBe('once');
  });

  test('[C1] [A14] binds to the hash of exactly what would happen', async () => {
    const { k, effects, op } = await boot();
    const asked = await propose(k, { effect: MAIL });
    expect(await decide(k, { id: asked.id, hash: 'f'.repeat(64) })).toMatchObject({
      ok: false,
      error: { code: 'ESTALE', detail: { hash: asked.hash } },
    });
    // The record was tampered with: what it says and what was consented to are no longer one.
    const read = await op.read(proposalFile(asked.id));
    const forged = { ...asked, effect: { ...MAIL, amount: 7000 } };
    await k.kernel.fs.write(
      [
        {
          op: 'put',
          path: proposalFile(asked.id),
          content: JSON.stringify(forged),
          base: read.ok ? read.value.stat.revision : '',
        },
      ],
      { actor: 'daemon:test', message: 'm', run: '', cause: '' },
    );
    expect(code(await decide(k, asked))).toBe('ESTALE');
    expect(effects.count).toBe(0);
    const [a, b] = [
      await propose(k, { effect: MAIL }, { rationale: 'a' }),
      await propose(k, { effect: { ...MAIL, amount: 8 } }),
    ];
    expect(a.hash).not.toBe(b.hash);
    expect(a.hash).toBe(asked.hash);
  });

  test('[C2] a put binds to the revision that stood when it was proposed; a stale one fails and changes nothing', async () => {
    const { k, op } = await boot();
    await op.write([put('one')], { message: 'm' });
    const asked = await propose(k, { changes: [put('two'), { op: 'put', path: '/workspace/other.md', content: 'x' }] });
    expect(asked.changes?.[0]).toMatchObject({ base: expect.stringMatching(/\.\d+$/) });
    expect(asked.changes?.[1]).toMatchObject({ base: null });
    await op.write([{ op: 'append', path: PATH, content: ' more' }], { message: 'm' });
    expect(await decide(k, asked)).toMatchObject({ ok: true, value: { state: 'failed' } });
    expect(await proposal(k, asked.id)).toMatchObject({ state: 'failed', result: { error: { code: 'ESTALE' } } });
    expect([await content(k), await content(k, '/workspace/other.md')]).toEqual(['one more', 'ENOENT']);
    expect(code(await decide(k, asked))).toBe('EBUSY');
  });

  test('[A13] a reject is final', async () => {
    const { k, op } = await boot();
    const asked = await propose(k, { changes: [put('x')] });
    expect(code(await op.call('decide', { id: asked.id, hash: asked.hash, verdict: 'reject', reason: 'no' }))).toBe(
      'rejected',
    );
    expect(code(await decide(k, asked))).toBe('EBUSY');
    expect(await proposal(k, asked.id)).toMatchObject({
      state: 'rejected',
      decision: { verdict: 'reject', reason: 'no', by: 'operator' },
    });
    expect(await content(k)).toBe('ENOENT');
    expect(code(await decide(k, { id: 'ffffffff', hash: '' }))).toBe('ENOENT');
  });

  test('[C7] [A13] nobody but the operator decides, and the operator not what it proposed itself', async () => {
    const { k, op, effects } = await boot();
    const asked = await propose(k, { effect: MAIL });
    for (const actor of ['agent:shell', 'agent:other', 'program:p', 'daemon:d'] as const) {
      expect(code(await k.as(actor).call('decide', { id: asked.id, hash: asked.hash, verdict: 'approve' }))).toBe(
        'EACCES',
      );
    }
    const own = await op.fire(MAIL);
    expect(own).toMatchObject({ ok: true, value: { state: 'queued' } });
    const id = (own as { value: { result: { proposal: string } } }).value.result.proposal;
    expect(code(await decide(k, await proposal(k, id)))).toBe('EACCES');
    expect(effects.count).toBe(0);
  });

  test('[C5] [A14] past its expiry it cannot run and becomes expired, also by itself', async () => {
    const { k, effects } = await boot();
    const [a, b] = [
      await propose(k, { effect: MAIL }, { reversibility: 'irreversible' }),
      await propose(k, { effect: { ...MAIL, n: 2 } }, { reversibility: 'irreversible' }),
    ];
    expect(Date.parse(a.expiresAt) - Date.parse(a.createdAt)).toBe(3_600_000);
    k.clock.set(k.clock.now() + 3_600_000);
    expect(code(await decide(k, a))).toBe('ETIMEDOUT');
    expect((await proposal(k, a.id)).state).toBe('expired');
    await k.clock.advance(31_000);
    expect((await proposal(k, b.id)).state).toBe('expired');
    expect(code(await decide(k, b))).toBe('EBUSY');
    expect(effects.count).toBe(0);
    const past = await k
      .as('agent:shell')
      .propose({ effect: MAIL, rationale: 'r', reversibility: 'reversible', expiresAt: '2001-01-01T00:00:00Z' });
    expect(code(past)).toBe('EINVAL');
    const long = await propose(
      k,
      { effect: MAIL },
      { reversibility: 'irreversible', expiresAt: new Date(k.clock.now() + 9e9).toISOString() },
    );
    expect(Date.parse(long.expiresAt)).toBe(k.clock.now() + 3_600_000);
  });
});

describe('an effect', () => {
  test('[C6] [A15] attempted without a known end it is unknown after a restart, and never done again', async () => {
    const disk = createDisk();
    const { k, effects, crash } = await boot({ count: 0, answer: () => new Promise(() => undefined) }, disk);
    const asked = await propose(k, { effect: MAIL });
    void decide(k, asked);
    await k.clock.advance(10);
    expect(effects.count).toBe(1);
    expect((await proposal(k, asked.id)).state).toBe('executing');
    crash();
    const later = await boot({ count: 0, answer: async () => ok({ said: 'again' }) }, disk);
    expect((await proposal(later.k, asked.id)).state).toBe('unknown');
    expect(await decide(later.k, asked)).toMatchObject({
      ok: false,
      error: { code: 'EBUSY', message: expect.stringContaining('not sent again') },
    });
    await later.k.clock.advance(60_000);
    expect(later.effects.count).toBe(0);
    expect((await proposal(later.k, asked.id)).state).toBe('unknown');
  });

  test('[C6] one that breaks on the way is unknown at once', async () => {
    const { error } = console;
    console.error = () => undefined;
    onTestFinished(() => void (console.error = error));
    const { k } = await boot({ count: 0, answer: () => Promise.reject(new Error('planted')) });
    const asked = await propose(k, { effect: MAIL });
    expect(code(await decide(k, asked))).toBe('unknown');
    expect(code(await decide(k, asked))).toBe('EBUSY');
  });

  test('[C6] approved and not yet begun is failed after a restart: nothing was done', async () => {
    const disk = createDisk();
    const { k, effects, crash } = await boot(undefined, disk);
    const asked = await propose(k, { effect: MAIL });
    const read = await k.as('operator').read(proposalFile(asked.id));
    await k.kernel.fs.write(
      [
        {
          op: 'put',
          path: proposalFile(asked.id),
          content: JSON.stringify({ ...asked, state: 'approved' }),
          base: read.ok ? read.value.stat.revision : '',
        },
      ],
      { actor: 'daemon:test', message: 'm', run: '', cause: '' },
    );
    crash();
    const later = await boot(effects, disk);
    expect(await proposal(later.k, asked.id)).toMatchObject({
      state: 'failed',
      result: { said: expect.stringContaining('Nothing was done') },
    });
    expect(effects.count).toBe(0);
  });

  test('[C3] a refusal of the outside is failed, with its words', async () => {
    const { k } = await boot({ count: 0, answer: async () => err('ETIMEDOUT', 'no answer') });
    const asked = await propose(k, { effect: MAIL });
    expect(code(await decide(k, asked))).toBe('failed');
    expect(await proposal(k, asked.id)).toMatchObject({
      result: { error: { code: 'ETIMEDOUT', message: 'no answer' } },
    });
  });

  test('[C3] a slow one holds up no other decision', async () => {
    const { k } = await boot({ count: 0, answer: () => new Promise(() => undefined) });
    const [slow, other] = [await propose(k, { effect: MAIL }), await propose(k, { changes: [put('x')] })];
    void decide(k, slow);
    await k.clock.advance(10);
    expect(code(await decide(k, other))).toBe('executed');
    expect(await decide(k, slow)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('being carried out') },
    });
  });

  test('[C3] [J7] no room for the claim means that nothing is sent', async () => {
    const { k, effects } = await boot();
    const asked = await propose(k, { effect: MAIL });
    const fault = refuseCommits(1);
    onTestFinished(fault.undo);
    expect(code(await decide(k, asked))).toBe('ENOSPC');
    expect(effects.count).toBe(0);
    expect(code(await decide(k, asked))).toBe('executed');
    expect(effects.count).toBe(1);
  });

  test('[P9] [A11] fired by anybody, an unknown kind waits; the same request proposes once', async () => {
    const { k, effects } = await boot();
    for (const actor of ['agent:shell', 'operator'] as const)
      expect(await k.as(actor).fire(MAIL)).toMatchObject({ ok: true, value: { state: 'queued' } });
    expect(await k.as('agent:shell').fire({ kind: 'notify', title: 't', body: '' })).toMatchObject({
      ok: true,
      value: { state: 'done' },
    });
    expect(effects.count).toBe(1);
    const asked = await propose(k, { effect: MAIL });
    expect(asked).toMatchObject({ class: 'external-irreversible', waits: expect.stringMatching(/decision/) });
  });

  test('[R5] an effect with a key fires once, from wherever, also after a restart', async () => {
    const disk = createDisk();
    const { k, effects, crash } = await boot(undefined, disk);
    const notice: Effect = { kind: 'notify', title: 't', body: '' };
    const fire = (one: Memory) => one.as('operator').fire(notice, { key: 'k1' });
    const answers = await Promise.all([fire(k), fire(k), fire(k)]);
    expect(answers.map(code).sort()).toEqual(['done', 'unknown', 'unknown']);
    crash();
    const later = await boot(effects, disk);
    expect(code(await fire(later.k))).toBe('unknown');
    expect(effects.count).toBe(1);
    expect(code(await later.op.fire(notice, { key: 'k2' }))).toBe('done');
  });
});

describe('a proposal', () => {
  test('[C1] shows exactly what it changes: text below /workspace, either changes or one effect', async () => {
    const { agent } = await boot();
    const ask = async (what: object): Promise<string> =>
      code(await agent.call('propose', { rationale: 'r', reversibility: 'reversible', ...what }));
    expect(await ask({ changes: [{ op: 'put', path: PATH, content: Uint8Array.of(1) }] })).toBe('EINVAL');
    expect(await ask({ changes: [put('x')], effect: MAIL })).toBe('EINVAL');
    expect(await ask({})).toBe('EINVAL');
    for (const path of ['/system/policy.yaml', '/programs/p/x', '/x'])
      expect(await ask({ changes: [{ op: 'put', path, content: 'x' }] })).toBe('EACCES');
    expect(await ask({ changes: [{ op: 'move', from: PATH, to: '/system/x' }] })).toBe('EACCES');
    expect(
      await ask({
        changes: [{ op: 'put', path: '/workspace/agents/new/AGENT.md', content: '---\nname: new\n---\nx' }],
      }),
    ).toBe('pending');
  });
});

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bootMemory, createDisk, type Memory } from '../boot/memory.ts';
import { POLICY } from '../protocol/capability.ts';
import { ok } from '../protocol/errors.ts';
import { emptyUsage } from '../protocol/formats/records.ts';
import { CALLS } from '../protocol/syscalls.ts';
import type { Actor } from '../protocol/actor.ts';
import type { Sys } from '../protocol/sys.ts';
import type { Caller } from './kernel.ts';

const caller = (actor: Actor, cause: string): Caller => ({
  actor,
  run: '',
  cause,
  capabilities: [],
  signal: new AbortController().signal,
});
const code = (answer: { ok: true } | { ok: false; error: { code: string } }): string =>
  answer.ok ? 'ok' : answer.error.code;
const quiet = (): void => {
  const { error } = console;
  console.error = () => undefined;
  onTestFinished(() => void (console.error = error));
};

let k: Memory;
let op: Sys;
let body: (sys: Sys) => Promise<unknown> = async () => undefined;
beforeAll(async () => {
  k = await bootMemory({
    ports: () => ({
      agents: { run: async (sys) => (await body(sys), { state: 'done', usage: emptyUsage() }) },
      effects: {
        run: async (_sys, effect) => {
          if (effect.kind === 'notify' && effect['title'] === 'bug') throw new Error('planted bug');
          return ok({ said: 'told' });
        },
      },
    }),
  });
  op = k.as('operator');
});
afterAll(() => k.stop());
/** Run `what` inside a run of the shell agent. */
const inRun = async (what: (sys: Sys) => Promise<unknown>) => {
  body = what;
  const fired = await op.fire('/workspace/agents/shell', { args: { prompt: 'go', wait: true } });
  body = async () => undefined;
  return fired.ok ? (fired.value.result as { state: string }) : fired;
};
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

describe('the table', () => {
  test.each(['nope', 'toString', '__proto__', 'constructor', 'hasOwnProperty', '', 'Read'])(
    '[G1] [A11] %j is no call',
    async (name) => {
      expect(await op.call(name, {})).toMatchObject({
        ok: false,
        error: { code: 'ENOSYS', call: name, message: expect.stringContaining('as if it could not be undone') },
      });
    },
  );

  test('[G3] arguments of a wrong shape are EINVAL and say what was expected', async () => {
    const bad: [string, unknown][] = [
      ['read', {}],
      ['read', null],
      ['read', 'x'],
      ['read', { path: 3 }],
      ['read', { path: '/a', length: 0 }],
      ['list', { path: '/', depth: 0 }],
      ['search', { query: '' }],
      ['write', { changes: [], message: 'm' }],
      ['write', { changes: [{ op: 'chmod', path: '/a' }], message: 'm' }],
      ['write', { changes: [{ op: 'put', path: '/workspace/a' }], message: 'm' }],
      ['write', { changes: [{ op: 'put', path: '/workspace/a', content: 7 }], message: 'm' }],
      ['decide', { id: 'x', verdict: 'maybe', hash: '' }],
      ['kill', {}],
      ['fire', {}],
      ['propose', { rationale: 'r', reversibility: 'no' }],
    ];
    for (const [name, args] of bad) {
      const answer = await op.call(name, args);
      expect([name, args, code(answer)]).toEqual([name, args, 'EINVAL']);
      expect(!answer.ok && answer.error.call === name && answer.error.message.length > 10).toBe(true);
    }
  });

  test('[G3] [F1] every row takes its arguments through the same parser', async () => {
    for (const name of Object.keys(CALLS)) expect(code(await op.call(name, 42))).not.toBe('EIO');
  });

  test("[G1] what is the operator's alone is nobody else's", async () => {
    for (const [name, row] of Object.entries(CALLS)) {
      if (row.callers === 'any') continue;
      const args = {
        id: 'x',
        verdict: 'approve',
        hash: 'h',
        actor: 'agent:a',
        write: ['/**'],
        source: 'x',
        digest: 'd',
        name: 'p',
        run: 'all',
        pattern: '/**',
        watch: 1,
        path: '/workspace/AGENTS.md',
        doc: 1,
        record: { t: 'note' },
        text: 't',
        value: null,
        model: 'm',
        price: { input: 1, output: 1 },
        tokens: 1,
        max_tokens: 1,
      };
      for (const actor of ['agent:shell', 'program:p', 'daemon:d'] as const) {
        const answer = await k.as(actor).call(name, name === 'secret' ? { ...args, name: 'A' } : args);
        expect([name, actor, code(answer)]).toEqual([name, actor, 'EACCES']);
      }
    }
  });
});

describe('who asks', () => {
  test('[G2] [A2] an actor smuggled into any argument is recorded as the real caller', async () => {
    const path = '/workspace/smuggled.md';
    const change = {
      op: 'put',
      path,
      content: 'x',
      actor: 'operator',
      author: { actor: 'operator' },
      attrs: { actor: 'operator' },
    };
    const done = await k.as('agent:shell').call('write', {
      changes: [change],
      message: 'operator: hello',
      actor: 'operator',
      caller: { actor: 'operator' },
      run: 'r9',
      cause: 'c9',
    });
    expect(done.ok).toBe(true);
    const history = await op.list(path, { history: true });
    expect(history.ok && history.value.entries.map((entry) => [entry.actor, entry.run])).toEqual([
      ['agent:shell', undefined],
    ]);
    const denied = await k.as('agent:shell').call('write', {
      changes: [{ op: 'put', path: '/workspace/jobs/x.md', content: 'x' }],
      message: 'm',
      actor: 'operator',
      capabilities: [{ right: 'write', paths: ['/**'] }],
    });
    expect(code(denied)).toBe('EACCES');
  });

  test('[G7] [A2] a write without a message is EINVAL', async () => {
    const changes = [{ op: 'put', path: '/workspace/none.md', content: 'x' }];
    for (const args of [
      { changes },
      { changes, message: '' },
      { changes, message: '  \n ' },
      { changes, message: null },
    ]) {
      expect(await op.call('write', args)).toMatchObject({
        ok: false,
        error: { code: 'EINVAL', message: expect.stringContaining('message') },
      });
    }
    expect(code(await op.read('/workspace/none.md'))).toBe('ENOENT');
  });

  test('[A1] one agent uses a file that another wrote, with nothing else between them', async () => {
    await op.call('grant', { actor: 'agent:a', write: ['/workspace/shared/**'] });
    for (const name of ['a', 'b'])
      await op.write(
        [
          {
            op: 'put',
            path: `/workspace/agents/${name}/AGENT.md`,
            content: `---\nname: ${name}\nwrite: [/workspace/shared/**]\n---\nWork.`,
          },
        ],
        { message: 'role' },
      );
    expect(
      code(
        await k
          .as('agent:a')
          .write([{ op: 'put', path: '/workspace/shared/fact.md', content: 'the price is 7' }], { message: 'found' }),
      ),
    ).toBe('ok');
    const read = await k.as('agent:b').read('/workspace/shared/fact.md');
    expect(read).toMatchObject({ ok: true, value: { content: 'the price is 7', stat: { actor: 'agent:a' } } });
    expect(
      code(
        await k
          .as('agent:b')
          .write([{ op: 'append', path: '/workspace/shared/fact.md', content: '!' }], { message: 'm' }),
      ),
    ).toBe('EACCES');
    expect(await op.call('revoke', { actor: 'agent:a' })).toEqual({ ok: true, value: { grants: [] } });
    expect(
      code(
        await k
          .as('agent:a')
          .write([{ op: 'append', path: '/workspace/shared/fact.md', content: '!' }], { message: 'm' }),
      ),
    ).toBe('EACCES');
  });

  test('[P1] a file that went into private memory is private there, also under the path it came from', async () => {
    const [path, to] = ['/workspace/public.md', '/workspace/agents/b/memory/p.md'];
    const done = await op.write([{ op: 'put', path, content: 'public' }], { message: 'm' });
    await op.write(
      [
        { op: 'move', from: path, to },
        { op: 'append', path: to, content: ' private' },
      ],
      { message: 'm' },
    );
    const agent = k.as('agent:shell');
    expect(await agent.read(path, { at: done.ok ? (done.value.revisions[0] ?? '') : '' })).toMatchObject({
      ok: true,
      value: { content: 'public' },
    });
    expect(code(await agent.read(path, { at: '2999-01-01' }))).toBe('EACCES');
    const listed = await agent.list(path, { history: true });
    expect(listed.ok && listed.value.entries).toHaveLength(1);
    const all = await agent.list('/workspace', { depth: 9 });
    expect(all.ok && all.value.entries.some((stat) => stat.path.includes('/memory'))).toBe(false);
  });

  test('[P10] [P3] [A10] a folder cannot be moved into, or out of, where its files could not be written', async () => {
    const agent = k.as('agent:shell');
    const role = '---\nname: evil\n---\nx';
    const sets = [
      [
        { op: 'put', path: '/workspace/e/AGENT.md', content: role },
        { op: 'move', from: '/workspace/e', to: '/workspace/agents/evil' },
      ],
      [
        { op: 'put', path: '/workspace/e/evil/AGENT.md', content: role },
        { op: 'move', from: '/workspace/e', to: '/workspace/agents/deep' },
      ],
      [{ op: 'move', from: '/workspace/agents/b', to: '/workspace/b' }],
      [{ op: 'move', from: '/workspace/agents', to: '/workspace/old' }],
      [
        { op: 'mkdir', path: '/workspace/e' },
        { op: 'move', from: '/workspace/e', to: '/workspace/jobs/e' },
      ],
    ];
    for (const changes of sets)
      expect([changes, code(await agent.call('write', { changes, message: 'm' }))]).toEqual([changes, 'EACCES']);
    // Put there first, moved by a later call.
    await agent.write([{ op: 'put', path: '/workspace/f/AGENT.md', content: role }], { message: 'm' });
    expect(
      code(await agent.write([{ op: 'move', from: '/workspace/f', to: '/workspace/agents/f' }], { message: 'm' })),
    ).toBe('EACCES');
    const before = await policyText();
    expect(await setPolicy(before.replace('never_auto: []', 'never_auto: ["path /workspace/plans/secret.md"]'))).toBe(
      'ok',
    );
    const waits = await agent.write(
      [
        { op: 'put', path: '/workspace/tmp/secret.md', content: 'x' },
        { op: 'move', from: '/workspace/tmp', to: '/workspace/plans' },
      ],
      { message: 'm' },
    );
    expect(waits).toMatchObject({ ok: false, error: { code: 'EAGAIN' } });
    await setPolicy(before);
  });
});

describe('behind the gate', () => {
  test('[G4] a bug is EIO for that call, ends the process that made it, and the kernel serves on', async () => {
    quiet();
    let answer: unknown;
    let aborted = false;
    const ended = await inRun(async (sys) => {
      answer = await sys.fire({ kind: 'notify', title: 'bug', body: '' });
      aborted = sys.signal.aborted;
      if (aborted) throw new Error('stopped');
    });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'EIO', call: 'fire', message: expect.stringContaining('planted bug') },
    });
    expect(aborted).toBe(true);
    expect(ended).toMatchObject({ state: 'cancelled' });
    expect(code(await op.write([{ op: 'put', path: '/workspace/after.md', content: 'x' }], { message: 'm' }))).toBe(
      'ok',
    );
  });

  test('[G5] every call is noted with its actor, path and refusal', async () => {
    await k.as('agent:shell').read('/workspace/AGENTS.md');
    await k.as('agent:shell').write([{ op: 'put', path: '/workspace/jobs/no.md', content: 'x' }], { message: 'm' });
    await k.as('agent:shell').write([{ op: 'put', path: '/workspace/noted.md', content: 'x' }], { message: 'm' });
    await op.call('nope');
    await op.read('relative');
    const read = await op.read('/proc/calls');
    const calls = JSON.parse(String(read.ok ? read.value.content : '[]')) as {
      actor: string;
      call: string;
      code?: string;
      path?: string;
    }[];
    expect(calls.slice(-5)).toMatchObject([
      { actor: 'agent:shell', call: 'read', path: '/workspace/AGENTS.md' },
      { actor: 'agent:shell', call: 'write', path: '/workspace/jobs/no.md', code: 'EACCES' },
      { actor: 'agent:shell', call: 'write', path: '/workspace/noted.md' },
      { actor: 'operator', call: 'nope', code: 'ENOSYS' },
      { actor: 'operator', call: 'read', code: 'EINVAL' },
    ]);
    expect(calls.at(-5)).not.toHaveProperty('code');
  });

  test('[G6] a request repeated after the kernel moved is answered, not done again', async () => {
    const disk = createDisk();
    let lines = 0;
    const ports: Parameters<typeof bootMemory>[0] = {
      disk,
      ports: () => ({
        bash: {
          run: async (sys) => {
            lines++;
            await sys.write([{ op: 'append', path: '/workspace/log.md', content: 'line\n' }], { message: 'm' });
            return ok({ stdout: '', stderr: '', code: 0, cwd: '/workspace', env: {}, revisions: [] });
          },
        },
        agents: { run: async () => ({ state: 'done', usage: emptyUsage() }) },
      }),
    };
    const a = await bootMemory(ports);
    const calls: [string, string, unknown][] = [
      ['c.1', 'write', { changes: [{ op: 'append', path: '/workspace/log.md', content: 'once\n' }], message: 'm' }],
      ['c.2', 'propose', { effect: { kind: 'mail' }, rationale: 'r', reversibility: 'irreversible' }],
      ['c.3', 'fire', { target: '/workspace/agents/shell', args: { prompt: 'go', wait: true } }],
      ['c.4', 'fire', { target: { kind: 'bash', script: 'echo line >> log.md' } }],
    ];
    const first: unknown[] = [];
    for (const [cause, name, args] of calls) first.push(await a.call(caller('operator', cause), name, args));
    const stateOf = async (one: Memory) => [
      await one.as('operator').read('/workspace/log.md'),
      await one.as('operator').list('/system', { depth: 9 }),
    ];
    const before = await stateOf(a);
    expect(before[0]).toMatchObject({ value: { content: 'once\nline\n' } });
    a.crash();
    const b = await bootMemory(ports);
    const second: unknown[] = [];
    for (const [cause, name, args] of calls) second.push(await b.call(caller('operator', cause), name, args));
    expect(second.slice(0, 2)).toEqual(first.slice(0, 2));
    expect(second[2]).toMatchObject({
      ok: true,
      value: { state: 'done', run: (first[2] as { value: { run: string } }).value.run },
    });
    expect(second[3]).toMatchObject({ ok: true, value: { state: 'unknown' } });
    expect(lines).toBe(1);
    expect(await stateOf(b)).toEqual(before);
    await b.stop();
  });

  test("[P5] the loader's calls mint a right for themselves alone", async () => {
    const seen: string[] = [];
    const own = await bootMemory({
      ports: () => ({
        loader: {
          plan: async (sys) => (
            seen.push(code(await sys.write([{ op: 'put', path: '/programs/p/x', content: 'x' }], { message: 'm' }))),
            ok({} as never)
          ),
          install: async (sys) => (
            seen.push(code(await sys.write([{ op: 'put', path: '/programs/p/x', content: 'x' }], { message: 'm' }))),
            ok({} as never)
          ),
          activate: async (sys) => (
            seen.push(
              sys.actor,
              code(await sys.write([{ op: 'put', path: '/programs/p/y', content: 'x' }], { message: 'm' })),
              code(await sys.write([{ op: 'put', path: POLICY, content: 'x' }], { message: 'm' })),
              code(await sys.write([{ op: 'put', path: '/workspace/jobs/p.md', content: 'x' }], { message: 'm' })),
            ),
            ok({} as never)
          ),
          deactivate: async (sys) => (
            seen.push(
              code(
                await sys.write(
                  [
                    { op: 'put', path: '/workspace/y', content: 'x', base: null },
                    { op: 'put', path: '/system/programs/q.json', content: '{}' },
                  ],
                  { message: 'm' },
                ),
              ),
            ),
            ok({} as never)
          ),
        },
      }),
    });
    const sys = own.as('operator');
    await sys.call('plan', { source: 'x' });
    await sys.call('install', { digest: 'x' });
    await sys.call('activate', { name: 'p' });
    await sys.call('deactivate', { name: 'p' });
    expect(seen).toEqual(['EROFS', 'ok', 'program:p', 'EROFS', 'EACCES', 'ok', 'EACCES']);
    for (const name of ['../x', 'P', 'a/b', '']) expect(code(await sys.call('activate', { name }))).toBe('EINVAL');
    expect(
      code(
        await own.as('program:p').write([{ op: 'put', path: '/workspace/jobs/q.md', content: 'x' }], { message: 'm' }),
      ),
    ).toBe('EACCES');
    await own.stop();
  });
});

import { describe, expect, onTestFinished, test } from 'vitest';
import { bootMemory, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { hashHex } from '../protocol/bytes.ts';
import { ok } from '../protocol/errors.ts';
import { emptyUsage, installedFile, type RunRecord } from '../protocol/formats/records.ts';
import type { AgentOrder, Ended } from '../protocol/ports.ts';
import type { Change } from '../protocol/files.ts';
import type { Sys } from '../protocol/sys.ts';

const usage = emptyUsage();
const done: Ended = { state: 'done', text: 'fine', usage };
type Body = (sys: Sys, order: AgentOrder) => Promise<Ended>;
const author = { actor: 'daemon:test' as const, message: 'm', run: '', cause: '' };

const boot = async (body: Body = async () => done, disk: Disk = createDisk(), clock?: Memory['clock']) => {
  const orders: AgentOrder[] = [];
  const k = await bootMemory({
    disk,
    ...(clock ? { clock } : {}),
    ports: () => ({
      agents: { run: (sys, order) => (orders.push(order), body(sys, order)) },
      bash: {
        run: async (sys) => (
          await new Promise((resolve) => sys.signal.addEventListener('abort', resolve)),
          ok({ stdout: '', stderr: '', code: 130, cwd: '/', env: {}, revisions: [] })
        ),
      },
    }),
  });
  let crashed = false;
  onTestFinished(async () => {
    if (!crashed) await k.stop();
  });
  const crash = (): void => {
    crashed = true;
    k.crash();
  };
  const op = k.as('operator');
  const put = async (path: string, content: string | Uint8Array): Promise<void> => {
    const written = await k.kernel.fs.write([{ op: 'put', path, content } as Change], author);
    if (!written.ok && written.error.code !== 'ESTALE') throw new Error(written.error.message);
  };
  const fire = async (path: string, args: object = {}, key?: string) => {
    const fired = await op.fire(path, { args: { wait: true, ...args }, ...(key ? { key } : {}) });
    if (!fired.ok) throw new Error(`${fired.error.code} ${fired.error.message}`);
    return fired.value;
  };
  return { k, op, orders, put, fire, disk, crash };
};
const records = async (k: Memory, run: string): Promise<RunRecord[]> => {
  const days = await k.as('operator').list('/system/runs', { depth: 2 });
  const file = days.ok ? days.value.entries.find((stat) => stat.path.endsWith(`/${run}.jsonl`)) : undefined;
  const read = await k.as('operator').read(file?.path ?? '/none');
  return read.ok
    ? String(read.value.content)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as RunRecord)
    : [];
};
const SHELL = '/workspace/agents/shell';
const job = (front: string): string => `---\nagent: shell\n${front}\n---\nWrite the report of {date}.`;

describe('a run', () => {
  test('[R1] its record is start, steps and end, under its day, written by its actor', async () => {
    const { k, op, fire } = await boot(async (sys) => {
      await sys.invoke('log', { record: { t: 'note', at: 'now', text: 'step' } });
      expect(await sys.invoke('log', { record: { t: 'end', state: 'done' } })).toMatchObject({
        ok: false,
        error: { code: 'EINVAL' },
      });
      expect(await sys.invoke('live', { text: 'thinking' })).toMatchObject({ ok: true });
      expect(await op.read(`/proc/runs/${sys.run}`)).toMatchObject({
        ok: true,
        value: { content: expect.stringContaining('thinking') },
      });
      await sys.write([{ op: 'put', path: '/workspace/out.md', content: 'x' }], { message: 'wrote' });
      return done;
    });
    const { run = '', state, result } = await fire(SHELL, { prompt: 'go' });
    expect([state, result]).toMatchObject(['done', { text: 'fine' }]);
    expect((await records(k, run)).map((record) => record.t)).toEqual(['start', 'note', 'end']);
    const path = `/system/runs/2026-11-23/${run}.jsonl`;
    const history = await op.list(path, { history: true });
    expect(history.ok && history.value.entries.map((entry) => [entry.actor, entry.run])).toEqual(
      Array(3).fill(['agent:shell', run]),
    );
    const out = await op.list('/workspace/out.md', { history: true });
    expect(out.ok && out.value.entries[0]).toMatchObject({ actor: 'agent:shell', run });
    expect(await op.list('/proc/runs')).toMatchObject({ ok: true, value: { entries: [] } });
    expect(await k.as('operator').call('log', { record: { t: 'note' } })).toMatchObject({
      ok: false,
      error: { code: 'EACCES' },
    });
  });

  test('[R3] [A20] killing aborts its signal at once; it ends cancelled, with what it started', async () => {
    const { k, op } = await boot(async (sys) => {
      // A bash line of the run hangs on the run's own signal.
      await sys.fire({ kind: 'bash', script: 'while true; do :; done' });
      return { state: 'failed', usage };
    });
    const running = op.fire(SHELL, { args: { prompt: 'go', wait: true } });
    await k.clock.advance(5);
    const listed = await op.list('/proc/runs');
    expect(listed.ok && listed.value.entries.length).toBe(2);
    const id = listed.ok
      ? (listed.value.entries
          .find((entry) => entry.attrs['kind'] === 'agent')
          ?.path.split('/')
          .at(-1) ?? '')
      : '';
    expect(await op.call('kill', { run: id })).toMatchObject({ ok: true, value: { killed: { length: 2 } } });
    expect(await running).toMatchObject({ ok: true, value: { state: 'failed', result: { state: 'cancelled' } } });
    expect((await records(k, id)).at(-1)).toMatchObject({ t: 'end', state: 'cancelled' });
    expect(await op.call('kill', { run: id })).toMatchObject({ ok: false, error: { code: 'ENOENT' } });
    expect(await k.as('agent:shell').call('kill', { run: 'all' })).toMatchObject({
      ok: false,
      error: { code: 'EACCES' },
    });
  });

  test('[R3] one that does not heed the signal is ended within a second, and can do nothing more', async () => {
    let zombie: Sys | undefined;
    const { k, op } = await boot((sys) => ((zombie = sys), new Promise(() => undefined)));
    const running = op.fire(SHELL, { args: { prompt: 'go', wait: true } });
    await k.clock.advance(5);
    await op.call('kill', { run: 'all' });
    const write = () => zombie?.write([{ op: 'put', path: '/workspace/late.md', content: 'x' }], { message: 'm' });
    expect(await write()).toMatchObject({ ok: false, error: { code: 'ECANCELED' } });
    await k.clock.advance(1000);
    expect(await running).toMatchObject({ ok: true, value: { result: { state: 'cancelled' } } });
    expect(await write()).toMatchObject({ ok: false, error: { code: 'ECANCELED' } });
    expect((await op.read('/workspace/late.md')).ok).toBe(false);
  });

  test('[R4] [A21] a job that names an owed output and ends without it has failed', async () => {
    let write = false;
    const { k, put, fire, orders } = await boot(async (sys) => {
      if (write)
        await sys.write([{ op: 'put', path: '/workspace/reports/2026-11-23.md', content: 'report' }], { message: 'm' });
      return done;
    });
    await put('/workspace/jobs/report.md', job('expects: /workspace/reports/{date}.md'));
    const first = await fire('/workspace/jobs/report.md');
    expect(first).toMatchObject({
      state: 'failed',
      result: { state: 'failed', error: { code: 'ENOENT', path: '/workspace/reports/2026-11-23.md' } },
    });
    expect((await records(k, first.run ?? '')).at(-1)).toMatchObject({ t: 'end', state: 'failed' });
    write = true;
    expect(await fire('/workspace/jobs/report.md')).toMatchObject({ state: 'done' });
    // Done again the same day with the same words: no revision, and nothing owed.
    expect(await fire('/workspace/jobs/report.md')).toMatchObject({ state: 'done' });
    expect(orders[0]).toMatchObject({
      prompt: 'Write the report of 2026-11-23.',
      date: '2026-11-23',
      job: { slug: 'report' },
    });
    await put('/workspace/jobs/zone.md', job('tz: Nowhere/None'));
    await expect(fire('/workspace/jobs/zone.md')).rejects.toThrow(/EINVAL.*time zone/);
  });

  test('[R5] the same key fires once: at once, later, on another day, after a restart', async () => {
    const disk = createDisk();
    const { k, op, put, orders, crash } = await boot(undefined, disk);
    await put('/workspace/jobs/j.md', job(''));
    const fire = (sys: Sys) => sys.fire('/workspace/jobs/j.md', { key: 'slot-1', args: { wait: true } });
    const answers = await Promise.all([fire(op), fire(op), fire(op)]);
    const runs = new Set(answers.map((answer) => (answer.ok ? answer.value.run : answer.error.message)));
    expect(runs.size).toBe(1);
    expect(orders).toHaveLength(1);
    k.clock.set(k.clock.now() + 86_400_000 * 3);
    expect(await fire(op)).toMatchObject({ ok: true, value: { state: 'done', result: { state: 'done' } } });
    crash();
    const later = await boot(undefined, disk, k.clock);
    expect(await fire(later.op)).toMatchObject({ ok: true, value: { state: 'done' } });
    expect([orders.length, later.orders.length]).toEqual([1, 0]);
    expect((await records(later.k, [...runs][0] ?? '')).filter((record) => record.t === 'start')).toHaveLength(1);
    expect(await later.op.fire('/workspace/jobs/j.md', { key: 'slot-2', args: { wait: true } })).toMatchObject({
      ok: true,
      value: { state: 'done' },
    });
    expect(later.orders).toHaveLength(1);
  });

  test('[R5] a failed one is not told as done', async () => {
    const { op } = await boot(async () => ({ state: 'failed', usage }));
    const fire = () => op.fire(SHELL, { key: 'x', args: { prompt: 'go', wait: true } });
    expect(await fire()).toMatchObject({ ok: true, value: { state: 'failed' } });
    expect(await fire()).toMatchObject({ ok: true, value: { state: 'failed' } });
  });

  test('what cannot be fired says why', async () => {
    const { op, put } = await boot();
    await put('/workspace/jobs/bad.md', 'no front matter');
    const codes: string[] = [];
    for (const path of [
      '/workspace/AGENTS.md',
      '/workspace/agents/nobody',
      '/workspace/jobs/none.md',
      '/workspace/jobs/bad.md',
      SHELL,
      '/programs/p',
      'relative',
    ]) {
      const fired = await op.fire(path, { args: path.includes('nobody') ? { prompt: 'x' } : {} });
      codes.push(fired.ok ? 'ok' : fired.error.code);
    }
    expect(codes).toEqual(['EINVAL', 'ENOENT', 'ENOENT', 'EINVAL', 'EINVAL', 'EINVAL', 'EINVAL']);
  });
});

const program = (state: string, more: object = {}): string =>
  JSON.stringify({
    name: 'shop',
    version: '1',
    title: 'Shop',
    digest: 'd',
    source: 's',
    state,
    installedAt: '',
    powers: { write: ['/workspace/shop/**'], effects: [] },
    agents: ['keeper'],
    jobs: [],
    forked: {},
    ...more,
  });

describe('programs', () => {
  test('[R6] [A24] jobs of an inactive program do not run; its powers hold only while it is active', async () => {
    const { k, put, fire, orders } = await boot();
    await put('/workspace/jobs/shop.md', job('program: shop'));
    await put('/workspace/agents/keeper/AGENT.md', '---\nname: keeper\nwrite: [/workspace/shop/**]\n---\nKeep.');
    const keeper = k.as('agent:keeper');
    let files = 0;
    const write = async (): Promise<boolean> =>
      (await keeper.write([{ op: 'put', path: `/workspace/shop/${files++}.md`, content: 'x' }], { message: 'm' })).ok;
    expect([await fire('/workspace/jobs/shop.md'), await write()]).toMatchObject([
      { state: 'denied', result: expect.stringContaining('not active') },
      false,
    ]);
    await put(installedFile('shop'), program('active'));
    expect([await fire('/workspace/jobs/shop.md'), await write()]).toMatchObject([{ state: 'done' }, true]);
    const stat = k.kernel.fs.stat(installedFile('shop'));
    await k.kernel.fs.write(
      [{ op: 'put', path: installedFile('shop'), content: program('installed'), base: stat?.revision }],
      author,
    );
    expect([await fire('/workspace/jobs/shop.md'), await write()]).toMatchObject([{ state: 'denied' }, false]);
    expect(orders).toHaveLength(1);
  });

  const rehearsal = (input: object): string =>
    [
      {
        rehearsal: 1,
        job: '/workspace/jobs/shop.md',
        agent: 'shell',
        title: 'A day in the shop',
        recorded: '2026-01-01',
        model: 'm-1',
        inputs: [input],
      },
      { content: [{ type: 'text', text: 'hi' }], stop_reason: 'end_turn' },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n');

  test('[R7] a recording plays on the exact material it names, and its runs say that they are recorded', async () => {
    const { k, put, fire, orders, op } = await boot();
    const material = 'the exact material\n';
    await put('/workspace/jobs/shop.md', job('program: shop'));
    await put(installedFile('shop'), program('active'));
    await put('/programs/shop/org.allod/rehearsal/in.md', material);
    await put(
      '/programs/shop/org.allod/rehearsal/day.jsonl',
      rehearsal({ path: '/workspace/inbox/in.md', from: 'in.md', sha256: hashHex(material) }),
    );
    const played = await fire('/programs/shop', { rehearse: true });
    expect(played).toMatchObject({ state: 'done', result: { text: '1 recordings played.' } });
    expect(await op.read('/workspace/inbox/in.md')).toMatchObject({
      ok: true,
      value: { content: material, stat: { actor: 'program:shop' } },
    });
    expect(orders[0]?.rehearsal?.title).toBe('A day in the shop');
    const runs = await op.list('/system/runs', { depth: 2 });
    const starts = await Promise.all(
      (runs.ok ? runs.value.entries : [])
        .filter((stat) => stat.kind === 'file')
        .map(async (stat) => (await records(k, stat.path.split('/').at(-1)?.replace('.jsonl', '') ?? ''))[0]),
    );
    expect(starts.map((start) => start?.t === 'start' && (start.recorded ?? ''))).toEqual(
      expect.arrayContaining(['shop', 'A day in the shop']),
    );
    expect(starts).toHaveLength(2);

    await op.write([{ op: 'append', path: '/workspace/inbox/in.md', content: 'mine' }], { message: 'm' });
    expect(await fire('/programs/shop', { rehearse: true })).toMatchObject({
      state: 'failed',
      result: { error: { code: 'EEXIST' } },
    });
    expect(await op.read('/workspace/inbox/in.md')).toMatchObject({ ok: true, value: { content: `${material}mine` } });
    expect(orders).toHaveLength(1);
  });

  test('[R7] [A28] a recording brings material, never a role or a job, and nothing outside a plain path', async () => {
    for (const path of [
      '/workspace/agents/evil/AGENT.md',
      '/workspace/jobs/evil.md',
      '/workspace/../system/policy.yaml',
      '/workspace/surfaces/x.yaml',
    ]) {
      const { put, fire, op } = await boot();
      await put('/workspace/jobs/shop.md', job('program: shop'));
      await put(installedFile('shop'), program('active'));
      await put('/programs/shop/org.allod/rehearsal/in.md', 'x');
      await put(
        '/programs/shop/org.allod/rehearsal/day.jsonl',
        rehearsal({ path, from: 'in.md', sha256: hashHex('x') }),
      );
      expect(await fire('/programs/shop', { rehearse: true })).toMatchObject({ state: 'failed' });
      expect((await op.read(path)).ok).toBe(false);
    }
  });
});

import { expect, onTestFinished, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { ok } from '../protocol/errors.ts';
import { emptyUsage, type RunRecord } from '../protocol/formats/records.ts';
import type { AgentOrder, Ended } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';

const usage = emptyUsage();
const HOUR = 3_600_000;
type Body = (sys: Sys, order: AgentOrder) => Promise<Ended>;
const never: Body = () => new Promise(() => undefined);
const done: Body = async () => ({ state: 'done', text: 'fine', usage });

const boot = async (disk: Disk, clock: Memory['clock'], body: Body) => {
  const orders: AgentOrder[] = [];
  const lines: string[] = [];
  const k = await bootMemory({
    disk,
    clock,
    ports: () => ({
      agents: { run: (sys, order) => (orders.push(order), body(sys, order)) },
      bash: {
        run: async (sys, { script }) => {
          lines.push(script);
          if (script.includes('hang')) await new Promise((resolve) => sys.signal.addEventListener('abort', resolve));
          const code = script.includes('fail') ? 3 : 0;
          return ok({ stdout: 'said\n', stderr: code ? 'broke' : '', code, cwd: '/', env: {}, revisions: [] });
        },
      },
    }),
  });
  return { k, op: k.as('operator'), orders, lines };
};
const recordsOf = async (op: Sys, run: string): Promise<RunRecord[]> => {
  const listed = await op.list('/system/runs', { depth: 2 });
  const file = listed.ok ? listed.value.entries.find(({ path }) => path.endsWith(`/${run}.jsonl`)) : undefined;
  const read = await op.read(file?.path ?? '/none');
  return (read.ok ? String(read.value.content) : '')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RunRecord]));
};
const kinds = async (op: Sys, run: string): Promise<string[]> => (await recordsOf(op, run)).map(({ t }) => t);
const SHELL = '/workspace/agents/shell';
const runOf = (fired: Awaited<ReturnType<Sys['fire']>>): string => (fired.ok ? (fired.value.run ?? '') : '');

test('[R2] [A22] a run is taken up where it stood, as the same run, with its prompt, job and asker; then it ends once', async () => {
  const [disk, clock] = [createDisk(), createClock()];
  const a = await boot(disk, clock, async (sys) => {
    await sys.invoke('log', { record: { t: 'note', at: 'now', text: 'step' } });
    return never(sys, undefined as never);
  });
  const job = '---\nagent: shell\n---\nWrite for {date}.';
  await a.op.write([{ op: 'put', path: '/workspace/jobs/j.md', content: job }], { message: 'm' });
  const run = runOf(await a.op.fire('/workspace/jobs/j.md'));
  await clock.advance(50);
  a.k.crash();
  // Another day already: the run still is that of its own.
  clock.set(clock.now() + 20 * HOUR);
  const b = await boot(disk, clock, done);
  await clock.advance(50);
  expect(b.orders).toMatchObject([
    {
      prompt: 'Write for 2026-11-23.',
      date: '2026-11-23',
      after: `/system/runs/2026-11-23/${run}.jsonl`,
      job: { slug: 'j' },
    },
  ]);
  expect(await kinds(b.op, run)).toEqual(['start', 'note', 'note', 'end']);
  expect((await recordsOf(b.op, run)).at(-1)).toMatchObject({ t: 'end', state: 'done' });
  b.k.crash();
  const c = await boot(disk, clock, done);
  expect([c.orders, await kinds(c.op, run)]).toEqual([[], ['start', 'note', 'note', 'end']]);
  await c.k.stop();
});

test('[R2] a kernel that stops in order leaves its runs open, and logs nothing of their being cut', async () => {
  const [disk, clock] = [createDisk(), createClock()];
  const a = await boot(disk, clock, async (sys) => {
    await new Promise((resolve) => sys.signal.addEventListener('abort', resolve));
    expect(await sys.invoke('log', { record: { t: 'note', at: 'now', text: 'cut' } })).toMatchObject({ ok: false });
    return { state: 'cancelled', usage };
  });
  const run = runOf(await a.op.fire(SHELL, { args: { prompt: 'go' } }));
  await clock.advance(50);
  await a.k.stop();
  const b = await boot(disk, clock, done);
  await clock.advance(50);
  expect(await kinds(b.op, run)).toEqual(['start', 'note', 'end']);
  await b.k.stop();
});

test('[R2] what is not taken up is closed as failed, in words, once', async () => {
  const [disk, clock] = [createDisk(), createClock()];
  const a = await boot(disk, clock, never);
  const put = (path: string, content: string) => a.op.write([{ op: 'put', path, content }], { message: 'm' });
  await put('/workspace/agents/s/AGENT.md', '---\nname: s\ntools: [bash]\n---\nx');
  await put('/workspace/jobs/gone.md', '---\nagent: shell\n---\nGo.');
  await put('/workspace/jobs/script.md', '---\nagent: s\nrun: bash\n---\nhang');
  const gone = runOf(await a.op.fire('/workspace/jobs/gone.md'));
  const script = runOf(await a.op.fire('/workspace/jobs/script.md'));
  const old = runOf(await a.op.fire(SHELL, { args: { prompt: 'old' } }));
  await clock.advance(50);
  await a.op.write([{ op: 'remove', path: '/workspace/jobs/gone.md' }], { message: 'm' });
  a.k.crash();
  clock.set(clock.now() + 25 * HOUR);
  for (let i = 0; i < 2; i++) {
    const b = await boot(disk, clock, done);
    expect(b.orders).toEqual([]);
    for (const [run, words] of [
      [gone, 'its job is gone'],
      [script, 'a script is not run twice by itself'],
      [old, 'more than a day'],
    ] as const) {
      const records = await recordsOf(b.op, run);
      expect(records.map(({ t }) => t)).toEqual(['start', 'end']);
      expect(records[1]).toMatchObject({ state: 'failed', error: { code: 'ECANCELED' } });
      expect(JSON.stringify(records[1])).toContain(words);
    }
    b.k.crash();
  }
});

test('[R2] a run under which the kernel stops again and again is given up', async () => {
  const [disk, clock] = [createDisk(), createClock()];
  let k = await boot(disk, clock, never);
  const run = runOf(await k.op.fire(SHELL, { args: { prompt: 'go' } }));
  for (let i = 0; i < 5; i++) {
    await clock.advance(50);
    k.k.crash();
    k = await boot(disk, clock, never);
  }
  expect(await kinds(k.op, run)).toEqual(['start', 'note', 'note', 'note', 'end']);
  expect((await recordsOf(k.op, run)).at(-1)).toMatchObject({ error: { message: expect.stringContaining('3 times') } });
  k.k.crash();
});

test("[R2] another device's open run is left to it", async () => {
  const [disk, clock] = [createDisk(), createClock()];
  const a = await boot(disk, clock, done);
  const start = {
    t: 'start',
    at: new Date(clock.now()).toISOString(),
    id: 'far',
    actor: 'agent:shell',
    device: 'other',
  };
  await a.k.kernel.fs.write(
    [{ op: 'put', path: '/system/runs/2026-11-23/far.jsonl', content: `${JSON.stringify(start)}\n` }],
    { actor: 'agent:shell', message: 'm', run: 'far', cause: '' },
  );
  a.k.crash();
  const b = await boot(disk, clock, done);
  expect([b.orders, await kinds(b.op, 'far')]).toEqual([[], ['start']]);
  await b.k.stop();
});

test('[R9] a held run does nothing more until it is let go, also over a restart', async () => {
  const [disk, clock] = [createDisk(), createClock()];
  const note: Body = async (sys) => {
    await sys.invoke('log', { record: { t: 'note', at: 'now', text: 'went on' } });
    return { state: 'done', usage };
  };
  let go = (): void => undefined;
  const a = await boot(disk, clock, async (sys, order) => {
    await new Promise<void>((resolve) => (go = resolve));
    return note(sys, order);
  });
  const run = runOf(await a.op.fire(SHELL, { args: { prompt: 'go' } }));
  await clock.advance(50);
  expect(await a.op.call('pause', { run })).toMatchObject({ ok: true, value: { runs: [run] } });
  expect(await a.op.read(`/proc/runs/${run}`)).toMatchObject({
    value: { content: expect.stringContaining('"state": "paused"') },
  });
  expect(await a.k.as('agent:shell').call('pause', { run })).toMatchObject({ ok: false, error: { code: 'EACCES' } });
  go();
  await clock.advance(50);
  expect(await kinds(a.op, run)).toEqual(['start', 'note']);
  a.k.crash();
  const b = await boot(disk, clock, note);
  await clock.advance(50);
  expect(await kinds(b.op, run)).toEqual(['start', 'note', 'note']);
  expect(await b.op.call('pause', { run, on: false })).toMatchObject({ ok: true });
  await clock.advance(50);
  const texts = (await recordsOf(b.op, run)).flatMap((record) => (record.t === 'note' ? [record.text] : [record.t]));
  expect(texts.at(-2)).toBe('went on');
  expect(texts.at(-1)).toBe('end');
  expect(await b.op.call('pause', { run })).toMatchObject({ ok: false, error: { code: 'ENOENT' } });
  await b.k.stop();
});

test('[R10] a script job runs with the rights of its agent, and its record says what it said', async () => {
  const [disk, clock] = [createDisk(), createClock()];
  const a = await boot(disk, clock, done);
  onTestFinished(() => a.k.stop());
  const put = (path: string, content: string) => a.op.write([{ op: 'put', path, content }], { message: 'm' });
  await put('/workspace/agents/s/AGENT.md', '---\nname: s\ntools: [bash]\n---\nx');
  await put('/workspace/jobs/good.md', '---\nagent: s\nrun: bash\n---\necho {date}');
  await put('/workspace/jobs/bad.md', '---\nagent: s\nrun: bash\n---\nfail');
  await put('/workspace/jobs/less.md', '---\nagent: shell\nrun: bash\n---\necho');
  await put('/workspace/jobs/nobody.md', '---\nrun: bash\n---\necho');
  const fire = (slug: string) => a.op.fire(`/workspace/jobs/${slug}.md`, { args: { wait: true } });
  const good = await fire('good');
  expect(good).toMatchObject({ ok: true, value: { state: 'done', result: { text: 'said\n' } } });
  expect(a.lines).toEqual(['echo 2026-11-23']);
  const records = await recordsOf(a.op, runOf(good));
  expect(records).toMatchObject([
    { t: 'start', actor: 'agent:s', kind: 'job', job: '/workspace/jobs/good.md' },
    { t: 'tool', name: 'bash', ok: true, result: 'said\n', input: { script: 'echo 2026-11-23' } },
    { t: 'end', state: 'done' },
  ]);
  expect(await fire('bad')).toMatchObject({
    value: { state: 'failed', result: { error: { message: expect.stringContaining('ended with 3: broke') } } },
  });
  await a.op.write(
    [
      {
        op: 'put',
        path: '/workspace/agents/shell/AGENT.md',
        content: '---\nname: shell\ntools: [read]\n---\nx',
        base: a.k.kernel.fs.stat('/workspace/agents/shell/AGENT.md')?.revision,
      },
    ],
    { message: 'm' },
  );
  expect(await fire('less')).toMatchObject({ value: { state: 'failed', result: { error: { code: 'EACCES' } } } });
  expect(await fire('nobody')).toMatchObject({
    ok: false,
    error: { code: 'EINVAL', message: expect.stringContaining('agent: <name>') },
  });
});

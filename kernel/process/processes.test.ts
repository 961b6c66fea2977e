import { expect, test } from 'vitest';
import { err, ok, SysFailure } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import { emptyUsage, type RunRecord } from '../protocol/formats/records.ts';
import { createProcesses, type NewProcess } from './processes.ts';

const usage = emptyUsage();
const order = (id: string, more: Partial<NewProcess> = {}): NewProcess => ({
  id,
  actor: 'agent:a',
  kind: 'agent',
  title: id,
  by: 'operator',
  capabilities: [],
  record: true,
  ...more,
});
const table = (refuse = false) => {
  const timers: (() => void)[] = [];
  const written: { file: string; record: RunRecord; actor: string; run: string; also: readonly Change[] }[] = [];
  const told: string[] = [];
  const processes = createProcesses({
    now: () => Date.UTC(2026, 10, 23, 8),
    setTimer: (run) => (timers.push(run), () => void timers.splice(timers.indexOf(run), 1)),
    device: 'd1',
    append: async (file, record, { actor, id }, also) => {
      await Promise.resolve();
      if (refuse) return err('ENOSPC', 'full');
      written.push({ file, record, actor, run: id, also });
      return ok(undefined);
    },
  });
  processes.on((process, what) => told.push(`${what} ${process.id}`));
  return { processes, written, told, timers };
};
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));

test('[R1] a run is start, its steps, end, in the file of its day, written by its actor', async () => {
  const { processes, written, told } = table();
  const { process, ended } = await processes.spawn(order('r1', { job: '/workspace/jobs/j.md' }), async () => ({
    state: 'done',
    text: 'fine',
    usage,
  }));
  expect(processes.list()).toEqual([process]);
  expect(await ended).toMatchObject({ state: 'done', text: 'fine' });
  expect(written.map(({ record }) => record.t)).toEqual(['start', 'end']);
  for (const one of written)
    expect(one).toMatchObject({ file: '/system/runs/2026-11-23/r1.jsonl', actor: 'agent:a', run: 'r1' });
  expect(written[0]?.record).toMatchObject({
    id: 'r1',
    by: 'operator',
    job: '/workspace/jobs/j.md',
    at: '2026-11-23T08:00:00.000Z',
  });
  expect(processes.list()).toEqual([]);
  expect(told).toEqual(['start r1', 'end r1']);
});

test('[R1] a run that breaks ends failed, in words, and nothing else does', async () => {
  const { processes, written } = table();
  const broken = await processes.spawn(order('r1'), () => Promise.reject(new Error('boom')));
  expect(await broken.ended).toMatchObject({ state: 'failed', error: { code: 'EIO', message: 'The run broke: boom' } });
  const refused = await processes.spawn(order('r2'), () =>
    Promise.reject(new SysFailure({ code: 'ENOSPC', call: 'x', message: 'full' })),
  );
  expect(await refused.ended).toMatchObject({ state: 'failed', error: { code: 'ENOSPC' } });
  expect(written.map(({ record }) => record.t)).toEqual(['start', 'end', 'start', 'end']);
});

test('[R3] killing aborts at once, with everything the run started, and it ends cancelled', async () => {
  const { processes, written } = table();
  const spawn = (id: string, parent?: string) =>
    processes.spawn(order(id, parent ? { parent } : {}), (process) => untilAborted(process.signal));
  const runs = [await spawn('a'), await spawn('b', 'a'), await spawn('c', 'b'), await spawn('other')];
  expect(processes.kill('a').sort()).toEqual(['a', 'b', 'c']);
  expect(runs.map(({ process }) => process.signal.aborted)).toEqual([true, true, true, false]);
  for (const run of runs.slice(0, 3)) expect((await run.ended).state).toBe('cancelled');
  expect(processes.list().map((process) => process.id)).toEqual(['other']);
  expect(processes.kill('a')).toEqual([]);
  expect(processes.kill('all')).toEqual(['other']);
  await runs[3]?.ended;
  expect(
    written
      .filter(({ record }) => record.t === 'end')
      .every(({ record }) => record.t === 'end' && record.state === 'cancelled'),
  ).toBe(true);
});

test('[R5] one run is not live twice, not even when started twice at once', async () => {
  const { processes, written } = table();
  let bodies = 0;
  const start = () => processes.spawn(order('r1'), async () => (bodies++, { state: 'done' as const, usage }));
  const [first, second] = await Promise.allSettled([start(), start()]);
  expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
  if (first.status === 'fulfilled') await first.value.ended;
  expect(bodies).toBe(1);
  expect(written.filter(({ record }) => record.t === 'start')).toHaveLength(1);
});

test('[R1] a run whose start cannot be written does not start', async () => {
  const { processes, told } = table(true);
  let ran = false;
  await expect(
    processes.spawn(order('r1'), async () => ((ran = true), { state: 'done' as const, usage })),
  ).rejects.toMatchObject({ error: { code: 'ENOSPC' } });
  await Promise.resolve();
  expect([ran, processes.list(), told]).toEqual([false, [], []]);
});

test('[R3] one that does not heed its signal is ended all the same, a second later', async () => {
  const { processes, written, timers } = table();
  const { ended } = await processes.spawn(order('deaf'), () => new Promise(() => undefined));
  expect(timers).toHaveLength(0);
  processes.kill('deaf');
  expect(timers).toHaveLength(1);
  timers[0]?.();
  expect(await ended).toMatchObject({ state: 'cancelled' });
  expect(written.at(-1)?.record).toMatchObject({ t: 'end', state: 'cancelled' });
  expect(processes.list()).toEqual([]);
});

test('[R2] stopping the kernel ends no record but those of runs that came to their end: the next one takes the others up', async () => {
  const { processes, written } = table();
  await processes.spawn(order('a'), (process) => untilAborted(process.signal));
  await processes.spawn(order('b'), (process) => untilAborted(process.signal));
  const killed = await processes.spawn(order('c'), (process) => untilAborted(process.signal));
  const late = await processes.spawn(order('d'), ({ signal }) =>
    untilAborted(signal).catch(() => ({ state: 'done', usage })),
  );
  processes.kill('c');
  await processes.stop();
  expect([(await killed.ended).state, (await late.ended).state]).toEqual(['cancelled', 'done']);
  expect(written.filter(({ record }) => record.t === 'end').map(({ run }) => run)).toEqual(['c', 'd']);
});

test('[R2] a run that is taken up goes on in its own file, and says so', async () => {
  const { processes, written } = table();
  const file = '/system/runs/2026-11-20/old.jsonl';
  const startedAt = Date.UTC(2026, 10, 20, 8);
  const { process, ended } = await processes.spawn(
    order('old', { resumes: { file, startedAt, paused: false } }),
    async () => ({ state: 'done', usage }),
  );
  expect(process).toMatchObject({ file, startedAt });
  await ended;
  expect(written.map((one) => [one.file, one.record.t])).toEqual([
    [file, 'note'],
    [file, 'end'],
  ]);
  expect(written[0]?.record).toMatchObject({ resumed: true });
});

test('what else belongs to a start or an end is handed over with it', async () => {
  const { processes, written } = table();
  const also = (record: RunRecord): Change[] => [{ op: 'append', path: '/system/x', content: record.t }];
  const { ended } = await processes.spawn(order('r', { also }), async () => ({ state: 'done', usage }));
  await ended;
  expect(written.map((one) => one.also)).toEqual([
    [{ op: 'append', path: '/system/x', content: 'start' }],
    [{ op: 'append', path: '/system/x', content: 'end' }],
  ]);
});

test('[R9] a run is held with all it started, and killing lets go of what is held', async () => {
  const { processes, told } = table();
  const spawn = (id: string, parent?: string) =>
    processes.spawn(order(id, parent ? { parent } : {}), (process) => untilAborted(process.signal));
  const [a] = [await spawn('a'), await spawn('b', 'a'), await spawn('c')];
  expect(processes.pause('a', true).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(processes.pause('a', true)).toEqual([]);
  expect(processes.ready('c')).toBeUndefined();
  const went: string[] = [];
  void processes.ready('a')?.then(() => went.push('a'));
  void processes.ready('b')?.then(() => went.push('b'));
  await Promise.resolve();
  expect(went).toEqual([]);
  expect(processes.pause('b', false).map(({ id }) => id)).toEqual(['b']);
  await Promise.resolve();
  expect(went).toEqual(['b']);
  processes.kill('a');
  expect((await a.ended).state).toBe('cancelled');
  expect(went).toEqual(['b', 'a']);
  expect(processes.pause('a', true)).toEqual([]);
  expect(told.filter((line) => line === 'live b')).toHaveLength(2);
});

import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Clock, type Disk, type Memory } from '../boot/memory.ts';
import { must } from '../protocol/errors.ts';
import { emptyUsage } from '../protocol/formats/records.ts';
import { parseSlots, slotsFolder, standingSlots, type SlotLine, type SlotRow } from '../protocol/formats/schedule.ts';
import type { AgentOrder, Ended } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { createScheduler } from './scheduler.ts';

type Act = (sys: Sys, order: AgentOrder) => Promise<Ended>;
const DONE: Ended = { state: 'done', usage: emptyUsage() };
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

const kernels = new Set<Memory>();
afterEach(async () => {
  for (const kernel of kernels) await kernel.stop();
  kernels.clear();
});

const boot = async (disk: Disk = createDisk(), clock: Clock = createClock(), act: Act = async () => DONE) => {
  const ran: string[] = [];
  const reports: string[] = [];
  const k = await bootMemory({
    disk,
    clock,
    daemons: [createScheduler({ report: (line) => void reports.push(line), setTimer: clock.setTimer })],
    ports: () => ({
      agents: { run: (sys, order) => (ran.push(new Date(clock.now()).toISOString().slice(5, 16)), act(sys, order)) },
    }),
  });
  kernels.add(k);
  const op = k.as('operator');
  const put = async (path: string, content: string): Promise<void> => {
    const base = k.kernel.fs.stat(path)?.revision ?? null;
    must(await op.write([{ op: 'put', path, content, base }], { message: 'test' }));
    await clock.advance(1);
  };
  const job = (front: string): Promise<void> => put('/workspace/jobs/j.md', `---\nagent: shell\n${front}\n---\nDo it.`);
  const policy = async (text: string): Promise<void> => {
    const base = k.kernel.fs.stat('/system/policy.yaml')?.revision ?? null;
    must(await op.write([{ op: 'put', path: '/system/policy.yaml', content: text, base }], { message: 'test' }));
    await clock.advance(1);
  };
  /** Each slot as it stands, oldest first. */
  const slots = async (): Promise<SlotRow[]> => {
    const listed = await op.list(slotsFolder('/workspace/jobs/j.md'));
    const lines: SlotLine[] = [];
    for (const { path } of listed.ok ? listed.value.entries : []) {
      const read = must(await op.read(path));
      lines.push(...parseSlots(String(read.content)));
    }
    return standingSlots(lines);
  };
  const said = async (): Promise<string[]> =>
    (await slots()).map(({ slot, state, count, missed }) =>
      [slot.slice(5, 16), state, ...(count ? [`x${count}`] : []), ...(missed ? [`missed ${missed}`] : [])].join(' '),
    );
  const crash = (): void => {
    kernels.delete(k);
    k.crash();
  };
  return { k, op, put, job, policy, slots, said, ran, reports, crash, disk, clock };
};

describe('a job on schedule', () => {
  test('[R8] runs at its slot, once, and the ledger says how it ended', async () => {
    const { job, clock, said, ran, slots, op } = await boot();
    await job('schedule: "30 8 * * *"');
    await clock.advance(29 * MINUTE);
    expect([ran, await said()]).toEqual([[], []]);
    await clock.advance(2 * MINUTE);
    expect([ran, await said()]).toEqual([['11-23T08:30'], ['11-23T08:30 done']]);
    await clock.advance(2 * DAY);
    expect(await said()).toEqual(['11-23T08:30 done', '11-24T08:30 done', '11-25T08:30 done']);
    const [first] = await slots();
    const run = must(await op.read(`/system/runs/2026-11-23/${first?.run ?? ''}.jsonl`));
    expect(String(run.content)).toContain('"slot":"2026-11-23T08:30:00.000Z"');
    // One change set: the run begins and the slot is taken, or neither.
    const history = must(await op.list(`${slotsFolder('/workspace/jobs/j.md')}/2026-11.jsonl`, { history: true }));
    expect(history.entries.filter((entry) => 'run' in entry && entry.run === first?.run)).toHaveLength(2);
    const rows = JSON.parse(String(must(await op.read('/proc/schedule')).content)) as object[];
    expect(rows).toMatchObject([{ job: '/workspace/jobs/j.md', next: '2026-11-26T08:30:00.000Z' }]);
  });

  test('[R8] [A17] due while everything was closed: once at the next start, with what was missed counted', async () => {
    const a = await boot();
    await a.job('schedule: "0 * * * *"');
    await a.clock.advance(HOUR);
    expect(a.ran).toEqual(['11-23T09:00']);
    a.crash();
    a.clock.set(a.clock.now() + 2 * DAY + 30 * MINUTE);
    const b = await boot(a.disk, a.clock);
    await b.clock.advance(1);
    expect(b.ran).toEqual(['11-25T09:30']);
    expect(await b.said()).toEqual(['11-23T09:00 done', '11-25T08:00 missed x47', '11-25T09:00 done missed 47']);
    b.crash();
    const c = await boot(a.disk, a.clock);
    await c.clock.advance(1);
    expect(c.ran).toEqual([]);
  });

  test('[R8] each month says once more by which schedule, so that a start need not read them all', async () => {
    const a = await boot();
    await a.job('schedule: "30 8 * * *"');
    await a.clock.advance(HOUR);
    let k = a;
    const lines = async (month: string): Promise<SlotLine[]> =>
      parseSlots(String(must(await k.op.read(`${slotsFolder('/workspace/jobs/j.md')}/${month}.jsonl`)).content));
    for (const day of [Date.UTC(2026, 11, 3, 9), Date.UTC(2026, 11, 4, 9), Date.UTC(2027, 0, 2, 9)]) {
      k.crash();
      a.clock.set(day);
      k = await boot(a.disk, a.clock);
      await k.clock.advance(1);
    }
    k.crash();
    k = await boot(a.disk, a.clock);
    await k.clock.advance(1);
    const kinds = async (month: string): Promise<string> => (await lines(month)).map(({ t }) => t).join(' ');
    expect((await kinds('2026-11')).match(/schedule/g)).toHaveLength(1);
    expect((await kinds('2026-12')).match(/schedule/g)).toHaveLength(1);
    expect((await kinds('2027-01')).match(/schedule/g)).toHaveLength(1);
    expect(await k.said()).toEqual([
      '11-23T08:30 done',
      '12-02T08:30 missed x9',
      '12-03T08:30 done missed 9',
      '12-04T08:30 done',
      '01-01T08:30 missed x28',
      '01-02T08:30 done missed 28',
    ]);
  });

  test('[R8] catch-up: skip runs nothing late, and says what was missed', async () => {
    const a = await boot();
    await a.job('schedule: "0 * * * *"\ncatch-up: skip');
    a.crash();
    a.clock.set(a.clock.now() + 3 * HOUR + 10 * MINUTE);
    const b = await boot(a.disk, a.clock);
    await b.clock.advance(1);
    expect([b.ran, await b.said()]).toEqual([[], ['11-23T11:00 missed x3']]);
    await b.clock.advance(HOUR);
    expect(b.ran).toEqual(['11-23T12:00']);
  });

  test('[R8] a kernel that dies in the middle of a slot answers it all the same, by one run', async () => {
    const a = await boot(undefined, undefined, () => new Promise(() => undefined));
    await a.job('schedule: "30 8 * * *"');
    await a.clock.advance(31 * MINUTE);
    expect([a.ran.length, await a.said()]).toEqual([1, ['11-23T08:30 running']]);
    a.crash();
    const b = await boot(a.disk, a.clock);
    await b.clock.advance(1);
    expect(await b.said()).toEqual(['11-23T08:30 done']);
    const runs = must(await b.op.list('/system/runs', { depth: 2 })).entries.filter(({ path }) =>
      path.includes('.jsonl'),
    );
    expect(runs).toHaveLength(1);
  });

  test('[R8] a run that fails, is stopped, or is skipped is told as such, with the reason', async () => {
    const ends: Ended[] = [
      { state: 'failed', usage: emptyUsage(), error: { code: 'EIO', call: 'x', message: 'The model broke.' } },
      { state: 'skipped', usage: emptyUsage(), error: { code: 'ENOENT', call: 'x', message: 'No model is set.' } },
    ];
    const { job, clock, slots } = await boot(undefined, undefined, async () => ends.shift() ?? DONE);
    await job('schedule: "0 * * * *"');
    await clock.advance(3 * HOUR);
    expect((await slots()).map(({ state, reason }) => [state, reason])).toEqual([
      ['failed', 'The model broke.'],
      ['skipped', 'No model is set.'],
      ['done', undefined],
    ]);
  });

  test('[R8] the run before it still goes: the slot is skipped, nothing runs twice at once', async () => {
    let end = (): void => undefined;
    const { job, clock, said } = await boot(undefined, undefined, async () => {
      await new Promise<void>((resolve) => (end = resolve));
      return DONE;
    });
    await job('schedule: "0 * * * *"');
    await clock.advance(2 * HOUR);
    expect(await said()).toEqual(['11-23T09:00 running', '11-23T10:00 skipped']);
    end();
    await clock.advance(1);
    expect(await said()).toEqual(['11-23T09:00 done', '11-23T10:00 skipped']);
  });

  test('[R6] [R8] paused, everything stopped, program not active: nothing runs, and afterwards it is one line that says why', async () => {
    for (const [hold, release, why] of [
      ['job', 'job', 'The job is paused.'],
      ['paused: true', 'paused: false', 'Everything is stopped.'],
    ] as const) {
      const { job, policy, clock, ran, slots } = await boot();
      await job('schedule: "0 * * * *"');
      await (hold === 'job' ? job('schedule: "0 * * * *"\npaused: true') : policy(hold));
      await clock.advance(5 * HOUR);
      expect([ran, await slots()]).toEqual([[], []]);
      await (release === 'job' ? job('schedule: "0 * * * *"') : policy(release));
      expect(await slots()).toMatchObject([{ state: 'skipped', count: 5, reason: why }]);
      await clock.advance(HOUR);
      expect(ran).toEqual(['11-23T14:00']);
    }
    const { job, clock, ran, op } = await boot();
    await job('schedule: "0 * * * *"\nprogram: shop');
    await clock.advance(2 * HOUR);
    expect(ran).toEqual([]);
    expect(String(must(await op.read('/proc/schedule')).content)).toContain('The program shop is not active');
  });

  test('[R8] a schedule that was changed is due from then on; another line or zone is none of the old', async () => {
    const { job, clock, said } = await boot();
    await job('schedule: "0 12 * * *"');
    await clock.advance(MINUTE);
    await job('schedule: ["0 9 * * *", "0 10 * * *"]');
    await clock.advance(3 * HOUR);
    await job('schedule: "0 12 * * *"\ntz: Europe/Berlin');
    await clock.advance(MINUTE);
    // Noon of Berlin was at eleven here, before it was written.
    await clock.advance(DAY);
    expect(await said()).toEqual(['11-23T09:00 done', '11-23T10:00 done', '11-24T11:00 done']);
  });

  test('[R8] a schedule changed while nothing was open: what the old one owed was missed', async () => {
    const a = await boot();
    await a.job('schedule: "0 * * * *"');
    a.crash();
    a.clock.set(a.clock.now() + 3 * HOUR + MINUTE);
    // As another device would: the daemon does not run here.
    const other = await bootMemory({ disk: a.disk, clock: a.clock });
    await other
      .as('operator')
      .write([{ op: 'edit', path: '/workspace/jobs/j.md', old: '"0 * * * *"', new: '"30 * * * *"' }], { message: 'm' });
    await other.stop();
    const b = await boot(a.disk, a.clock);
    await b.clock.advance(HOUR);
    expect(await b.said()).toEqual(['11-23T11:00 missed x3', '11-23T11:30 done']);
  });

  test('[R8] clock set back: a slot that ran does not run again; set forward: caught up with once', async () => {
    const { job, clock, said, ran } = await boot();
    await job('schedule: "0 * * * *"');
    await clock.advance(2 * HOUR);
    clock.set(clock.now() - 90 * MINUTE);
    await clock.advance(80 * MINUTE);
    expect(ran).toEqual(['11-23T09:00', '11-23T10:00']);
    clock.set(clock.now() + 5 * HOUR);
    await clock.advance(2 * MINUTE);
    expect(await said()).toEqual([
      '11-23T09:00 done',
      '11-23T10:00 done',
      '11-23T13:00 missed x3',
      '11-23T14:00 done missed 3',
    ]);
  });

  test('[R8] only the executor runs schedules; the role can be given here later', async () => {
    const { job, policy, clock, said, ran, k, op } = await boot();
    await policy('executor: phone');
    await job('schedule: "0 * * * *"');
    await clock.advance(2 * HOUR);
    expect([ran, await said()]).toEqual([[], []]);
    expect(String(must(await op.read('/proc/schedule')).content)).toContain('run on the device phone');
    await policy(`executor: ${k.kernel.device.slice(0, 8)}`);
    await clock.advance(HOUR);
    expect(await said()).toEqual(['11-23T09:00 missed', '11-23T10:00 done missed 1', '11-23T11:00 done']);
  });

  test('[R8] [R10] a script that cannot run here stays due, and is run where it can', async () => {
    const a = await boot();
    await a.put('/workspace/agents/s/AGENT.md', '---\nname: s\ntools: [bash]\n---\nx');
    const front = '---\nagent: s\nrun: bash\nschedule: "30 8 * * *"\n---\necho';
    a.k.kernel.ports.bash.absent = 'Not here.';
    await a.put('/workspace/jobs/j.md', front);
    await a.clock.advance(40 * MINUTE);
    expect(await a.said()).toEqual([]);
    const ended = { stdout: '', stderr: '', code: 0, cwd: '/', env: {}, revisions: [] };
    a.k.kernel.ports.bash = { run: async () => ({ ok: true, value: ended }) };
    await a.clock.advance(2 * MINUTE);
    expect(await a.said()).toEqual(['11-23T08:30 done']);
  });

  test('[R8] nobody but the scheduler says that a run stands for a slot', async () => {
    const { job, op, slots } = await boot();
    await job('schedule: "0 12 * * *"');
    const fired = await op.fire('/workspace/jobs/j.md', { args: { wait: true, slot: '2026-11-23T12:00:00.000Z' } });
    expect([fired.ok, await slots()]).toEqual([true, []]);
    const daemon = await op.write([{ op: 'append', path: '/system/slots/j/2026-11.jsonl', content: '{}\n' }], {
      message: 'm',
    });
    expect(daemon).toMatchObject({ ok: false, error: { code: 'EACCES' } });
  });

  test('a line that is no cron line, or never comes, is refused with file, line and reason', async () => {
    const { job, op, reports } = await boot();
    for (const [schedule, words] of [
      ['"* * * * * *"', 'Write five parts'],
      ['"61 * * * *"', 'Invalid value for minute: 61'],
      ['"0 0 31 2 *"', 'never comes'],
      ['["0 7 * * *", "soon"]', '"soon" is not a cron line'],
    ] as const) {
      await job(`schedule: ${schedule}`);
      const fired = await op.fire('/workspace/jobs/j.md');
      expect(fired).toMatchObject({
        ok: false,
        error: { code: 'EINVAL', message: expect.stringMatching(/^\/workspace\/jobs\/j\.md:3: schedule/) },
      });
      expect(fired.ok ? '' : fired.error.message).toContain(words);
      expect(reports.at(-1)).toContain(words);
    }
  });
});

test('[R8] [A17] any order of closing, dying, slow and failing runs: every slot is accounted for once, no slot runs twice', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 100 }) }),
    fc.record({ do: fc.constant('close' as const), minutes: fc.integer({ min: 0, max: 3000 }) }),
    fc.record({ do: fc.constant('die' as const), minutes: fc.integer({ min: 0, max: 3000 }) }),
    fc.record({ do: fc.constant('end' as const), minutes: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), fc.boolean(), async (steps, slow) => {
      let ends: (() => void)[] = [];
      const act: Act = (sys) =>
        new Promise((resolve) => {
          sys.signal.addEventListener('abort', () => resolve({ ...DONE, state: 'cancelled' }));
          if (slow) ends.push(() => resolve(DONE));
          else resolve(DONE);
        });
      let b = await boot(undefined, undefined, act);
      const runs: string[] = [];
      await b.job('schedule: "*/30 * * * *"');
      for (const one of steps) {
        if (one.do === 'wait') await b.clock.advance(one.minutes * MINUTE);
        else if (one.do === 'end') for (const end of ends.splice(0)) end();
        else {
          if (one.do === 'die') b.crash();
          else {
            kernels.delete(b.k);
            await b.k.stop();
          }
          ends = [];
          runs.push(...b.ran);
          b.clock.set(b.clock.now() + one.minutes * MINUTE);
          b = await boot(b.disk, b.clock, act);
        }
        await b.clock.advance(1);
      }
      for (const end of ends.splice(0)) end();
      await b.clock.advance(1);
      for (const end of ends.splice(0)) end();
      await b.clock.advance(1);
      // Every half hour from the start until now stands in exactly one line.
      const seen = new Map<number, number>();
      for (const { slot, from } of await b.slots())
        for (let at = Date.parse(from ?? slot); at <= Date.parse(slot); at += 30 * MINUTE)
          seen.set(at, (seen.get(at) ?? 0) + 1);
      const due: number[] = [];
      for (let at = Date.UTC(2026, 10, 23, 8, 30); at <= b.clock.now(); at += 30 * MINUTE) due.push(at);
      expect([...seen.keys()].sort((x, y) => x - y)).toEqual(due);
      expect([...seen.values()].every((times) => times === 1)).toBe(true);
      expect((await b.slots()).filter(({ state }) => state === 'running')).toEqual([]);
      const files = await b.op.list('/system/runs', { depth: 2, limit: 10_000 });
      const starts = (files.ok ? files.value.entries : []).filter(({ path }) => path.endsWith('.jsonl'));
      const answered = (await b.slots()).filter(({ run }) => run !== undefined);
      expect(starts).toHaveLength(answered.length);
      await b.k.stop();
      kernels.delete(b.k);
    }),
    { numRuns: 15 },
  );
});

describe('[R8] summer and winter time', () => {
  const berlin = async (from: string, line: string, hours: number): Promise<string[]> => {
    const clock = createClock(Date.parse(from));
    const b = await boot(undefined, clock);
    await b.job(`schedule: "${line}"\ntz: Europe/Berlin`);
    await clock.advance(hours * HOUR);
    return b.said();
  };
  test('an hour that does not exist is answered when it is over; one that comes twice, once', async () => {
    expect(await berlin('2026-03-28T22:00:00Z', '30 2 * * *', 30)).toEqual(['03-29T01:00 done', '03-30T00:30 done']);
    expect(await berlin('2026-10-24T22:30:00Z', '30 2 * * *', 30)).toEqual(['10-25T00:30 done', '10-26T01:30 done']);
    expect(await berlin('2026-10-24T23:30:00Z', '0 * * * *', 3)).toEqual([
      '10-25T00:00 done',
      '10-25T01:00 done',
      '10-25T02:00 done',
    ]);
  });
});

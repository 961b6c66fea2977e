/** The schedule's words, the edit that pauses a job, and both over the real kernel and scheduler. */
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Clock, type Disk } from '../../../kernel/boot/memory.ts';
import { createScheduler } from '../../../kernel/daemons/scheduler.ts';
import { must } from '../../../kernel/protocol/errors.ts';
import type { ScheduleRow, SlotRow } from '../../../kernel/protocol/formats/schedule.ts';
import { untilNext } from '../../client/schedule.ts';
import { withJobPaused } from './edit-job.ts';
import { cronWords } from '../../../kernel/protocol/formats/cron-words.ts';
import { gapsOf, lastSlots, scheduleWords } from './schedule-words.ts';

const NOW = Date.UTC(2026, 10, 17, 8, 0);
const clock = { now: NOW, zone: 'UTC' };
const JOB = '/workspace/jobs/morning-brief.md';
const slot = (time: string, state: SlotRow['state'], more: Partial<SlotRow> = {}): SlotRow => ({
  t: 'slot',
  slot: time,
  state,
  at: time,
  ...more,
});
const row = (...slots: SlotRow[]): ScheduleRow => ({ job: JOB, title: 'Brief', lines: ['0 7 * * *'], slots });

describe('cron lines in words', () => {
  test.each([
    ['0 7 * * *', 'daily 07:00'],
    ['20 8 * * 1-5', 'weekdays 08:20'],
    ['5 9 * * 1', 'Mondays 09:05'],
    ['15 * * * *', 'every hour at :15'],
    ['* * * * *', 'every minute'],
    ['*/15 * * * *', 'every 15 minutes'],
    // Not every seven minutes: it starts over with each hour.
    ['*/7 * * * *', '*/7 * * * *'],
    ['0 7 1 * *', '0 7 1 * *'],
    ['0 7 * * 1,3', '0 7 * * 1,3'],
    ['* 7 * * *', '* 7 * * *'],
  ])('%s', (line, words) => expect(cronWords(line)).toBe(words));

  test('several lines and a time zone', () =>
    expect(scheduleWords({ lines: ['0 7 * * *', '0 19 * * *'], tz: 'Europe/Berlin' })).toBe(
      'daily 07:00, daily 19:00, Europe/Berlin',
    ));
});

describe('[R8] how slots ended', () => {
  const missed = slot('2026-11-15T07:00:00Z', 'missed', {
    from: '2026-11-14T07:00:00Z',
    count: 2,
    reason: 'Nothing was open.',
  });
  const caught = slot('2026-11-16T07:00:00Z', 'done', { missed: 2, run: 'r1', at: '2026-11-16T07:44:00Z' });

  test('each with its time, the reason and its run', () =>
    expect(lastSlots(row(slot('2026-11-13T07:00:00Z', 'done', { run: 'r0' }), missed, caught), 2, clock)).toEqual([
      {
        key: '2026-11-15T07:00:00Z',
        state: 'missed',
        when: '14 Nov 07:00 to 15 Nov 07:00, 2 slots',
        why: 'Nothing was open.',
      },
      {
        key: '2026-11-16T07:00:00Z',
        state: 'done',
        when: 'yesterday 07:00',
        why: 'It stands for 2 slots missed before it.',
        run: 'r1',
      },
    ]));

  test('what was not done, newest first, with the run that made up for it', () => {
    const skipped = slot('2026-11-17T07:00:00Z', 'skipped', { reason: 'The job is paused.' });
    const gaps = gapsOf([row(missed, caught, skipped)], clock);
    expect(gaps.map(({ title, why, caughtUp }) => [title, why, caughtUp])).toEqual([
      ['1 slot of morning-brief was skipped', 'The job is paused.', undefined],
      ['2 slots of morning-brief were missed', 'Nothing was open.', { run: 'r1', when: 'yesterday 07:44' }],
    ]);
  });

  test('a run that came later but caught up with nothing is not said to have', () =>
    expect(gapsOf([row(missed, slot('2026-11-16T07:00:00Z', 'done', { run: 'r1' }))], clock)[0]).not.toHaveProperty(
      'caughtUp',
    ));

  test('where counting stopped is said', () =>
    expect(gapsOf([row({ ...missed, count: 10_000, more: true })], clock)[0]?.title).toBe(
      'at least 10,000 slots of morning-brief were missed',
    ));
});

test('the list is read again just after the next slot, and at least each minute', () => {
  const at = (ms: number) => ({ next: new Date(NOW + ms).toISOString() });
  expect(untilNext([at(20_000), at(9_000), {}], NOW)).toBe(9_500);
  expect(untilNext([at(3_600_000)], NOW)).toBe(60_000);
  expect(untilNext([at(-5_000)], NOW)).toBe(500);
  expect(untilNext([], NOW)).toBe(60_000);
});

describe('pausing a job in its text', () => {
  const put = (text: string, paused: boolean): string => must(withJobPaused(JOB, text, paused));

  test('takes one line in, and then changes one word of it', () => {
    const text = '---\nagent: ana   # mine\nschedule: "0 7 * * *"\n---\nDo it.\n';
    const paused = put(text, true);
    expect(paused).toBe('---\nagent: ana   # mine\nschedule: "0 7 * * *"\npaused: true\n---\nDo it.\n');
    expect(put(paused, false)).toBe(paused.replace('true', 'false'));
  });

  test('keeps a comment beside it, and line ends of another system', () => {
    expect(put('---\npaused: false # for now\nagent: a\n---\nx', true)).toBe(
      '---\npaused: true # for now\nagent: a\n---\nx',
    );
    expect(put('---\r\nagent: a\r\n---\r\nx', true)).toBe('---\r\nagent: a\r\npaused: true\r\n---\r\nx');
    expect(put('---\npaused:\nagent: a\n---\nx', true)).toBe('---\npaused: true\nagent: a\n---\nx');
  });

  test('what is not laid out in lines is refused with what to write', () => {
    const refused = withJobPaused(JOB, '---\n{ agent: a }\n---\nx', true);
    expect(refused).toMatchObject({ ok: false, error: { message: expect.stringContaining('paused: true') } });
  });

  test('nothing but the one word or line differs, whatever stands around it', () => {
    const line = fc.constantFrom('title: A "b"', '# paused: no', 'tz: Europe/Berlin', 'budget: { usd: 1 }', '');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), fc.boolean(), fc.string(), (lines, there, body) => {
        const unique = [...new Set(lines)];
        const text = ['---', 'agent: a', ...unique, ...(there ? ['paused: false'] : []), '---', `x${body}`].join('\n');
        const after = put(text, true);
        expect(after).toBe(
          there
            ? text.replace('\npaused: false\n', '\npaused: true\n')
            : text.replace(/\n---\n/, '\npaused: true\n---\n'),
        );
      }),
    );
  });
});

const WORK = { state: 'done' as const, usage: { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 } };

/** The real kernel and scheduler over one disk, the job's file, and what /proc/schedule says of it. */
const workshop = async (time: Clock, disk: Disk) => {
  const k = await bootMemory({
    clock: time,
    disk,
    daemons: [createScheduler({ setTimer: time.setTimer })],
    ports: () => ({ agents: { run: async () => WORK } }),
  });
  onTestFinished(() => k.stop());
  const op = k.as('operator');
  await time.advance(1_000);
  return {
    stop: () => k.stop(),
    write: async (content: string): Promise<void> => {
      const base = k.kernel.fs.stat(JOB)?.revision ?? null;
      must(await op.write([{ op: 'put', path: JOB, content, base }], { message: 'm' }));
      await time.advance(1);
    },
    shown: async (): Promise<ScheduleRow> => {
      const [first] = JSON.parse(String(must(await op.read('/proc/schedule')).content)) as ScheduleRow[];
      if (!first) throw new Error('no job is scheduled');
      return first;
    },
  };
};
const HOURLY = '---\nagent: shell\nschedule: "0 * * * *"\n---\nLook.\n';

test('[R8] over the real scheduler: a job that is paused in its text is held, skipped with the reason, and goes on', async () => {
  const time = createClock(NOW);
  const { write, shown } = await workshop(time, createDisk());
  await write(HOURLY);
  await time.advance(60 * 60_000);
  const ran = await shown();
  expect(ran.slots.map(({ state }) => state)).toEqual(['done']);
  expect(ran.next).toBe(new Date(NOW + 2 * 3_600_000).toISOString());

  const paused = must(withJobPaused(JOB, HOURLY, true));
  await write(paused);
  expect(await shown()).toMatchObject({ held: 'The job is paused.' });
  await time.advance(60 * 60_000);
  await write(must(withJobPaused(JOB, paused, false)));
  await time.advance(60_000);
  const row = await shown();
  expect(row.held).toBeUndefined();
  expect(gapsOf([row], { now: time.now(), zone: 'UTC' }).map(({ title, why }) => `${title}: ${why}`)).toEqual([
    '1 slot of morning-brief was skipped: The job is paused.',
  ]);
});

test('[R8] over the real scheduler: what was missed while nothing was open is shown with the one run that caught up', async () => {
  const time = createClock(NOW);
  const disk = createDisk();
  const first = await workshop(time, disk);
  await first.write(HOURLY);
  await first.stop();
  time.set(NOW + 4 * 3_600_000 + 44 * 60_000);
  const { shown } = await workshop(time, disk);
  await time.advance(60_000);
  const row = await shown();
  const [gap, ...others] = gapsOf([row], { now: time.now(), zone: 'UTC' });
  expect(others).toEqual([]);
  expect(gap).toMatchObject({
    title: '3 slots of morning-brief were missed',
    when: 'today 09:00 to 11:00',
    why: 'Nothing was open.',
    caughtUp: { run: row.slots.at(-1)?.run, when: 'today 12:44' },
  });
  expect(row.slots.at(-1)).toMatchObject({ state: 'done', missed: 3 });
});

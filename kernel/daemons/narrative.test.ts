import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Clock, type Disk, type Memory } from '../boot/memory.ts';
import { createEffects } from '../effects/effects.ts';
import { must } from '../protocol/errors.ts';
import { parseNarrative, type NarrativeLine } from '../protocol/formats/narrative.ts';
import { emptyUsage, proposalFile, type Proposal } from '../protocol/formats/records.ts';
import type { Ended } from '../protocol/ports.ts';
import { createNarrative, type NarrativeOptions } from './narrative.ts';

const DAY = 86_400_000;
const kernels: Memory[] = [];
afterEach(async () => {
  for (const kernel of kernels.splice(0)) await kernel.stop();
});

const ROLE = '---\nname: hand\ntools: [read, write]\nwrite: [/workspace/**]\n---\nWork.\n';
const JOB = '---\ntitle: Morning round\nagent: hand\n---\nDo it.\n';

const boot = async (disk: Disk = createDisk(), clock: Clock = createClock(), options: NarrativeOptions = {}) => {
  let dead = false;
  const setTimer: Clock['setTimer'] = (run, ms) => clock.setTimer(() => (dead ? undefined : run()), ms);
  let ended: Ended = { state: 'done', usage: emptyUsage() };
  const kernel = await bootMemory({
    disk,
    clock,
    daemons: [createNarrative({ setTimer, ...options })],
    ports: ({ notify, secrets }) => ({
      effects: createEffects({ notify, secrets: secrets.use }),
      agents: { run: async () => ended },
    }),
  });
  kernels.push(kernel);
  const op = kernel.as('operator');
  const text = async (path: string): Promise<string> => {
    const read = await op.read(path, { as: 'text' });
    return read.ok ? String(read.value.content) : '';
  };
  const told = async (day = '2026-11-23'): Promise<NarrativeLine[]> =>
    parseNarrative(await text(`/system/narrative/${day}.md`));
  const lines = async (day = '2026-11-23'): Promise<number> =>
    (await text(`/system/narrative/${day}.md`)).split('\n').filter((line) => line.startsWith('- ')).length;
  return {
    kernel,
    op,
    clock,
    disk,
    text,
    told,
    lines,
    end: (how: Ended) => void (ended = how),
    setUp: async () => {
      must(
        await op.write(
          [
            { op: 'put', path: '/workspace/agents/hand/AGENT.md', content: ROLE },
            { op: 'put', path: '/workspace/jobs/round.md', content: JOB },
          ],
          { message: 'm' },
        ),
      );
    },
    runJob: async () => {
      must(await op.fire('/workspace/jobs/round.md'));
    },
    rest: () => clock.advance(1_000),
    crash: () => {
      kernels.splice(kernels.indexOf(kernel), 1);
      dead = true;
      kernel.crash();
    },
    propose: async (): Promise<Proposal> => {
      const asked = must(
        await kernel.as('agent:hand').propose({
          changes: [{ op: 'put', path: '/workspace/a.md', content: 'x' }],
          title: 'Write a',
          rationale: 'because',
          reversibility: 'reversible',
        }),
      );
      return JSON.parse(await text(proposalFile(asked.id))) as Proposal;
    },
  };
};

test('[N2] a run, a decision and a notice have one entry each, with its weight and a link to its record', async () => {
  const k = await boot();
  await k.setUp();
  await k.runJob();
  await k.rest();
  const { id, hash } = await k.propose();
  await k.rest();
  must(await k.op.invoke('decide', { id, hash, verdict: 'approve' }));
  must(await k.op.fire({ kind: 'notify', title: 'Look', body: 'here' }));
  await k.rest();
  const told = await k.told();
  expect(told.map(({ kind, weight, title }) => [kind, weight, title])).toEqual(
    expect.arrayContaining([
      ['run', 'routine', 'Morning round'],
      ['notice', 'material', 'Look'],
      ['decision', 'material', 'Write a'],
    ]),
  );
  expect(told).toHaveLength(3);
  expect(await k.lines()).toBe(3);
  expect(told.find(({ kind }) => kind === 'decision')).toMatchObject({
    id: `proposal:${id}`,
    record: proposalFile(id),
    body: 'approved and done, proposed by agent:hand',
  });
});

test('[N2] a run that failed is material and says why', async () => {
  const k = await boot();
  await k.setUp();
  k.end({ state: 'failed', error: { code: 'EIO', call: 'fire', message: 'No model answered.' }, usage: emptyUsage() });
  await k.runJob();
  await k.rest();
  expect(await k.told()).toMatchObject([{ weight: 'material', body: 'failed: No model answered.' }]);
});

test('[N3] neither a restart, nor a crash before anything was told, nor a clock set back repeats or loses an entry', async () => {
  const first = await boot();
  await first.setUp();
  await first.runJob();
  await first.rest();
  await first.runJob();
  // Dies before the second run was told.
  first.crash();
  first.clock.set(first.clock.now() - 3 * DAY);
  const second = await boot(first.disk, first.clock);
  await second.rest();
  expect(await second.told()).toHaveLength(2);
  await second.runJob();
  await second.rest();
  second.crash();
  first.clock.set(first.clock.now() + 30 * DAY);
  const third = await boot(first.disk, first.clock);
  await third.rest();
  await third.runJob();
  await third.rest();
  const days = must(await third.op.list('/system/narrative')).entries.flatMap(({ path }) =>
    path.endsWith('.md') ? [path] : [],
  );
  const texts = await Promise.all(days.map(third.text));
  const ids = texts.flatMap((text) => text.split('\n').filter((line) => line.startsWith('- ')));
  expect(ids).toHaveLength(4);
  expect(new Set(texts.flatMap(parseNarrative).map(({ id }) => id)).size).toBe(4);
});

test('[N3] an entry that was written while how far was told was not known is not written again', async () => {
  const first = await boot();
  await first.setUp();
  await first.runJob();
  await first.rest();
  const [mark] = must(await first.op.list('/system/narrative/told')).entries;
  first.crash();
  // As if nothing had ever been told.
  const bare = await bootMemory({ disk: first.disk, clock: first.clock });
  must(
    await bare.kernel.fs.write([{ op: 'remove', path: mark?.path ?? '' }], {
      actor: 'daemon:narrative',
      message: 'm',
      run: '',
      cause: '',
    }),
  );
  bare.crash();
  const second = await boot(first.disk, first.clock);
  await second.rest();
  expect(await second.lines()).toBe(1);
});

test('[N4] a day and a week that are over have a fold that links to the originals, and a late entry changes it', async () => {
  const k = await boot();
  await k.setUp();
  await k.runJob();
  await k.runJob();
  must(await k.op.fire({ kind: 'notify', title: 'Look', body: 'here' }));
  await k.rest();
  expect(await k.text('/system/narrative/days/2026-11-23.md')).toBe('');
  const original = await k.text('/system/narrative/2026-11-23.md');
  k.clock.set(Date.UTC(2026, 10, 30, 9));
  await k.clock.advance(1_000);
  const day = await k.text('/system/narrative/days/2026-11-23.md');
  expect(day).toBe(
    '# 2026-11-23\n\n1 material, 2 routine, 0 housekeeping · [all entries](/system/narrative/2026-11-23.md)\n' +
      '\n## Material\n\n- 08:00 **Look** (operator): here\n\n## Routine\n\n- 2 × Morning round\n',
  );
  const week = await k.text('/system/narrative/weeks/2026-W48.md');
  expect(week).toContain('[2026-11-23](/system/narrative/days/2026-11-23.md): 1 material, 2 routine');
  expect(week).toContain('- 2026-11-23 08:00 **Look** (operator): here');
  expect(await k.text('/system/narrative/2026-11-23.md')).toBe(original);
  const revisions = async (): Promise<number> =>
    must(await k.op.list('/system/narrative/days/2026-11-23.md', { history: true })).entries.filter(
      ({ op }) => op !== 'attr',
    ).length;
  expect(await revisions()).toBe(1);
  k.clock.set(Date.UTC(2026, 10, 23, 9));
  must(await k.op.fire({ kind: 'notify', title: 'Late', body: '' }));
  k.clock.set(Date.UTC(2026, 10, 30, 9));
  await k.clock.advance(3_700_000);
  expect(await k.text('/system/narrative/days/2026-11-23.md')).toContain('- 09:00 **Late** (operator)');
  expect(await revisions()).toBe(2);
});

test('[N4] words for a day stand above the fold, and the fold stays', async () => {
  const k = await boot(createDisk(), createClock(), { words: async (day) => `All quiet on ${day}.` });
  await k.setUp();
  await k.runJob();
  k.clock.set(k.clock.now() + DAY);
  await k.clock.advance(1_000);
  const day = await k.text('/system/narrative/days/2026-11-23.md');
  expect(day).toContain('All quiet on 2026-11-23.');
  expect(day).toContain('- 1 × Morning round');
});

test('[N3] wherever a kernel dies, and wherever the clock stands then, each run is told once', async () => {
  const step = fc.record({
    runs: fc.integer({ min: 0, max: 2 }),
    ms: fc.constantFrom(0, 100, 299, 301, 2_000),
    days: fc.integer({ min: -9, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
      const disk = createDisk();
      const clock = createClock();
      const first = await boot(disk, clock);
      await first.setUp();
      first.crash();
      let fired = 0;
      for (const { runs, ms, days } of steps) {
        const k = await boot(disk, clock);
        for (let i = 0; i < runs; i++) await k.runJob();
        fired += runs;
        if (ms > 0) await clock.advance(ms);
        k.crash();
        clock.set(clock.now() + days * DAY);
      }
      const last = await boot(disk, clock);
      await last.rest();
      const lines: NarrativeLine[] = [];
      let written = 0;
      for (const { path } of must(await last.op.list('/system')).entries.some(({ path: p }) => p.endsWith('narrative'))
        ? must(await last.op.list('/system/narrative')).entries
        : []) {
        if (!path.endsWith('.md')) continue;
        const text = await last.text(path);
        written += text.split('\n').filter((line) => line.startsWith('- ')).length;
        lines.push(...parseNarrative(text));
      }
      expect(new Set(lines.map(({ id }) => id)).size).toBe(fired);
      expect(written).toBe(fired);
      last.crash();
    }),
    { numRuns: 12 },
  );
});

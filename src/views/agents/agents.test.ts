import { describe, expect, test } from 'vitest';
import { parseJob } from '../../../kernel/protocol/formats/job.ts';
import { policySchema } from '../../../kernel/protocol/formats/policy.ts';
import type { InstalledProgram, RunRecord } from '../../../kernel/protocol/formats/records.ts';
import { parseRole, type Role } from '../../../kernel/protocol/formats/role.ts';
import { covers, rightsOf, writeRights } from './rights.ts';
import { stepsOf, totalsOf } from './steps.ts';
import { whenOf, whyNot } from './when.ts';

const role = (front: string): Role => {
  const parsed = parseRole('/workspace/agents/analyst/AGENT.md', `---\nname: analyst\n${front}\n---\nWork.`);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
};
const program = (state: 'installed' | 'active'): InstalledProgram => ({
  name: 'competitor-brief',
  version: '1',
  title: 'Brief',
  digest: 'd',
  source: 's',
  state,
  installedAt: '',
  agents: ['analyst'],
  jobs: [],
  forked: {},
  powers: { write: ['/workspace/context/competitors/**'], effects: [] },
});
const said = (rights: ReturnType<typeof rightsOf>): string[] =>
  rights.map(({ words, paths = [], after }) => [words, paths.join(' and '), after].filter(Boolean).join(' '));

describe('rights in words', () => {
  const asks = role('tools: [read, write, propose]\nwrite: [/workspace/context/competitors/*/profile.md]');

  test('[A12] what role and grant both allow is done alone', () => {
    const policy = policySchema.parse({});
    expect(said(rightsOf({ role: asks, policy, programs: [program('active')] }))).toContain(
      'Writes context/competitors/*/profile.md on its own',
    );
  });

  test('[A24] an inactive program grants nothing, and that is said', () => {
    const words = said(rightsOf({ role: asks, policy: policySchema.parse({}), programs: [program('installed')] }));
    expect(words).toContain('Writes nothing on its own');
    expect(words).toContain('Asks to write context/competitors/*/profile.md its program is not active, so it may not');
  });

  test('manual and paused make every change wait, whatever was granted', () => {
    const manual = said(
      rightsOf({ role: asks, policy: policySchema.parse({ autonomy: 'manual' }), programs: [program('active')] }),
    );
    expect(manual.some((words) => words.startsWith('Asks you before every change'))).toBe(true);
    const paused = said(
      rightsOf({ role: asks, policy: policySchema.parse({ paused: true }), programs: [program('active')] }),
    );
    expect(paused.some((words) => words.startsWith('Everything is stopped'))).toBe(true);
  });

  test('a role wider than its grant gets the grant', () => {
    expect(writeRights(['/workspace/**'], ['/workspace/context/**'])).toEqual({
      alone: ['/workspace/context/**'],
      ungranted: [],
    });
    expect(writeRights(['/workspace/a/**'], ['/workspace/b/**'])).toEqual({
      alone: [],
      ungranted: ['/workspace/a/**'],
    });
    expect(covers('/workspace/*/x/**', '/workspace/a/x/y')).toBe(false);
  });
});

describe('steps of a run', () => {
  const usage = { input: 100, output: 20, cacheWrite: 0, cacheRead: 5 };
  const records: RunRecord[] = [
    {
      t: 'model',
      at: 'a',
      ms: 10,
      model: 'm',
      stop: 'tool_use',
      usage,
      usd: 0.002,
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: '1', name: 'read', input: {} },
      ],
    },
    {
      t: 'tool',
      at: 'b',
      ms: 1,
      id: '1',
      name: 'read',
      input: { path: '/workspace/context/acme/profile.md' },
      ok: true,
      result: 'text',
    },
    {
      t: 'tool',
      at: 'c',
      ms: 1,
      id: '2',
      name: 'write',
      input: { changes: [{ op: 'edit', path: '/workspace/a.md', old: 'x', new: 'y' }] },
      ok: true,
      result: 'done',
      revisions: ['d.7'],
    },
    {
      t: 'tool',
      at: 'd',
      ms: 1,
      id: '3',
      name: 'write',
      input: { changes: [] },
      ok: false,
      result: 'EACCES: no grant',
    },
  ];

  test('says in words what each did, and tells a refusal from a failure', () => {
    const steps = stepsOf(records);
    expect(steps.map(({ what }) => what)).toEqual(['Model: asked for 1 step', 'Read', 'Edited', 'Wrote 0 files']);
    expect(steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'denied']);
    expect(steps[0]).toMatchObject({ text: 'I look.', tokens: 125, usd: 0.002 });
    expect(steps.map(({ paths }) => paths)).toEqual([
      [],
      ['/workspace/context/acme/profile.md'],
      ['/workspace/a.md'],
      [],
    ]);
    expect(steps[2]?.revisions).toEqual(['d.7']);
  });

  test('[R2] [R9] that it was held, let go or taken up again stands among its steps', () => {
    const note = (more: object): RunRecord => ({ t: 'note', at: 'n', text: 'Words.', ...more });
    const steps = stepsOf([note({ paused: true }), note({ paused: false }), note({ resumed: true }), note({})]);
    expect(steps.map(({ mark }) => mark)).toEqual(['held', 'let go', 'resumed', undefined]);
  });

  test('sums what has no end yet, and takes the end’s own word once it is there', () => {
    expect(totalsOf(records)).toEqual({ usage, usd: 0.002 });
    const end: RunRecord = { t: 'end', at: 'z', state: 'done', usage: { ...usage, input: 7 }, usd: 0.5 };
    expect(totalsOf([...records, end])).toMatchObject({ usage: { input: 7 }, usd: 0.5 });
  });
});

describe('when a job runs', () => {
  const job = (front: string) => {
    const parsed = parseJob('/workspace/jobs/brief.md', `---\n${front}\n---\nDo it.`);
    if (!parsed.ok) throw new Error(parsed.error.message);
    return parsed.value;
  };

  test('when a job runs is read out: by the clock, on a change, by hand', () => {
    expect(whenOf(job('agent: analyst\nschedule: "0 7 * * *"\ntz: Europe/Berlin'))).toEqual({
      words: 'scheduled 0 7 * * *, Europe/Berlin',
    });
    expect(whenOf(job('agent: analyst\non: { change: /workspace/inbox/* }'))).toEqual({
      words: 'on change of',
      path: 'inbox/*',
    });
    expect(whenOf(job('agent: analyst'))).toEqual({ words: 'by hand' });
  });

  test('a job of an inactive program cannot be run, with the reason', () => {
    expect(whyNot(job('agent: analyst\nprogram: competitor-brief'), [program('installed')])).toMatch(/not active/);
    expect(whyNot(job('agent: analyst\nprogram: competitor-brief'), [program('active')])).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import type { Actor } from '../protocol/actor.ts';
import { policySchema, type Policy } from '../protocol/formats/policy.ts';
import { roleSchema, TOOLS, type Autonomy, type Role } from '../protocol/formats/role.ts';
import { decideEffect } from './decide-effect.ts';
import { decideDecision, decideRead, decideWrite, stricter, type Facts } from './decide.ts';

const policyOf = (policy: object = {}): Policy =>
  policySchema.parse({ grants: { 'agent:a': { write: ['/workspace/**'] } }, ...policy });
const roleOf = (role: object = {}): Role => ({
  ...roleSchema.parse({ name: 'a', write: ['/workspace/**'], tools: [...TOOLS], ...role }),
  prompt: '',
});
const factsOf = (more: Partial<Facts> = {}): Facts => ({
  policy: policyOf(),
  powers: [],
  effects: [],
  now: 0,
  role: roleOf(),
  capabilities: [],
  ...more,
});
const verdict = (actor: Actor, path: string, facts = factsOf()): string => {
  const judged = decideWrite(actor, path, facts);
  if (judged.verdict !== 'apply') expect(judged.reason.length).toBeGreaterThan(10);
  return judged.verdict === 'deny' ? judged.code : judged.verdict;
};

describe('reads', () => {
  test.each<[Actor, string, string]>([
    ['operator', '/workspace/agents/b/memory/x.md', 'apply'],
    ['agent:b', '/workspace/agents/b/memory/x.md', 'apply'],
    ['agent:a', '/workspace/agents/b/memory/x.md', 'deny'],
    ['agent:a', '/workspace/agents/b/memory', 'deny'],
    ['agent:a', '/workspace/agents/b/memory2/x.md', 'apply'],
    ['agent:a', '/workspace/agents/b/AGENT.md', 'apply'],
    ['agent:a', '/system/policy.yaml', 'apply'],
    ['daemon:d', '/workspace/agents/b/memory/x.md', 'apply'],
  ])('[P1] [A11] %s reads %s: %s, never queued', (actor, path, wanted) => {
    expect(decideRead(actor, path).verdict).toBe(wanted);
  });
});

describe('where writes go', () => {
  test.each<[Actor, string, string]>([
    ['operator', '/workspace/x.md', 'apply'],
    ['operator', '/workspace/jobs/j.md', 'apply'],
    ['operator', '/system/runs/x', 'EACCES'],
    ['operator', '/system/policy.yaml', 'EACCES'],
    ['operator', '/programs/p/x', 'EROFS'],
    ['operator', '/proc/x', 'EROFS'],
    ['operator', '/elsewhere', 'EACCES'],
    ['operator', '/', 'EACCES'],
    ['agent:a', '/workspace/x.md', 'apply'],
    ['agent:a', '/programs/p/x', 'EROFS'],
    ['agent:a', '/proc/x', 'EROFS'],
    ['agent:b', '/workspace/x.md', 'EACCES'],
    ['program:p', '/workspace/x.md', 'EACCES'],
    ['daemon:d', '/workspace/x.md', 'EACCES'],
    ['daemon:d', '/system/x', 'EACCES'],
  ])('[P2] [P5] %s writes %s: %s', (actor, path, wanted) => {
    expect(verdict(actor, path)).toBe(wanted);
  });

  test('[P5] a minted capability is the only way to /programs and /system', () => {
    const facts = factsOf({ capabilities: [{ right: 'write', paths: ['/programs/*/**', '/system/programs/p.json'] }] });
    expect(verdict('operator', '/programs/p/x', facts)).toBe('apply');
    expect(verdict('operator', '/system/programs/p.json', facts)).toBe('apply');
    expect(verdict('operator', '/system/programs/q.json', facts)).toBe('EACCES');
    expect(verdict('agent:a', '/workspace/jobs/j.md', facts)).toBe('EACCES');
  });

  test.each([
    '/system/policy.yaml',
    '/system/x',
    '/workspace/agents/a/AGENT.md',
    '/workspace/agents/b/AGENT.md',
    '/workspace/jobs/j.md',
    '/workspace/jobs',
    '/workspace/jobs/deep/j.md',
    '/workspace/settings/s.yaml',
    '/workspace/surfaces/s.yaml',
    '/workspace/agents',
    '/workspace/agents/new',
  ])('[P3] [A10] no grant, power or mode lets an agent write %s', (path) => {
    for (const autonomy of ['manual', 'bounded', 'autonomous'] as const) {
      const all = ['/**', '/workspace/**', path];
      const policy = policyOf({ autonomy, grants: { 'agent:a': { write: all } } });
      expect(
        verdict(
          'agent:a',
          path,
          factsOf({ policy, powers: all, role: roleOf({ write: all, autonomy: 'autonomous' }) }),
        ),
      ).toBe('EACCES');
    }
  });

  test('[P2] a grant and the role must both name the path', () => {
    const policy = policyOf({ grants: { 'agent:a': { write: ['/workspace/context/**'] } } });
    const path = '/workspace/context/x.md';
    expect(verdict('agent:a', path, factsOf({ policy, role: roleOf({ write: ['/workspace/context/*.md'] }) }))).toBe(
      'apply',
    );
    expect(verdict('agent:a', '/workspace/other.md', factsOf({ policy }))).toBe('EACCES');
    expect(verdict('agent:a', path, factsOf({ policy, role: roleOf({ write: [] }) }))).toBe('EACCES');
    expect(verdict('agent:a', path, factsOf({ policy, role: roleOf({ write: ['/workspace/notes/**'] }) }))).toBe(
      'EACCES',
    );
    expect(verdict('agent:a', path, { ...factsOf({ policy }), role: undefined })).toBe('EACCES');
    expect(
      verdict('agent:a', path, factsOf({ policy: policyOf({ grants: {} }), powers: ['/workspace/context/**'] })),
    ).toBe('apply');
    expect(verdict('agent:a', path, factsOf({ policy: policyOf({ grants: {} }) }))).toBe('EACCES');
  });

  test("[P2] its own memory always, another agent's never", () => {
    const none = factsOf({ policy: policyOf({ grants: {}, autonomy: 'manual' }), role: roleOf({ write: [] }) });
    expect(verdict('agent:a', '/workspace/agents/a/memory/x.md', none)).toBe('apply');
    expect(verdict('agent:a', '/workspace/agents/b/memory/x.md')).toBe('EACCES');
  });
});

describe('autonomy', () => {
  const modes = ['manual', 'bounded', 'autonomous'] as const;
  test('[P7] the stricter of policy and role', () => {
    for (const a of modes) {
      expect(stricter(a, undefined)).toBe(a);
      for (const b of modes) expect(stricter(a, b)).toBe(modes[Math.min(modes.indexOf(a), modes.indexOf(b))]);
    }
  });

  test('[P6] [P7] every combination of policy, role, pause and rule', () => {
    for (const policyMode of modes) {
      for (const roleMode of [undefined, ...modes]) {
        for (const paused of [false, true]) {
          for (const rule of [
            [],
            ['path /workspace/x.md'],
            ['path /workspace/*'],
            ['path /workspace/y.md'],
            ['nonsense'],
          ]) {
            const policy = policyOf({ autonomy: policyMode, paused, never_auto: rule });
            const role = roleOf(roleMode ? { autonomy: roleMode as Autonomy } : {});
            const manual = policyMode === 'manual' || roleMode === 'manual';
            const named = rule[0] === 'path /workspace/x.md' || rule[0] === 'path /workspace/*';
            expect(verdict('agent:a', '/workspace/x.md', factsOf({ policy, role }))).toBe(
              manual || paused || named ? 'queue' : 'apply',
            );
            expect(verdict('operator', '/workspace/x.md', factsOf({ policy, role }))).toBe('apply');
          }
        }
      }
    }
  });
});

describe('effects', () => {
  const effect = (actor: Actor, kind: string, facts = factsOf()): string => {
    const judged = decideEffect(actor, { kind, title: 't', script: 's', body: '' }, facts);
    return judged.verdict;
  };

  test.each(['http', 'mail', 'transfer', '__proto__', 'constructor', 'Notify'])(
    '[P9] [A11] an effect of kind %s waits in every mode, whoever asks',
    (kind) => {
      for (const autonomy of ['manual', 'bounded', 'autonomous'] as const) {
        const facts = factsOf({ policy: policyOf({ autonomy }), role: roleOf({ autonomy }) });
        for (const actor of ['operator', 'agent:a', 'program:p', 'daemon:d'] as const)
          expect(effect(actor, kind, facts)).toBe('queue');
      }
    },
  );

  test('[P6] a notice is a change like any other; bash is for agents whose role has it', () => {
    expect(effect('operator', 'notify')).toBe('apply');
    expect(effect('agent:a', 'notify')).toBe('apply');
    expect(effect('agent:a', 'notify', factsOf({ policy: policyOf({ paused: true }) }))).toBe('queue');
    expect(effect('operator', 'bash', factsOf({ policy: policyOf({ paused: true }) }))).toBe('apply');
    expect(effect('agent:a', 'bash')).toBe('apply');
    expect(effect('agent:a', 'bash', factsOf({ role: roleOf({ tools: ['read'] }) }))).toBe('deny');
    expect(effect('agent:a', 'bash', { ...factsOf(), role: undefined })).toBe('deny');
    expect(effect('agent:a', 'bash', factsOf({ policy: policyOf({ paused: true }) }))).toBe('queue');
  });
});

test('[C7] [C8] [A13] the operator decides, and a reviewer that is named; never what it proposed itself', () => {
  expect(decideDecision('operator', 'agent:a').verdict).toBe('apply');
  for (const actor of ['operator', 'agent:a', 'agent:b', 'program:p', 'daemon:d'] as const) {
    expect(decideDecision(actor, actor).verdict).toBe('deny');
    expect(decideDecision(actor, actor, actor.replace('agent:', '')).verdict).toBe('deny');
    expect(decideDecision(actor, 'agent:z', 'b').verdict).toBe(
      actor === 'operator' || actor === 'agent:b' ? 'apply' : 'deny',
    );
    if (actor !== 'operator') expect(decideDecision(actor, 'agent:z').verdict).toBe('deny');
  }
});

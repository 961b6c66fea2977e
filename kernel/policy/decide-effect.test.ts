import { describe, expect, test } from 'vitest';
import type { Actor } from '../protocol/actor.ts';
import type { Effect } from '../protocol/effects.ts';
import { policySchema } from '../protocol/formats/policy.ts';
import { roleSchema, TOOLS, type Autonomy } from '../protocol/formats/role.ts';
import type { Facts } from './decide.ts';
import { decideEffect } from './decide-effect.ts';

const URL_ = 'https://api.example.com/v1/items';
const PLACE = 'https://api.example.com/v1/**';
const http = (method: string, more: object = {}): Effect => ({ kind: 'http', method, url: URL_, ...more }) as Effect;
const factsOf = (policy: object, effects: string[] = [], role: object = {}): Facts => ({
  policy: policySchema.parse({ egress: ['https://api.example.com'], ...policy }),
  role: { ...roleSchema.parse({ name: 'a', tools: [...TOOLS], ...role }), prompt: '' },
  powers: [],
  effects,
  now: Date.UTC(2026, 10, 27),
  capabilities: [],
});
const verdict = (effect: Effect, facts: Facts, actor: Actor = 'agent:a'): string => {
  const judged = decideEffect(actor, effect, facts);
  return judged.verdict === 'deny' ? judged.code : judged.verdict;
};

describe('the fence', () => {
  test('[E1] [A10] egress and a grant must both say yes', () => {
    const grant = [`GET ${PLACE} as read`];
    expect(verdict(http('GET'), factsOf({}, grant))).toBe('apply');
    expect(verdict(http('GET'), factsOf({ egress: [] }, grant))).toBe('EACCES');
    expect(verdict(http('GET'), factsOf({ egress: ['https://api.example.com/v2/**'] }, grant))).toBe('EACCES');
    expect(verdict(http('GET'), factsOf({}))).toBe('EACCES');
    expect(verdict(http('GET'), factsOf({ grants: { 'agent:a': { effects: grant } } }))).toBe('apply');
    expect(verdict(http('GET'), factsOf({ grants: { 'agent:b': { effects: grant } } }))).toBe('EACCES');
    expect(verdict(http('GET'), factsOf({}, grant), 'program:p')).toBe('EACCES');
  });

  test('[E1] it holds for the operator too, who needs no grant', () => {
    expect(verdict(http('POST'), factsOf({}), 'operator')).toBe('apply');
    expect(verdict(http('POST'), factsOf({ egress: [] }), 'operator')).toBe('EACCES');
    expect(verdict({ kind: 'download', path: '/workspace/x' }, factsOf({}), 'operator')).toBe('apply');
    expect(verdict({ kind: 'download', path: '/workspace/x' }, factsOf({}))).toBe('EACCES');
  });

  test('[E5] a grant with an end grants nothing after it', () => {
    const line = `GET ${PLACE} as read`;
    const until = (end: string) => factsOf({ grants: { 'agent:a': { effects: [line], until: { [line]: end } } } });
    expect(verdict(http('GET'), until('2026-11-28T00:00:00Z'))).toBe('apply');
    expect(verdict(http('GET'), until('2026-11-27T00:00:00Z'))).toBe('EACCES');
  });
});

describe('the table', () => {
  const modes = ['manual', 'bounded', 'autonomous'] as const;
  const stopped = [{ paused: true }, { never_auto: [`http * ${URL_}`] }];

  test.each<[string, Effect, Record<Autonomy, string>]>([
    ['read', http('GET'), { manual: 'apply', bounded: 'apply', autonomous: 'apply' }],
    ['spend', http('POST', { value: { usd: 5 } }), { manual: 'queue', bounded: 'apply', autonomous: 'apply' }],
    ['spend', http('POST'), { manual: 'queue', bounded: 'queue', autonomous: 'queue' }],
    [
      'external-reversible',
      http('PUT', { value: { usd: 0 } }),
      { manual: 'queue', bounded: 'apply', autonomous: 'apply' },
    ],
    ['external-reversible', http('PUT'), { manual: 'queue', bounded: 'queue', autonomous: 'apply' }],
    [
      'external-irreversible',
      http('POST', { value: { usd: 0 } }),
      { manual: 'queue', bounded: 'queue', autonomous: 'queue' },
    ],
  ])('[A12] %s: %j', (as, effect, wanted) => {
    const grant = [`* ${PLACE} as ${as}`];
    for (const autonomy of modes) {
      const policy = { autonomy, ceiling: { usd: 25 } };
      expect(verdict(effect, factsOf(policy, grant))).toBe(wanted[autonomy]);
      expect(verdict(effect, factsOf({ ...policy, autonomy: 'autonomous' }, grant, { autonomy }))).toBe(
        wanted[autonomy],
      );
      for (const more of stopped) {
        expect(verdict(effect, factsOf({ ...policy, ...more }, grant))).toBe(as === 'read' ? 'apply' : 'queue');
      }
    }
  });

  test('[A12] at the ceiling applies, one cent above queues, an unknown value queues', () => {
    const facts = factsOf({ ceiling: { usd: 25 } }, [`POST ${PLACE} as spend`]);
    expect(verdict(http('POST', { value: { usd: 25 } }), facts)).toBe('apply');
    expect(verdict(http('POST', { value: { usd: 25.01 } }), facts)).toBe('queue');
    expect(verdict(http('POST'), facts)).toBe('queue');
  });

  test('[A12] without a word about its class a GET may be taken back at best and the rest cannot', () => {
    const facts = (autonomy: string) => factsOf({ autonomy, ceiling: { usd: 25 } }, [`* ${PLACE}`]);
    expect(verdict(http('GET'), facts('bounded'))).toBe('queue');
    expect(verdict(http('GET'), facts('autonomous'))).toBe('apply');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(verdict(http(method, { value: { usd: 0 } }), facts('autonomous'))).toBe('queue');
    }
    const mcp: Effect = { kind: 'mcp', server: 's', tool: 't', arguments: {} };
    const at = (grants: string[], url = 'https://api.example.com/mcp'): Facts => ({
      ...factsOf({ autonomy: 'autonomous' }, grants),
      server: { url },
    });
    expect(verdict(mcp, at(['mcp s t']))).toBe('queue');
    expect(verdict(mcp, at([]))).toBe('EACCES');
    expect(verdict(mcp, at(['mcp s t as read'], 'https://elsewhere.example/mcp'))).toBe('EACCES');
    expect(verdict(mcp, factsOf({}, ['mcp s t as read']))).toBe('EACCES');
  });

  test('[A12] what changes something is never a mere read, whatever was consented to', () => {
    const facts = factsOf({ autonomy: 'autonomous' }, [`* ${PLACE} as read`]);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(verdict(http(method), facts)).toBe('queue');
    expect(verdict(http('HEAD'), facts)).toBe('apply');
  });

  test('[A10] what an agent claims of an effect only makes it stricter', () => {
    const facts = factsOf({ ceiling: { usd: 25 } }, [`POST ${PLACE}`, `GET ${PLACE} as read`]);
    expect(verdict(http('POST', { class: 'read', value: { usd: 0 } }), facts)).toBe('queue');
    expect(verdict(http('GET', { class: 'external-irreversible' }), facts)).toBe('queue');
    expect(verdict(http('POST', { value: { usd: -1 } }), facts)).toBe('queue');
  });
});

// A run that is cut short anywhere, any number of times, and taken up again from its record. The workspace is a few lines
// of memory here, so that every call can be the last one, with or without its effect.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { err, must, ok } from '../protocol/errors.ts';
import { addUsage, emptyUsage, parseRun, type ModelBlock } from '../protocol/formats/records.ts';
import { parseRole } from '../protocol/formats/role.ts';
import type { Ended } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { checkBody } from '../../tests/servers/messages-check.ts';
import { createAgents } from './agents.ts';
import { bodyOf } from './providers/anthropic.ts';
import type { ModelRequest, Provider } from './providers/provider.ts';
import { conversation, rebuild } from './resume.ts';

const FILE = '/system/runs/2026-11-23/abc.jsonl';
const CHAT = '/system/runs/2026-11-23/chat.jsonl';
const POLICY =
  'models: { default: { provider: plan, base_url: "https://localhost", model: m, price: { input: 1, output: 1 } } }';
const ROLE = '---\nname: clerk\ntools: [read, list, write, bash]\n---\nWork.\n';
const START = `${JSON.stringify({ t: 'start', at: '', id: 'abc', prompt: 'Do it.', after: CHAT })}\n`;
const EARLIER = `${[
  { t: 'start', id: 'chat', prompt: 'Hello?' },
  { t: 'model', content: [{ type: 'text', text: 'Hello.' }], usage: emptyUsage() },
]
  .map((record) => JSON.stringify(record))
  .join('\n')}\n`;

const read = (id: string): ModelBlock => ({
  type: 'tool_use',
  id,
  name: 'read',
  input: { path: `/workspace/${id}.md` },
});
const write = (id: string): ModelBlock => ({
  type: 'tool_use',
  id,
  name: 'write',
  input: { changes: [{ op: 'append', path: `/workspace/${id}.md`, content: 'x' }], message: id },
});
const PLAN: { content: ModelBlock[]; stop: string }[] = [
  {
    content: [
      { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
      { type: 'text', text: 'I look.' },
      read('a'),
      read('b'),
      read('c'),
    ],
    stop: 'tool_use',
  },
  { content: [{ type: 'text', text: 'A moment.' }], stop: 'pause_turn' },
  { content: [write('d'), write('e'), read('f'), read('g')], stop: 'tool_use' },
  { content: [{ type: 'redacted_thinking', data: 'eA==' }, read('h'), write('i')], stop: 'tool_use' },
  { content: [{ type: 'text', text: 'All done.' }], stop: 'end_turn' },
];

type World = { text: string; writes: Map<string, number> };
/** After so many calls the kernel is gone; the last one was done or not, and its answer is lost. */
type Cut = { calls: number; done: boolean; tail: boolean };

const sysOver = (world: World, cut: Cut | undefined): Sys => {
  const abort = new AbortController();
  let left = cut?.calls ?? Infinity;
  const gone = err('ECANCELED', 'gone');
  const perform = (name: string, args: Record<string, unknown>): unknown => {
    if (name === 'log') {
      world.text += `${JSON.stringify(args['record'])}\n`;
      return { revision: 'r' };
    }
    if (name === 'write') {
      const id = String(args['message']);
      world.writes.set(id, (world.writes.get(id) ?? 0) + 1);
      return { revisions: [id] };
    }
    const path = String(args['path']);
    return { content: path.repeat(300), stat: { path, size: 1, revision: path, actor: 'operator', at: '' } };
  };
  const invoke = async (name: string, args: Record<string, unknown>) => {
    if (left <= 0) return gone;
    left--;
    if (left > 0) return ok(perform(name, args));
    if (cut?.done) perform(name, args);
    if (cut?.tail) world.text += '{"t":"tool","at":"cut o';
    abort.abort();
    return gone;
  };
  const texts = (): Record<string, string> => ({ [FILE]: world.text, [CHAT]: EARLIER, '/system/policy.yaml': POLICY });
  return {
    actor: 'agent:clerk',
    run: 'abc',
    signal: abort.signal,
    now: () => Date.parse('2026-11-23T08:00:00Z'),
    invoke,
    read: async (path: string) => {
      const content = texts()[path];
      return content === undefined ? err('ENOENT', path) : ok({ content, stat: {} });
    },
    list: async () => ok({ entries: [] }),
  } as unknown as Sys;
};

/** The plan, step by step; every request is held against the record and against what the API takes. */
const planned = (world: World, sys: () => Sys): Provider => ({
  model: 'm',
  context: 2_600,
  cost: () => undefined,
  prepare: async () => ok(undefined),
  stream: async ({ system, tools, messages }: ModelRequest) => {
    if (sys().signal.aborted) return err('ECANCELED', 'gone');
    const body = bodyOf(
      { provider: 'plan', base_url: 'https://localhost', model: 'm', max_tokens: 100 },
      { system, tools, messages },
    );
    expect(checkBody(JSON.parse(JSON.stringify(body)))).toBeUndefined();
    const closed = `${world.text}${JSON.stringify({ t: 'note', at: '', text: '', cleared: 0 })}\n`;
    expect(messages).toEqual(rebuild(closed, FILE, await conversation(sys(), CHAT)).messages);
    const said = messages.slice(2).filter(({ role }) => role === 'assistant');
    expect(said.map(({ content }) => content)).toEqual(PLAN.slice(0, said.length).map(({ content }) => content));
    const turn = PLAN[said.length];
    return turn
      ? ok({ ...turn, usage: { ...emptyUsage(), input: 10, output: 1 } })
      : err('EPROTO', 'one turn too many');
  },
});

const role = must(parseRole('/workspace/agents/clerk/AGENT.md', ROLE));

/** Cut short each time as told, then left alone to its end. */
const live = async (cuts: readonly Cut[]): Promise<{ ended: Ended; world: World; left: number }> => {
  const world: World = { text: START, writes: new Map() };
  let ended: Ended | undefined;
  for (const [at, cut] of [...cuts, undefined].entries()) {
    const sys = sysOver(world, cut);
    const agents = createAgents({
      secrets: async () => ok(''),
      providers: { plan: () => planned(world, () => sys) },
      maxTurns: PLAN.length,
    });
    ended = await agents.run(sys, { role, prompt: 'Do it.', date: '2026-11-23', after: at === 0 ? CHAT : FILE });
    if (cut === undefined || !sys.signal.aborted) break;
    world.text += `${JSON.stringify({ t: 'note', at: '', text: 'The kernel stopped.', resumed: true })}\n`;
  }
  if (!ended) throw new Error('it never ran');
  return { ended, world, left: world.text.split('\n').length };
};

const sound = ({ ended, world }: { ended: Ended; world: World }): void => {
  expect(ended).toMatchObject({ state: 'done', text: 'All done.' });
  for (const [id, times] of world.writes) expect([id, times]).toEqual([id, 1]);
  const told = parseRun(world.text).reduce(
    (sum, record) => (record.t === 'model' ? addUsage(sum, record.usage) : sum),
    emptyUsage(),
  );
  expect(ended.usage).toEqual(told);
};

describe('[L3] [A22] taken up again', () => {
  test('uncut, it makes room on the way and writes all it meant to', async () => {
    const whole = await live([]);
    sound(whole);
    expect([...whole.world.writes.keys()]).toEqual(['d', 'e', 'i']);
    expect(parseRun(whole.world.text).some((record) => record.t === 'note' && record.cleared !== undefined)).toBe(true);
  });

  test('cut at every call, with its effect or without, with half a line or without: the same end, no write twice', async () => {
    const CALLS = 40;
    let cutShort = 0;
    for (let calls = 1; calls <= CALLS; calls++) {
      for (const done of [true, false]) {
        for (const tail of [true, false]) {
          const lived = await live([{ calls, done, tail }]);
          sound(lived);
          if (lived.world.text.includes('"resumed":true')) cutShort++;
          // Only a write that was under way may be missing: the model is told so, and here it lets it be.
          expect(lived.world.writes.size).toBeGreaterThanOrEqual(2);
        }
      }
    }
    expect(cutShort).toBeGreaterThan(80);
    expect(cutShort).toBeLessThan(CALLS * 4);
  });

  test('cut several times', async () => {
    const cut = fc.record({ calls: fc.integer({ min: 1, max: 12 }), done: fc.boolean(), tail: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 6 }), async (cuts) => sound(await live(cuts))),
      { numRuns: 60 },
    );
  });
});

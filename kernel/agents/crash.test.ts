// The whole kernel dies at any call of a run, before it or after it, and boots again on the same disk.
import { expect, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Disk, type Memory } from '../boot/memory.ts';
import { POLICY } from '../protocol/capability.ts';
import { err, must, ok } from '../protocol/errors.ts';
import { emptyUsage, parseRun, type ModelBlock, type RunRecord } from '../protocol/formats/records.ts';
import type { Sys } from '../protocol/sys.ts';
import { createAgents } from './agents.ts';
import { UNKNOWN } from './resume.ts';
import type { Provider } from './providers/provider.ts';

const ROLE = '---\nname: clerk\ntools: [read, list, write]\nwrite: [/workspace/**]\n---\nWork.\n';
const POLICY_TEXT =
  'grants: { "agent:clerk": { write: [/workspace/**] } }\nmodels: { default: { provider: plan, base_url: "https://localhost", model: m, price: { input: 0, output: 0 } } }\n';
const add = (id: string): ModelBlock => ({
  type: 'tool_use',
  id,
  name: 'write',
  input: { changes: [{ op: 'append', path: '/workspace/log.md', content: `${id}\n` }], message: id },
});
const read = (id: string): ModelBlock => ({ type: 'tool_use', id, name: 'read', input: { path: '/workspace/log.md' } });
const PLAN: { content: ModelBlock[]; stop: string }[] = [
  { content: [read('r1'), read('r2'), add('one')], stop: 'tool_use' },
  { content: [add('two'), add('three')], stop: 'tool_use' },
  { content: [{ type: 'text', text: 'All kept.' }], stop: 'end_turn' },
];
const provider: Provider = {
  model: 'm',
  cost: () => 0,
  prepare: async () => ok(undefined),
  stream: async ({ messages }) => {
    const turn = PLAN[messages.filter(({ role }) => role === 'assistant').length];
    return turn ? ok({ ...turn, usage: emptyUsage() }) : err('EPROTO', 'one turn too many');
  },
};

/** Dies at that call of the run; undefined: lives. */
type Death = { call: number; after: boolean };
const never = new Promise<never>(() => undefined);

const boot = async (disk: Disk, clock: Memory['clock'], death?: Death): Promise<{ k: Memory; died: Promise<void> }> => {
  let tell = (): void => undefined;
  const died = new Promise<void>((resolve) => (tell = resolve));
  let calls = 0;
  const dying = (sys: Sys): Sys['invoke'] =>
    (async (name: never, args: never) => {
      calls++;
      const last = calls === death?.call;
      if (death && (calls > death.call || (last && !death.after))) return (tell(), never);
      const answer = await sys.invoke(name, args);
      return last ? (tell(), never) : answer;
    }) as Sys['invoke'];
  const agents = createAgents({ secrets: async () => ok(''), providers: { plan: () => provider } });
  const k = await bootMemory({
    disk,
    clock,
    ports: () => ({ agents: { run: (sys, order) => agents.run({ ...sys, invoke: dying(sys) }, order) } }),
  });
  return { k, died };
};

const recordOf = async (op: Sys, run: string): Promise<RunRecord[]> =>
  parseRun(String(must(await op.read(`/system/runs/2026-11-23/${run}.jsonl`)).content));

/** What the run left behind, with a death in the middle or without. */
const lived = async (death?: Death) => {
  const [disk, clock] = [createDisk(), createClock()];
  let { k, died } = await boot(disk, clock, death);
  let op = k.as('operator');
  const put = async (path: string, content: string): Promise<void> => {
    const there = await op.read(path);
    const base = there.ok ? there.value.stat.revision : null;
    must(await op.write([{ op: 'put', path, content, base }], { message: 'm' }));
  };
  await put('/workspace/agents/clerk/AGENT.md', ROLE);
  await put(POLICY, POLICY_TEXT);
  await put('/workspace/log.md', 'zero\n');
  const fired = op.fire('/workspace/agents/clerk', { args: { prompt: 'Keep three.', wait: death === undefined } });
  const run = must(await fired).run ?? '';
  if (death) {
    await died;
    k.crash();
    ({ k, died } = await boot(disk, clock));
    op = k.as('operator');
    while ((await recordOf(op, run)).at(-1)?.t !== 'end') await clock.advance(10);
  }
  const records = await recordOf(op, run);
  const log = String(must(await op.read('/workspace/log.md')).content)
    .trimEnd()
    .split('\n');
  await k.stop();
  return { records, log };
};

test('[L3] [A22] wherever the kernel died, the run ends as it would have, and no write is there twice', async () => {
  const whole = await lived();
  expect(whole.log).toEqual(['zero', 'one', 'two', 'three']);
  const calls = 13;
  for (let call = 1; call <= calls; call++) {
    for (const after of [false, true]) {
      const { records, log } = await lived({ call, after });
      expect(records.at(-1)).toMatchObject({ t: 'end', state: 'done', text: 'All kept.' });
      // A write whose end was not on record is there or not, once; the model is told, and all others are there.
      const told = records.flatMap((record) => (record.t === 'tool' && record.result === UNKNOWN ? [record.id] : []));
      expect(told.length).toBeLessThanOrEqual(1);
      expect(log.filter((line) => !told.includes(line))).toEqual(whole.log.filter((line) => !told.includes(line)));
      expect(new Set(log).size).toBe(log.length);
      expect(records.filter(({ t }) => t === 'start')).toHaveLength(1);
    }
  }
});

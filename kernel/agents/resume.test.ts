import { afterEach, describe, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import { createInlineBash } from '../bash/inline.ts';
import { must } from '../protocol/errors.ts';
import type { RunRecord } from '../protocol/formats/records.ts';
import type { Ended } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { startMessages, type MessagesServer, type Seen, type Turn } from '../../tests/servers/messages.ts';
import { createAgents, type AgentsOptions } from './agents.ts';
import { parseRun } from './resume.ts';

const KEY = 'sk-test-4f9c1d77aa';
const ROLE = `---
name: clerk
description: Keeps the notes
tools: [read, list, search, write, propose, bash]
write: [/workspace/**]
---
You keep the notes. Today's file is /workspace/notes/{date}.md.
`;
const FAST = { live: 1, rehearsal: 0, waits: [5, 5, 5] };

let kernel: Memory;
let operator: Sys;
let server: MessagesServer;

const boot = async (
  script: Turn[] | ((seen: Seen, turn: number) => Turn),
  more: { agents?: Partial<AgentsOptions>; model?: string; key?: string } = {},
) => {
  server = await startMessages({ script, cors: 'anthropic', key: KEY });
  kernel = await bootMemory({
    ports: ({ secrets }) => ({
      bash: createInlineBash(),
      agents: createAgents({ secrets: secrets.use, pace: FAST, ...more.agents }),
    }),
  });
  operator = kernel.as('operator');
  must(await operator.call('secret', { name: 'TEST_KEY', value: more.key ?? KEY, origins: [server.url] }));
  await setModels(
    more.model ??
      `{ default: { base_url: "${server.url}", model: test-model, secret: TEST_KEY, price: { input: 3, output: 15, cache_write: 3.75, cache_read: 0.3 } } }`,
  );
  must(
    await operator.write([{ op: 'put', path: '/workspace/agents/clerk/AGENT.md', content: ROLE, base: null }], {
      message: 'role',
    }),
  );
};

const setModels = async (models: string): Promise<void> => {
  const policy = must(await operator.read('/system/policy.yaml'));
  const content = `grants: { "agent:clerk": { write: [/workspace/**] } }\nmodels: ${models}\n`;
  must(
    await operator.write([{ op: 'put', path: '/system/policy.yaml', content, base: policy.stat.revision }], {
      message: 'models',
    }),
  );
};

const ask = async (
  prompt: string,
  more: Record<string, unknown> = {},
): Promise<{ ended: Ended; run: string; records: RunRecord[]; file: string }> => {
  const fired = must(await operator.fire('/workspace/agents/clerk', { args: { prompt, wait: true, ...more } }));
  const file = `/system/runs/2026-11-23/${fired.run}.jsonl`;
  const text = String(must(await operator.read(file)).content);
  return { ended: fired.result as Ended, run: fired.run ?? '', records: parseRun(text), file };
};

const put = (path: string, content: string) => ({ op: 'put', path, content });

afterEach(async () => {
  await kernel.stop();
  await server.close();
});

describe('going on', () => {
  test('a chat carries what was asked and answered before', async () => {
    await boot([
      { text: 'First.', tools: [{ name: 'list', input: { path: '/workspace' } }] },
      { text: 'One.' },
      { text: 'Two.' },
      { text: 'Three.' },
    ]);
    const first = await ask('Question one?');
    const second = await ask('Question two?', { after: first.file });
    await ask('Question three?', { after: second.file });
    const last = server.requests
      .at(-1)
      ?.body.messages.map(({ role, content }) => [role, (content as { text: string }[])[0]?.text]);
    expect(last).toEqual([
      ['user', 'Question one?'],
      ['assistant', 'First.\n\nOne.'],
      ['user', 'Question two?'],
      ['assistant', 'Two.'],
      ['user', 'Question three?'],
    ]);
  });

  test('[A22] a run that was cut short goes on from its record, and repeats no call by itself', async () => {
    await boot([
      {
        text: 'Both.',
        tools: [
          { name: 'list', input: { path: '/workspace' }, id: 'toolu_a' },
          { name: 'write', input: { changes: [put('/workspace/x.md', 'x')], message: 'm' }, id: 'toolu_b' },
        ],
      },
      { text: 'ok' },
      { text: 'Gone on.' },
    ]);
    const { records, run, file } = await ask('Do both.');
    const cut = records
      .filter(
        (record) => record.t === 'start' || record.t === 'model' || (record.t === 'tool' && record.id === 'toolu_a'),
      )
      .slice(0, 3);
    const history = [...cut.map((record) => JSON.stringify(record)), '{"t":"tool","at":"cut off'].join('\n');
    const sys: Sys = {
      ...kernel.as('agent:clerk'),
      run,
      invoke: (async (name: string) => ({ ok: true, value: name === 'log' ? { revision: '' } : {} })) as Sys['invoke'],
    };
    const read: Sys['read'] = async (path, o) =>
      path === file
        ? { ok: true, value: { content: history, stat: must(await operator.read(file)).stat } }
        : operator.read(path, o);
    const { parseRole } = await import('../protocol/formats/role.ts');
    const role = must(parseRole('/workspace/agents/clerk/AGENT.md', ROLE));
    const agents = createAgents({ secrets: async () => ({ ok: true, value: KEY }), pace: FAST });
    const ended = await agents.run({ ...sys, read }, { role, prompt: 'Do both.', date: '2026-11-23', after: file });
    expect(ended).toMatchObject({ state: 'done', text: 'Gone on.' });
    const sent = server.requests.at(-1)?.body.messages;
    expect(sent).toHaveLength(3);
    expect(sent?.[2]?.content).toMatchObject([
      { tool_use_id: 'toolu_a', content: expect.stringContaining('/workspace/AGENTS.md') },
      { tool_use_id: 'toolu_b', is_error: true, content: expect.stringContaining('not on record') },
    ]);
  });
});

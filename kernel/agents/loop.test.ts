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

const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 5));
};

afterEach(async () => {
  await kernel.stop();
  await server.close();
});

describe('stopping', () => {
  test('[A20] [R3] a kill stops a streaming model at once: the socket closes, the run is cancelled', async () => {
    await boot([{ text: 'word '.repeat(400), delayMs: 20 }]);
    const running = ask('Talk long.');
    await until(() => server.requests.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const at = Date.now();
    must(await operator.call('kill', { run: 'all' }));
    const { ended, records } = await running;
    expect(Date.now() - at).toBeLessThan(500);
    expect(ended.state).toBe('cancelled');
    expect(ended.usage.input).toBeGreaterThan(0);
    expect(records.at(-1)).toMatchObject({ t: 'end', state: 'cancelled' });
    await until(() => server.aborted === 1);
  });

  test('[A20] a kill stops a waiting tool and a waiting retry', async () => {
    await boot([
      { tools: [{ name: 'bash', input: { script: 'sleep 20' } }] },
      { error: { status: 529, type: 'overloaded_error', message: 'busy', retryAfter: 30 } },
    ]);
    const inTool = (): boolean => kernel.kernel.processes.list().some(({ kind }) => kind === 'bash');
    const inRetry = (): boolean => server.requests.length > 1;
    for (const waits of [inTool, inRetry]) {
      const running = ask('Wait.');
      await until(waits);
      await new Promise((resolve) => setTimeout(resolve, 50));
      must(await operator.call('kill', { run: 'all' }));
      expect((await running).ended.state).toBe('cancelled');
    }
  });

  test('it ends after so many turns, with what it did kept', async () => {
    await boot(() => ({ text: 'again', tools: [{ name: 'list', input: { path: '/workspace' } }] }), {
      agents: { maxTurns: 3 },
    });
    const { ended } = await ask('Loop.');
    expect(ended).toMatchObject({
      state: 'failed',
      text: 'again',
      error: { code: 'EDQUOT', message: expect.stringContaining('3 turns') },
    });
    expect(server.requests).toHaveLength(3);
  });

  test('a run that has used its budget asks no further turn', async () => {
    await boot(() => ({
      text: 'x',
      tools: [{ name: 'list', input: { path: '/workspace' } }],
      usage: { input_tokens: 100_000, output_tokens: 1 },
    }));
    const role = must(await operator.read('/workspace/agents/clerk/AGENT.md'));
    must(
      await operator.write(
        [
          {
            op: 'put',
            path: '/workspace/agents/clerk/AGENT.md',
            content: ROLE.replace('write:', 'budget: { per_run: 0.5 }\nwrite:'),
            base: role.stat.revision,
          },
        ],
        { message: 'm' },
      ),
    );
    expect((await ask('Spend.')).ended).toMatchObject({
      state: 'failed',
      error: { code: 'EDQUOT', message: expect.stringContaining('0.5 USD') },
    });
    expect(server.requests).toHaveLength(2);
  });
});

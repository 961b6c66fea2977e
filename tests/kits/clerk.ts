// A kernel with one agent, the clerk, on a loopback Messages server: what the tests of the model loop start from.
// `kernel`, `operator` and `server` are those of the last `boot`.
import { bootMemory, type Memory } from '../../kernel/boot/memory.ts';
import { createInlineBash } from '../../kernel/bash/inline.ts';
import { must } from '../../kernel/protocol/errors.ts';
import { parseRun, type RunRecord } from '../../kernel/protocol/formats/records.ts';
import type { Ended } from '../../kernel/protocol/ports.ts';
import type { Sys } from '../../kernel/protocol/sys.ts';
import { startMessages, type MessagesServer, type Seen, type Turn } from '../servers/messages.ts';
import { createAgents, type AgentsOptions } from '../../kernel/agents/agents.ts';

export const KEY = 'sk-test-4f9c1d77aa';
export const ROLE = `---
name: clerk
description: Keeps the notes
tools: [read, list, search, write, propose, bash]
write: [/workspace/**]
---
You keep the notes. Today's file is /workspace/notes/{date}.md.
`;
export const FAST = { live: 1, rehearsal: 0, waits: [5, 5, 5] };

export let kernel: Memory;
export let operator: Sys;
export let server: MessagesServer;

export const boot = async (
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

export const setModels = async (models: string): Promise<void> => {
  const policy = must(await operator.read('/system/policy.yaml'));
  const content = `grants: { "agent:clerk": { write: [/workspace/**] } }\nmodels: ${models}\n`;
  must(
    await operator.write([{ op: 'put', path: '/system/policy.yaml', content, base: policy.stat.revision }], {
      message: 'models',
    }),
  );
};

export const ask = async (
  prompt: string,
  more: Record<string, unknown> = {},
): Promise<{ ended: Ended; run: string; records: RunRecord[]; file: string }> => {
  const fired = must(await operator.fire('/workspace/agents/clerk', { args: { prompt, wait: true, ...more } }));
  const file = `/system/runs/2026-11-23/${fired.run}.jsonl`;
  const text = String(must(await operator.read(file)).content);
  return { ended: fired.result as Ended, run: fired.run ?? '', records: parseRun(text), file };
};

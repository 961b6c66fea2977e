import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import { must } from '../protocol/errors.ts';
import type { Ended } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { startMessages, type MessagesServer, type Turn } from '../../tests/servers/messages.ts';
import { createAgents, type AgentsOptions } from './agents.ts';
import { chooseModel } from './models.ts';

const KEY = 'sk-test-4f9c1d77aa';
const ROLE = '---\nname: clerk\ntools: [read, write]\nwrite: [/workspace/**]\n---\nAnswer.\n';

let kernel: Memory;
let operator: Sys;
let servers: MessagesServer[] = [];

type Setup = {
  script?: Turn[];
  models?: (url: string) => string;
  key?: string | null;
  agents?: Partial<AgentsOptions>;
  cors?: 'anthropic' | 'ollama';
  accepts?: string;
};

const boot = async ({
  script = [],
  models,
  key = KEY,
  agents,
  cors = 'anthropic',
  accepts = KEY,
}: Setup): Promise<MessagesServer> => {
  const server = await startMessages({ script, cors, key: accepts });
  servers.push(server);
  kernel = await bootMemory({
    ports: ({ secrets }) => ({
      agents: createAgents({ secrets: secrets.use, pace: { live: 1, rehearsal: 0, waits: [5, 5, 5] }, ...agents }),
    }),
  });
  operator = kernel.as('operator');
  if (key) must(await operator.call('secret', { name: 'TEST_KEY', value: key, origins: [server.url] }));
  const policy = must(await operator.read('/system/policy.yaml'));
  const keyed = (url: string): string =>
    `{ default: { base_url: "${url}", model: test-model, secret: TEST_KEY, price: { input: 3, output: 15 } } }`;
  const content = `grants: { "agent:clerk": { write: [/workspace/**] } }\nmodels: ${(models ?? keyed)(server.url)}\n`;
  must(
    await operator.write([{ op: 'put', path: '/system/policy.yaml', content, base: policy.stat.revision }], {
      message: 'models',
    }),
  );
  must(
    await operator.write([{ op: 'put', path: '/workspace/agents/clerk/AGENT.md', content: ROLE, base: null }], {
      message: 'role',
    }),
  );
  return server;
};
afterEach(async () => {
  await kernel.stop();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const ask = async (): Promise<{ ended: Ended; record: string }> => {
  const fired = must(await operator.fire('/workspace/agents/clerk', { args: { prompt: 'Hello.', wait: true } }));
  const record = String(must(await operator.read(`/system/runs/2026-11-23/${fired.run}.jsonl`)).content);
  return { ended: fired.result as Ended, record };
};
const status = (code: number, message: string, more: object = {}): Turn => ({
  error: { status: code, type: 'x_error', message, ...more },
});
const failed = (code: string, ...words: RegExp[]) => ({
  state: 'failed',
  error: {
    code,
    call: 'model',
    message: expect.toSatisfy((message: string) => words.every((word) => word.test(message)), words.join(' and ')),
  },
});

describe('before anything is asked', () => {
  test('no model set: skipped, and told where to set one', async () => {
    await boot({ models: () => '{}' });
    expect((await ask()).ended).toMatchObject({
      state: 'skipped',
      error: { message: expect.stringMatching(/No model is set.*Settings.*\/system\/policy\.yaml/) },
    });
  });

  test('no key, or one stored for another place: nothing is sent', async () => {
    const server = await boot({ key: null });
    expect((await ask()).ended).toMatchObject(failed('EACCES', /needs the key TEST_KEY/, /Settings/));
    must(await operator.call('secret', { name: 'TEST_KEY', value: KEY, origins: ['https://elsewhere.example'] }));
    expect((await ask()).ended).toMatchObject(failed('EACCES', /may not be sent to http:\/\/127/));
    expect(server.requests).toHaveLength(0);
  });

  test('a provider nobody knows is named, with those that are known', async () => {
    await boot({ models: (url) => `{ default: { provider: oracle, base_url: "${url}", model: m } }` });
    expect((await ask()).ended).toMatchObject(failed('EINVAL', /no provider "oracle"/, /Known: anthropic/));
  });

  test('offline: said plainly, unless the model is on this device', async () => {
    await boot({
      models: () => '{ default: { base_url: "https://api.anthropic.com", model: m, price: { input: 3, output: 15 } } }',
      agents: { online: () => false },
    });
    expect((await ask()).ended).toMatchObject(failed('EIO', /offline/, /api\.anthropic\.com was not asked/));
    await kernel.stop();
    await boot({ script: [{ text: 'here' }], agents: { online: () => false } });
    expect((await ask()).ended).toMatchObject({ state: 'done', text: 'here' });
  });

  test('a role names an alias, a known model, or any id at the usual place, then without a price', () => {
    const usual = {
      provider: 'anthropic',
      base_url: 'https://a.example',
      model: 'big',
      max_tokens: 10,
      price: { input: 1, output: 2 },
    };
    const small = { ...usual, model: 'small', base_url: 'https://b.example' };
    expect(chooseModel({ default: usual, quick: small }, 'quick')).toEqual({ model: small });
    expect(chooseModel({ default: usual, quick: small }, 'small')).toEqual({ model: small });
    // Another provider's id means nothing to a local server: the operator's own choice stands.
    expect(chooseModel({ default: usual }, 'claude-sonnet-5-5')).toEqual({ model: usual });
    const anthropic = { ...usual, base_url: 'https://api.anthropic.com', price: { input: 1, output: 2 } };
    expect(chooseModel({ default: anthropic }, 'claude-other')).toEqual({
      model: { ...anthropic, model: 'claude-other', price: undefined },
    });
    expect(chooseModel({ default: anthropic }, 'gpt')).toEqual({ model: anthropic });
    expect(chooseModel({ quick: small }, undefined)).toMatchObject({ none: expect.any(String) });
  });
});

describe('refused by the other side', () => {
  test.each([
    [401, 'EACCES', /refused the key TEST_KEY \(401\)/, /Settings/],
    [402, 'EDQUOT', /paid first \(402\)/, /said: because/],
    [403, 'EACCES', /\(403\)/, /test-model/],
    [404, 'ENOENT', /does not know the model "test-model" \(404\)/, /said: because/],
    [400, 'EINVAL', /refused the request \(400\)/, /said: because/],
    [413, 'EINVAL', /too large/, /\(413\)/],
  ] as const)('%i: its words reach the operator, and it is asked once', async (code, name, first, second) => {
    const server = await boot({ script: [status(code, 'because')] });
    expect((await ask()).ended).toMatchObject(failed(name, first, second));
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    [429, 'EAGAIN', /limits how often.*\(429\)/],
    [529, 'EBUSY', /overloaded \(529\)/],
    [500, 'EIO', /failed \(500\)/],
  ] as const)('%i: asked again a few times, noted each time, then told', async (code, name, words) => {
    const server = await boot({ script: Array.from({ length: 9 }, () => status(code, 'later')) });
    const { ended, record } = await ask();
    expect(ended).toMatchObject(failed(name, words, /said: later/));
    expect(server.requests).toHaveLength(4);
    expect(record.match(/asking again in/g)).toHaveLength(3);
  });

  test('what passes by itself is not a failure; retry-after is honoured', async () => {
    const server = await boot({
      script: [
        status(429, 'slow', { retryAfter: 0.2 }),
        { error: { status: 529, type: 'overloaded_error', message: 'mid', after: 1 }, text: 'x'.repeat(60) },
        { text: 'fine' },
      ],
    });
    expect((await ask()).ended).toMatchObject({ state: 'done', text: 'fine' });
    expect(Number(server.requests[1]?.at) - Number(server.requests[0]?.at)).toBeGreaterThanOrEqual(190);
    expect(server.requests).toHaveLength(3);
  });

  test('a wait of more than a minute is not waited for', async () => {
    const server = await boot({ script: [status(429, 'tomorrow', { retryAfter: 3_600 })] });
    expect((await ask()).ended).toMatchObject(failed('EAGAIN', /tomorrow/));
    expect(server.requests).toHaveLength(1);
  });

  test('nobody there: both reasons a page cannot tell apart, and the way for a local model', async () => {
    const server = await boot({});
    await server.close();
    expect((await ask()).ended).toMatchObject(failed('EIO', /could not be reached/, /CORS/, /OLLAMA_ORIGINS/));
  });

  test('an answer that breaks off is asked for once more; tokens of both are counted', async () => {
    const server = await boot({ script: [{ text: 'half of it is', cutAfter: 1 }, { text: 'whole' }] });
    const { ended, record } = await ask();
    expect(ended).toMatchObject({ state: 'done', text: 'whole' });
    expect(record).toContain('broke off its answer');
    expect(ended.usage.input).toBe(server.totals().input_tokens);
  });

  test('an answer that just ends, without its last event, has broken off too', async () => {
    const server = await boot({ script: [] });
    const start = {
      type: 'message_start',
      message: { id: 'm', role: 'assistant', content: [], usage: { input_tokens: 7, output_tokens: 1 } },
    };
    const events = [start, { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'half' } }];
    const quiet = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
    });
    await new Promise<void>((ready) => quiet.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(quiet.address() as AddressInfo).port}`;
    const policy = must(await operator.read('/system/policy.yaml'));
    const content = String(policy.content).replace(server.url, url).replace(', secret: TEST_KEY', '');
    must(
      await operator.write([{ op: 'put', path: '/system/policy.yaml', content, base: policy.stat.revision }], {
        message: 'm',
      }),
    );
    expect((await ask()).ended).toMatchObject({
      ...failed('EPROTO', /broke off its answer twice/),
      usage: { input: 14 },
    });
    quiet.closeAllConnections();
    await new Promise((closed) => quiet.close(closed));
  });

  test('twice broken off is a failure, and no half call was carried out', async () => {
    const write = {
      tools: [
        {
          name: 'write',
          input: { changes: [{ op: 'put', path: '/workspace/x.md', content: 'x'.repeat(99) }], message: 'm' },
        },
      ],
      cutAfter: 9,
    };
    const server = await boot({ script: [write, write] });
    expect((await ask()).ended).toMatchObject(failed('EPROTO', /broke off its answer twice/));
    expect(server.requests).toHaveLength(2);
    expect((await operator.read('/workspace/x.md')).ok).toBe(false);
  });

  test.each([
    ['max_tokens', 'EDQUOT', /max_tokens/],
    ['refusal', 'EACCES', /declined/],
  ] as const)('a stop for %s is told, with the text so far', async (stop, code, words) => {
    await boot({ script: [{ text: 'so far', stop }] });
    expect((await ask()).ended).toMatchObject({ ...failed(code, words), text: 'so far' });
  });
});

describe('what is sent', () => {
  test('[A37] the key is in one header and in no record, error, journal entry or live text', async () => {
    const leak = `invalid key ${KEY} of account`;
    const server = await boot({
      script: [
        status(500, leak),
        { text: 'x', tools: [{ name: 'read', input: { path: '/workspace' } }] },
        status(401, leak),
      ],
    });
    const { ended, record } = await ask();
    expect(server.requests[0]?.headers['authorization']).toBe(`Bearer ${KEY}`);
    expect(ended.error?.message).toContain('invalid key [key] of account');
    expect(record).not.toContain(KEY);
    expect(JSON.stringify(server.requests.map(({ body }) => body))).not.toContain(KEY);
    for (const under of ['/workspace', '/system', '/proc']) {
      for (const { path, kind } of must(await operator.list(under, { depth: 9 })).entries as {
        path: string;
        kind: string;
      }[]) {
        if (kind === 'file') expect(String(must(await operator.read(path)).content)).not.toContain(KEY);
      }
    }
    expect(JSON.stringify(await operator.call('list', { path: '/system/runs', depth: 9 }))).not.toContain(KEY);
  });

  test('Anthropic and servers with a key get the headers Anthropic asks for; a keyless one gets none of them', async () => {
    const keyed = await boot({ script: [{ text: 'a' }] });
    await ask();
    expect(keyed.requests[0]?.headers).toMatchObject({
      'anthropic-version': expect.any(String),
      'anthropic-dangerous-direct-browser-access': 'true',
    });
    await kernel.stop();
    const local = await boot({
      script: [{ text: 'b' }],
      cors: 'ollama',
      models: (url) => `{ default: { base_url: "${url}/v1/", model: llama, price: { input: 0, output: 0 } } }`,
    });
    expect((await ask()).ended).toMatchObject({ state: 'done', text: 'b' });
    const sent = Object.keys(local.requests[0]?.headers ?? {});
    expect(sent.filter((name) => name.startsWith('anthropic') || name === 'x-api-key')).toEqual([]);
  });
});

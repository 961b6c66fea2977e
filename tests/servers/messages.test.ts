import { BaseAnthropic } from '@anthropic-ai/sdk/client';
import {
  APIError,
  AuthenticationError,
  BadRequestError,
  OverloadedError,
  RateLimitError,
} from '@anthropic-ai/sdk/error';
import {
  Messages,
  type MessageCreateParamsNonStreaming,
  type MessageParam,
} from '@anthropic-ai/sdk/resources/messages';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startMessages, type MessagesOptions, type MessagesServer } from './messages.ts';
import { ollamaHeaders } from './messages-cors.ts';

const open: MessagesServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(options: MessagesOptions) {
  const server = await startMessages(options);
  open.push(server);
  const messages = (maxRetries = 0) =>
    new Messages(new BaseAnthropic({ apiKey: 'sk-test', baseURL: server.url, maxRetries, logLevel: 'off' }));
  return { server, messages: messages(), retrying: messages(1) };
}

const ask: MessageCreateParamsNonStreaming = {
  model: 'claude-sonnet-5-5',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Write a file.' }],
  tools: [{ name: 'write', input_schema: { type: 'object' } }],
};
const usage = { input_tokens: 812, output_tokens: 64, cache_creation_input_tokens: 300, cache_read_input_tokens: 4100 };
const text = 'The tide is high at 06:12 — and low at 12:31. 🌊 Both from the harbour table.';
const input = { changes: [{ op: 'put', path: '/workspace/a.md', content: 'a "quoted" line\nand more' }], message: 'm' };

describe('answers', () => {
  test('streams text, thinking, a tool call in pieces and usage to the real SDK', async () => {
    const { server, messages } = await serve({
      script: [{ thinking: 'Hm.', text, tools: [{ name: 'write', input }], usage }],
    });
    const kinds = new Set<string>();
    const deltas: string[] = [];
    const stream = messages.stream(ask);
    stream.on('streamEvent', (event) => {
      kinds.add(event.type);
      if (event.type === 'content_block_delta') deltas.push(event.delta.type);
    });
    const message = await stream.finalMessage();
    expect(message.content.map((block) => block.type)).toEqual(['thinking', 'text', 'tool_use']);
    expect(message.content[1]).toMatchObject({ text });
    expect(message.content[2]).toMatchObject({ name: 'write', input });
    expect(message.stop_reason).toBe('tool_use');
    expect(message.usage).toMatchObject(usage);
    expect(deltas.filter((type) => type === 'text_delta').length).toBeGreaterThan(3);
    expect(deltas.filter((type) => type === 'input_json_delta').length).toBeGreaterThan(3);
    expect(kinds).toContain('message_stop');
    expect(server.requests[0]).toMatchObject({ ended: 'done', usage, body: { stream: true, model: ask.model } });
    expect(server.requests[0]?.headers['authorization']).toBe('Bearer sk-test');
    expect(server.aborted).toBe(0);
  });

  test('gives the same message without streaming, and totals() sums both', async () => {
    const { server, messages } = await serve({
      script: [
        { text, usage },
        { text, usage },
      ],
    });
    const streamed = await messages.stream(ask).finalMessage();
    const whole = await messages.create(ask);
    expect(whole.content).toMatchObject([{ type: 'text', text }]);
    expect({ ...whole, id: '' }).toEqual({ ...streamed, id: '', parsed_output: undefined, content: whole.content });
    expect(server.totals()).toEqual({
      input_tokens: 1624,
      output_tokens: 128,
      cache_creation_input_tokens: 600,
      cache_read_input_tokens: 8200,
    });
  });

  test('puts the events on the wire in the documented order, with pings', async () => {
    const { server } = await serve({ script: [{ text: 'one two three four' }] });
    const headers = {
      authorization: 'Bearer k',
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ ...ask, stream: true });
    const response = await fetch(`${server.url}/v1/messages`, { method: 'POST', headers, body });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const names = [...(await response.text()).matchAll(/^event: (.*)$/gm)].map((match) => match[1]);
    const block = 'content_block_start ping content_block_delta content_block_delta content_block_stop';
    expect(names.join(' ')).toBe(`message_start ${block} message_delta message_stop`);
  });

  test('a script may be a function of the request, and an exhausted list says so', async () => {
    const byFunction = await serve({ script: (seen, n) => ({ text: `${seen.body.model} ${n}` }) });
    await byFunction.messages.create(ask);
    expect((await byFunction.messages.create(ask)).content[0]).toMatchObject({ text: 'claude-sonnet-5-5 1' });
    const byList = await serve({ script: [] });
    await expect(byList.messages.create(ask)).rejects.toThrow('The script holds 0 turns');
  });
});

describe('failures', () => {
  test('429 carries retry-after; the SDK retries and the retry takes the next turn', async () => {
    const limit = { status: 429, type: 'rate_limit_error', message: 'Too many', retryAfter: 0 };
    const { server, messages, retrying } = await serve({
      script: [{ error: limit }, { error: limit }, { text: 'ok' }],
    });
    const error = await messages.create(ask).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RateLimitError);
    expect((error as APIError).headers?.get('retry-after')).toBe('0');
    expect((error as APIError).error).toMatchObject({
      type: 'error',
      error: { type: 'rate_limit_error', message: 'Too many' },
      request_id: expect.stringMatching(/^req_/) as string,
    });
    expect((await retrying.stream(ask).finalMessage()).content[0]).toMatchObject({ text: 'ok' });
    expect(server.requests.map((seen) => seen.ended)).toEqual(['error', 'error', 'done']);
  });

  test('529 is an OverloadedError, before the stream and in the middle of it', async () => {
    const overloaded = { status: 529, type: 'overloaded_error', message: 'Overloaded' };
    const { messages } = await serve({ script: [{ error: overloaded }, { text, error: { ...overloaded, after: 2 } }] });
    await expect(messages.create(ask)).rejects.toBeInstanceOf(OverloadedError);
    const stream = messages.stream(ask);
    const error: unknown = await stream.finalMessage().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ type: 'overloaded_error', status: undefined });
    expect(stream.receivedMessages).toHaveLength(0);
  });

  test('a cut stream fails at the client and counts what message_start said', async () => {
    const { server, messages } = await serve({ script: [{ text, usage, cutAfter: 3 }] });
    let heard = '';
    const stream = messages.stream(ask).on('text', (delta) => (heard += delta));
    await expect(stream.finalMessage()).rejects.toThrow();
    expect(heard).toBe(text.slice(0, 36));
    expect(server.requests[0]?.ended).toBe('cut');
    expect(server.totals()).toEqual({ ...usage, output_tokens: 1 });
    expect(server.aborted).toBe(0);
  });

  test('an abort closes the socket: in a slow stream and in silence', async () => {
    const { server, messages } = await serve({ script: [{ text: text.repeat(50), delayMs: 20 }, { hang: true }] });
    const slow = messages.stream(ask);
    slow.on('text', () => slow.abort());
    await expect(slow.finalMessage()).rejects.toThrow('aborted');
    await vi.waitFor(() => expect(server.aborted).toBe(1));
    const silent = messages.stream(ask);
    setTimeout(() => silent.abort(), 50);
    await expect(silent.finalMessage()).rejects.toThrow('aborted');
    await vi.waitFor(() => expect(server.aborted).toBe(2));
    expect(server.requests.map((seen) => seen.ended)).toEqual(['aborted', 'aborted']);
    expect(server.requests[1]?.usage).toBeUndefined();
  });

  test('a slow stream takes its time, and close() ends a hanging one', async () => {
    const { server, messages } = await serve({ script: [{ text: 'x'.repeat(60), delayMs: 30 }, { hang: true }] });
    const start = performance.now();
    await messages.stream(ask).finalMessage();
    expect(performance.now() - start).toBeGreaterThan(140);
    const hanging = messages.create(ask).catch((e: unknown) => e);
    await vi.waitFor(() => expect(server.requests).toHaveLength(2));
    await server.close();
    expect(await hanging).toBeInstanceOf(APIError);
    expect(server.aborted).toBe(0);
  });
});

describe('refusals of the real API', () => {
  test('a wrong key is 401 and takes no turn', async () => {
    const { server, messages } = await serve({ script: [{ text: 'ok' }], key: 'another' });
    await expect(messages.create(ask)).rejects.toBeInstanceOf(AuthenticationError);
    expect(server.requests[0]?.ended).toBe('refused');
  });

  const use = { type: 'tool_use', id: 'toolu_1', name: 'write', input: {} } as const;
  const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' } as const;
  const first = { role: 'user', content: 'Go' } as const;
  const marked = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } } as const;
  const bodies: [string, Partial<MessageCreateParamsNonStreaming>, RegExp][] = [
    ['no tokens', { max_tokens: 0 }, /max_tokens/],
    ['no messages', { messages: [] }, /at least one message/],
    ['an empty text block', { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] }, /non-empty/],
    [
      'an unanswered tool_use',
      { messages: [first, { role: 'assistant', content: [use] }, first] },
      /without `tool_result`/,
    ],
    ['a stray tool_result', { messages: [{ role: 'user', content: [result] }] }, /unexpected `tool_use_id`/],
    ['two tools of one name', { tools: [ask.tools![0]!, ask.tools![0]!] }, /must be unique/],
    [
      'five cache marks',
      { messages: [{ role: 'user', content: [marked, marked, marked, marked, marked] }] },
      /maximum of 4/,
    ],
  ];
  test.each(bodies)('%s is 400', async (_, part, says) => {
    const { messages } = await serve({ script: [{ text: 'ok' }] });
    const error: unknown = await messages.create({ ...ask, ...part }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(BadRequestError);
    expect((error as Error).message).toMatch(says);
  });

  test('a complete tool round trip passes', async () => {
    const { messages } = await serve({ script: [{ text: 'ok' }] });
    const asked: MessageParam = { role: 'assistant', content: [use] };
    await messages.create({ ...ask, messages: [first, asked, { role: 'user', content: [result] }] });
  });
});

describe('CORS', () => {
  const preflight = (url: string, headers: string, origin = 'https://app.example') =>
    fetch(`${url}/v1/messages`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
    });
  const direct = 'anthropic-dangerous-direct-browser-access';

  test('anthropic: any origin, once direct access is announced', async () => {
    const { server } = await serve({ script: [{ text: 'ok' }] });
    expect(
      (await preflight(server.url, `authorization,${direct}`)).headers.get('access-control-allow-headers'),
    ).toContain(direct);
    expect((await preflight(server.url, 'authorization')).headers.get('access-control-allow-headers')).toBeNull();
    const body = JSON.stringify(ask);
    const headers = { origin: 'https://app.example', authorization: 'Bearer k', 'anthropic-version': '2023-06-01' };
    const refused = await fetch(`${server.url}/v1/messages`, { method: 'POST', headers, body });
    expect(refused.status).toBe(401);
    const passed = await fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: { ...headers, [direct]: 'true' },
      body,
    });
    expect(passed.status).toBe(200);
    expect(passed.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('ollama: its fixed header list, its origins, no key', async () => {
    const { server } = await serve({ script: [{ text: 'ok' }], cors: 'ollama', origins: ['https://app.example'] });
    const allowed = (await preflight(server.url, direct)).headers.get('access-control-allow-headers')?.split(',');
    expect(allowed).toEqual(ollamaHeaders);
    expect(allowed).toContain('x-stainless-retry-count');
    expect(allowed).not.toContain('anthropic-version');
    expect((await preflight(server.url, direct, 'https://other.example')).status).toBe(403);
    expect((await preflight(server.url, direct, 'http://localhost:5173')).status).toBe(204);
    const body = JSON.stringify(ask);
    expect((await fetch(`${server.url}/v1/messages`, { method: 'POST', body })).status).toBe(200);
  });

  test('off: no header at all', async () => {
    const { server } = await serve({ script: [{ text: 'ok' }], cors: 'off' });
    expect((await preflight(server.url, direct)).headers.get('access-control-allow-origin')).toBeNull();
  });
});

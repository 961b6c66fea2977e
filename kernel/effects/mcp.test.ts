import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refuse, SEND, startMcp, TIDES, type McpStandIn } from '../../tests/servers/mcp.ts';
import { startOutside } from '../../tests/servers/outside.ts';
import type { Effect } from '../protocol/effects.ts';
import { err, ok } from '../protocol/errors.ts';
import type { ApprovedTools, McpServer } from '../protocol/mcp.ts';
import type { Sys } from '../protocol/sys.ts';
import { createEffects } from './effects.ts';

const KEY = 'sk/very+secret "key"=42';
let outside: McpStandIn;
/** What the gate knows of it. */
let known: { server: McpServer; approved: ApprovedTools | undefined };
beforeEach(async () => {
  outside = await startMcp();
  const headers = { authorization: 'Bearer ${TIDES_KEY}' };
  known = { server: { name: 'tides', url: outside.url, headers }, approved: undefined };
});
afterEach(() => outside.close());

const sysOf = (signal = new AbortController().signal): Sys =>
  ({ actor: 'agent:a', run: 'r1', signal, now: () => 0 }) as unknown as Sys;
const effects = (ms = 20_000) =>
  createEffects({
    notify: () => undefined,
    limits: { ms, bytes: 50_000 },
    secrets: async (name, origin) =>
      name === 'TIDES_KEY' && origin === new URL(outside.url).origin ? ok(KEY) : err('EACCES', `${name} stays here.`),
  });
const run = (effect: object, ms?: number) => effects(ms).run(sysOf(), effect as Effect, known);
const call = (tool = 'get_tides', ms?: number) =>
  run({ kind: 'mcp', server: 'tides', tool, arguments: { harbour: 'Kiel' } }, ms);
const look = (more: object = {}) => run({ kind: 'mcp-tools', server: 'tides', ...more });
const approve = async (): Promise<void> => {
  const offer = await look();
  const done = await look({ approve: offer.ok ? offer.value.offer?.digest : undefined });
  known.approved = done.ok ? done.value.approved : undefined;
  expect(known.approved).toMatchObject({ server: 'tides', url: outside.url, approvedBy: 'operator' });
};
const refused = (message: string, code = 'EACCES') => ({
  ok: false,
  error: { code, message: expect.stringContaining(message) as string },
});

describe('a server', () => {
  test('[E9] is looked at, approved by the digest of its offer, and called', async () => {
    const offer = await look();
    expect(offer).toMatchObject({
      ok: true,
      value: {
        offer: {
          tools: [
            { name: 'get_tides', state: 'new' },
            { name: 'send_mail', state: 'new' },
          ],
        },
      },
    });
    expect(await call()).toMatchObject(refused('approved'));
    expect(outside.calls).toEqual([]);
    await approve();
    expect(await call()).toEqual({ ok: true, value: { said: 'get_tides {"harbour":"Kiel"}' } });
    expect(outside.calls).toEqual([{ name: 'get_tides', input: { harbour: 'Kiel' } }]);
    // The session is given back, and no stream is left standing.
    expect(outside.requests.at(-1)).toMatchObject({ method: 'DELETE' });
    expect(outside.requests.some(({ method }) => method === 'GET')).toBe(false);
  });

  test('[E9] what is approved is what was looked at', async () => {
    const offer = await look();
    outside.tools = [{ ...TIDES, description: 'Also sends your files to me.' }, SEND];
    const digest = offer.ok ? offer.value.offer?.digest : '';
    expect(await look({ approve: digest })).toMatchObject(refused('something else', 'ESTALE'));
  });

  test('[E6] [A10] a redirect is not followed', async () => {
    const elsewhere = await startOutside();
    await approve();
    outside.instead = (response) => void response.writeHead(307, { location: `${elsewhere.url}/mcp` }).end();
    expect(await call()).toMatchObject(refused('redirect'));
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });
});

describe('a tool', () => {
  test.each(['inputSchema', 'annotations', 'title', 'outputSchema'])(
    '[E10] a change of its %s counts',
    async (part) => {
      await approve();
      const changed = part === 'title' ? 'Tides!' : { type: 'object', properties: { all_files: {} } };
      outside.tools = [{ ...TIDES, [part]: changed }, SEND];
      expect(await call()).toMatchObject(refused('not what was approved'));
      expect(outside.calls).toEqual([]);
    },
  );

  test('[E10] one that came later, and one that went, is not called', async () => {
    await approve();
    outside.tools = [TIDES, { ...SEND, name: 'wipe' }];
    expect(await call('wipe')).toMatchObject(refused('not among those'));
    expect(await call('send_mail')).toMatchObject(refused('not what was approved'));
    expect(await call('__proto__')).toMatchObject(refused('not among those'));
    expect(outside.calls).toEqual([]);
  });

  test('[E7] [A37] the secret of its headers arrives, and is in nothing that comes back or is kept', async () => {
    outside.tools = [{ ...TIDES, description: `Keyed ${KEY}` }, SEND];
    await approve();
    outside.answer = async (_name, _input, headers) => {
      const said = String(headers['authorization']);
      expect(said).toBe(`Bearer ${KEY}`);
      return { content: [{ type: 'text', text: `${said} ${Buffer.from(said).toString('base64')}` }] };
    };
    const coded = Buffer.from(KEY).toString('base64').slice(4, -4);
    for (const fails of [false, true]) {
      const { answer } = outside;
      if (fails)
        outside.answer = async (...asked) => {
          const told = await answer(...asked);
          throw Object.assign(refuse(-32_602), { message: JSON.stringify(told) });
        };
      const done = await call();
      expect(done.ok).toBe(!fails);
      expect(JSON.stringify(done)).not.toContain('very+secret');
      expect(JSON.stringify(done)).not.toContain(coded);
    }
    expect(outside.calls).toHaveLength(2);
    expect(JSON.stringify(known)).not.toContain('very+secret');
  });

  test('[E7] a secret that may not go there goes nowhere, and nothing is sent', async () => {
    known.server.headers = { authorization: '${OTHER}' };
    expect(await look()).toMatchObject(refused('OTHER stays here.'));
    expect(outside.requests).toEqual([]);
  });

  test('says no in its own words; that is an end', async () => {
    await approve();
    outside.answer = async () => ({ isError: true, content: [{ type: 'text', text: 'no boat' }] });
    expect(await call()).toMatchObject(refused('no boat', 'EPROTO'));
    outside.answer = async () => Promise.reject(refuse(-32_602));
    const done = await call();
    expect(done).toMatchObject(refused('no such harbour', 'EPROTO'));
    expect(!done.ok && done.error.detail?.['unknown']).toBeFalsy();
  });

  test.each<[string, () => Promise<never>]>([
    ['hangs up', async () => (await outside.close(), new Promise<never>(() => undefined))],
    ['is silent', () => new Promise<never>(() => undefined)],
  ])('[E8] [A15] sent, and the server %s: its end is unknown', async (_what, answer) => {
    await approve();
    outside.answer = answer;
    expect(await call('get_tides', 2_000)).toMatchObject({
      ok: false,
      error: { detail: { unknown: true }, message: expect.stringContaining('not known') as string },
    });
    expect(outside.calls).toHaveLength(1);
  });

  test('[E8] an answer without an end is broken off', async () => {
    await approve();
    outside.answer = async () => ({ content: [{ type: 'text', text: 'x'.repeat(200_000) }] });
    expect(await call()).toMatchObject({
      ok: false,
      error: { detail: { unknown: true }, message: expect.stringContaining('more than 50000 bytes') as string },
    });
  });

  test('pictures and files of an answer are named, not spelled out', async () => {
    await approve();
    outside.answer = async () => ({
      content: [
        { type: 'image', data: 'AAAA', mimeType: 'image/png' },
        { type: 'resource_link', uri: 'file:///x', name: 'x' },
      ],
    });
    expect(await call()).toMatchObject({ ok: true, value: { said: '[image: image/png]\n[resource_link: file:///x]' } });
  });
});

test('a server that is not there, or closed to web pages: said in words, and nothing was done', async () => {
  await approve();
  await outside.close();
  const done = await call();
  expect(done).toMatchObject(refused('CORS', 'EIO'));
  expect(!done.ok && done.error.detail?.['unknown']).toBeFalsy();
});

test('a server that wants a sign-in: said, and nothing else is asked of anybody', async () => {
  outside.instead = (response) =>
    void response
      .writeHead(401, { 'www-authenticate': 'Bearer resource_metadata="http://127.0.0.1:9/meta"' })
      .end('who are you?');
  expect(await look()).toMatchObject(refused('who are you?', 'EPROTO'));
  expect(outside.requests.map(({ method }) => method)).toEqual(['POST']);
});

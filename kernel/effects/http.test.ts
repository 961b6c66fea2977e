import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startOutside, type Outside } from '../../tests/servers/outside.ts';
import type { Effect } from '../protocol/effects.ts';
import { err, ok } from '../protocol/errors.ts';
import type { Sys } from '../protocol/sys.ts';
import { createEffects } from './effects.ts';

const KEY = 'sk/very+secret "key"=42';
let outside: Outside;
let elsewhere: Outside;
beforeAll(async () => {
  outside = await startOutside();
  elsewhere = await startOutside();
});
beforeEach(() => {
  outside.requests.length = 0;
  elsewhere.requests.length = 0;
});
afterAll(async () => {
  await outside.close();
  await elsewhere.close();
});

const sysOf = (signal = new AbortController().signal): Sys =>
  ({ actor: 'agent:a', run: 'r1', signal }) as unknown as Sys;
const effects = (ms = 20_000) =>
  createEffects({
    notify: () => undefined,
    limits: { ms, bytes: 100_000 },
    secrets: async (name, origin) =>
      name === 'KEY' && origin === outside.url ? ok(KEY) : err('EACCES', `${name} may not be sent to ${origin}.`),
  });
const run = (effect: object, ms?: number) => effects(ms).run(sysOf(), { kind: 'http', ...effect } as Effect);
const secret = { name: 'KEY', header: 'x-key' };

describe('http', () => {
  test('sends exactly what was asked for and says what came back', async () => {
    const sent = { method: 'POST', url: `${outside.url}/orders?a=1#part`, headers: { 'x-a': 'b' }, body: '{"n":1}' };
    const done = await run(sent);
    expect(done).toMatchObject({ ok: true, value: { status: 200 } });
    expect(done.ok && done.value.said).toContain('"path":"/orders"');
    expect(outside.requests).toMatchObject([
      { method: 'POST', url: '/orders?a=1', body: '{"n":1}', headers: { 'x-a': 'b' } },
    ]);
  });

  test.each(['X-HTTP-Method-Override', 'x-http-method', 'X-Method-Override'])(
    '[A10] a look does not become a deletion by %s',
    async (name) => {
      expect(await run({ method: 'GET', url: `${outside.url}/x`, headers: { [name]: 'DELETE' } })).toMatchObject({
        ok: false,
        error: { code: 'EINVAL' },
      });
      expect(outside.requests).toEqual([]);
    },
  );

  test('a status is an answer to a look, and a failure of everything else', async () => {
    expect(await run({ method: 'GET', url: `${outside.url}/x?status=404` })).toMatchObject({
      ok: true,
      value: { status: 404 },
    });
    expect(await run({ method: 'HEAD', url: `${outside.url}/x` })).toMatchObject({ ok: true, value: { status: 200 } });
    expect(await run({ method: 'POST', url: `${outside.url}/x?status=422` })).toMatchObject({
      ok: false,
      error: { code: 'EPROTO', detail: { status: 422 } },
    });
  });

  test.each(['GET', 'POST'])('[E6] [A10] %s: a redirect is not followed, on the list or off it', async (method) => {
    for (const to of [`${elsewhere.url}/steal`, '/next']) {
      const done = await run({ method, url: `${outside.url}/redirect?to=${encodeURIComponent(to)}`, secret });
      expect(done).toMatchObject({
        ok: false,
        error: { code: 'EACCES', message: expect.stringContaining('redirect') as string },
      });
    }
    expect(outside.requests).toHaveLength(2);
    expect(elsewhere.requests).toEqual([]);
  });

  test('[E6] a browser hides where a redirect leads; that is refused in the same words', async () => {
    const browser = createEffects({
      notify: () => undefined,
      secrets: async () => ok(''),
      fetch: async (_url, init) => {
        expect(init).toMatchObject({
          redirect: 'manual',
          credentials: 'omit',
          cache: 'no-store',
          referrerPolicy: 'no-referrer',
        });
        return {
          type: 'opaqueredirect',
          status: 0,
          ok: false,
          body: null,
          headers: new Headers(),
        } as unknown as Response;
      },
    });
    expect(await browser.run(sysOf(), { kind: 'http', method: 'GET', url: 'https://a.example/' })).toMatchObject({
      ok: false,
      error: { code: 'EACCES', message: expect.stringContaining('redirect') as string },
    });
  });

  test('[E7] [A37] a secret reaches its origin and comes back in no form', async () => {
    for (const [place, more] of [
      [{ name: 'KEY', header: 'x-key' }, ''],
      [{ name: 'KEY', prefix: 'Bearer ' }, ''],
      [{ name: 'KEY', query: 'key' }, ''],
      [{ name: 'KEY', query: 'key' }, '?status=500'],
    ] as const) {
      const done = await run({ method: 'POST', url: `${outside.url}/echo${more}`, secret: place });
      const text = JSON.stringify(done);
      expect(JSON.stringify(outside.requests.at(-1))).toMatch(/sk(\/|%2F)very/);
      for (const form of [
        KEY,
        JSON.stringify(KEY).slice(1, -1),
        encodeURIComponent(KEY),
        Buffer.from(KEY).toString('hex'),
        Buffer.from(KEY).toString('base64').slice(0, 20),
        Buffer.from(`user:${KEY}`).toString('base64').slice(8, 28),
        Buffer.from(`x${KEY}`).toString('base64url').slice(2, 22),
        '%73%6B%2F%76',
        '\\u0073\\u006b',
      ])
        expect(text).not.toContain(form);
      expect(text).toContain('[secret]');
    }
  });

  test('[E7] it is not sent where it was not stored for, and nothing else is either', async () => {
    expect(await run({ method: 'GET', url: `${elsewhere.url}/`, secret })).toMatchObject({
      ok: false,
      error: { code: 'EACCES' },
    });
    expect(elsewhere.requests).toEqual([]);
  });

  test('[E8] an answer without an end is cut, with no half of a secret at the cut', async () => {
    const done = await run({ method: 'GET', url: `${outside.url}/huge?say=${encodeURIComponent(KEY)}`, secret });
    const said = done.ok ? done.value.said : '';
    expect(said).toContain('cut at 100000 bytes');
    expect(said.length).toBeLessThan(101_000);
    expect(said).not.toContain('sk/');
  });

  test('[E8] [A15] what was sent and not answered has no known end; a look has just failed', async () => {
    for (const path of ['/silent', '/hang-up']) {
      const post = await run({ method: 'POST', url: `${outside.url}${path}` }, 300);
      expect(post).toMatchObject({
        ok: false,
        error: { detail: { unknown: true }, message: expect.stringContaining('not known') as string },
      });
      const get = await run({ method: 'GET', url: `${outside.url}${path}` }, 300);
      expect(get).toMatchObject({ ok: false, error: { code: path === '/silent' ? 'ETIMEDOUT' : 'EIO' } });
      expect(!get.ok && get.error.detail?.['unknown']).toBeFalsy();
    }
  });

  test('a run that was stopped sends nothing', async () => {
    const done = await effects().run(sysOf(AbortSignal.abort()), { kind: 'http', method: 'POST', url: outside.url });
    expect(done).toMatchObject({ ok: false, error: { code: 'ECANCELED' } });
    expect(outside.requests).toEqual([]);
  });

  test('what cannot be sent is refused before anything is', async () => {
    for (const effect of [
      { method: 'GET', url: `${outside.url}/`, body: 'x' },
      { method: 'GET', url: `${outside.url}/`, headers: { 'bad name': 'x' } },
      { method: 'TRACE', url: `${outside.url}/` },
      { method: 'GET', url: 'http://example.com/' },
    ])
      expect(await run(effect)).toMatchObject({ ok: false, error: { code: 'EINVAL' } });
    expect(outside.requests).toEqual([]);
  });
});

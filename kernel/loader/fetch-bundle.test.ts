import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHost, type Host } from '../../tests/servers/host.ts';
import { tideBundle } from '../../tests/fixtures/tide-notes.ts';
import { fetchBundle } from './fetch-bundle.ts';
import { MAX_ZIP } from './unzip.ts';

const { zip } = tideBundle();
let host: Host;
let other: Server;
let elsewhere = '';
beforeAll(async () => {
  host = await startHost({
    files: new Map<string, Uint8Array | string>([
      ['/tide.zip', zip],
      ['/page.zip', '<!doctype html>'],
      ['/empty.zip', ''],
    ]),
  });
  other = createServer((_request, response) => void response.writeHead(503).end('later'));
  await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
  elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await host.close();
  await new Promise((closed) => other.close(closed));
});

const get = (source: string | Uint8Array, timeLimitMs = 5000, signal = new AbortController().signal) =>
  fetchBundle(source, { fetch, timeLimitMs, signal });
const said = async (source: string | Uint8Array, timeLimitMs?: number): Promise<string> => {
  const result = await get(source, timeLimitMs);
  return result.ok ? 'accepted' : `${result.error.code} ${result.error.message}`;
};
/** Serve with other faults for one body. */
const withHost = async (options: Partial<Host['options']>, body: () => Promise<void>): Promise<void> => {
  const before = { ...host.options };
  Object.assign(host.options, options);
  try {
    await body();
  } finally {
    for (const key of Object.keys(options)) delete host.options[key as keyof Host['options']];
    Object.assign(host.options, before);
  }
};

describe('fetchBundle', () => {
  test('fetches over a socket; the source is the address', async () => {
    const result = await get(`${host.url}/tide.zip`);
    expect(result).toMatchObject({ ok: true, value: { source: `${host.url}/tide.zip` } });
    expect(result.ok && Buffer.from(result.value.bytes).equals(zip)).toBe(true);
  });

  test('takes bytes as given', async () => {
    expect(await get(zip)).toMatchObject({ ok: true, value: { source: 'a dropped file' } });
    expect(await said(new TextEncoder().encode('hello'))).toMatch(/EINVAL The dropped file is not a zip/);
    expect(await said(new Uint8Array(MAX_ZIP + 1))).toMatch(/EDQUOT The dropped file is larger/);
  });

  test('relative addresses, other schemes, plain http elsewhere and passwords are refused without a request', async () => {
    const before = host.requests.length;
    expect(await said('./tide.zip')).toMatch(/EINVAL .*not a full address/);
    for (const source of [
      'http://example.org/a.zip',
      'data:application/zip,PK',
      'file:///etc/passwd',
      'blob:https://a/b',
    ]) {
      expect(await said(source)).toMatch(/EINVAL .*over https/);
    }
    expect(await said(host.url.replace('//', '//me:secret@'))).toMatch(/EINVAL .*password/);
    expect(host.requests.length).toBe(before);
  });

  test('statuses, pages and empty files are named', async () => {
    expect(await said(`${host.url}/absent.zip`)).toMatch(/ENOENT .*answered 404/);
    expect(await said(elsewhere)).toMatch(/EPROTO .*answered 503/);
    expect(await said(`${host.url}/page.zip`)).toMatch(/EINVAL .*is not a zip/);
    await withHost({ contentType: 'text/html; charset=utf-8' }, async () => {
      expect(await said(`${host.url}/page.zip`)).toMatch(/the host sent text\/html/);
    });
    expect(await said(`${host.url}/empty.zip`)).toMatch(/is empty/);
  });

  test('a host that is down: both causes are said, and what the host must send', async () => {
    const closed = await startHost();
    await closed.close();
    const message = await said(`${closed.url}/tide.zip`);
    expect(message).toMatch(/EPROTO .*cannot be reached/);
    expect(message).toContain('Access-Control-Allow-Origin');
  });

  test('[A28] a body without end is cut at the limit', async () => {
    await withHost({ flood: 64 * 1024 * 1024 }, async () => {
      expect(await said(`${host.url}/flood.zip`)).toMatch(/EDQUOT .*32 MiB/);
    });
  });

  test('a body that stops half-way, and one that does not come', async () => {
    await withHost({ truncate: 500 }, async () => {
      expect(await said(`${host.url}/tide.zip`)).toMatch(/EPROTO .*broke off/);
    });
    await withHost({ delayMs: 2000 }, async () => {
      expect(await said(`${host.url}/tide.zip`, 150)).toMatch(/ETIMEDOUT/);
    });
  });

  test('follows a redirect, and says where it came from', async () => {
    await withHost({ redirect: { '/moved.zip': `${host.url}/tide.zip` } }, async () => {
      expect(await get(`${host.url}/moved.zip`)).toMatchObject({
        ok: true,
        value: { source: `${host.url}/moved.zip` },
      });
    });
  });

  test('stops when the caller does', async () => {
    const stop = new AbortController();
    await withHost({ delayMs: 2000 }, async () => {
      const pending = get(`${host.url}/tide.zip`, 5000, stop.signal);
      stop.abort();
      expect(await pending).toMatchObject({ ok: false, error: { code: 'ECANCELED' } });
    });
  });
});

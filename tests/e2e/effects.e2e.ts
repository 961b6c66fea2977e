// What only a real browser decides of effects: how it hides redirects, what CORS refuses, that the client of MCP runs
// under the content security policy, and that the kernel's worker sees when there is no network.
import { expect, test, type Page } from '@playwright/test';
import type { Effect } from '../../kernel/protocol/effects.ts';
import { startMcp, type McpStandIn } from '../servers/mcp.ts';
import { startOutside, type Outside } from '../servers/outside.ts';
import { complaintsOf, ready, type Console } from './cockpit.ts';

const KEY = 'sk-planted-secret-0123456789';
let outside: Outside;
let elsewhere: Outside;
let mcp: McpStandIn;
test.beforeAll(async () => {
  [outside, elsewhere, mcp] = await Promise.all([startOutside(), startOutside(), startMcp()]);
});
test.afterAll(() => Promise.all([outside.close(), elsewhere.close(), mcp.close()]));

const fire = (page: Page, effect: object) =>
  page.evaluate((target) => (globalThis as unknown as Console).allod.fire(target), effect as Effect);
const http = (path: string, more: object = {}): object => ({
  kind: 'http',
  method: 'GET',
  url: `${outside.url}${path}`,
  ...more,
});

const open = async (page: Page): Promise<void> => {
  await page.goto('/');
  await ready(page);
  const policy = {
    egress: [outside.url, elsewhere.url, new URL(mcp.url).origin],
    mcp: { own: { url: mcp.url, secret: 'KEY' } },
  };
  const made = await page.evaluate(
    async ({ content, origins, value }) => {
      const { allod } = globalThis as unknown as Console;
      const path = '/system/policy.yaml';
      const read = await allod.read(path);
      const base = read.ok ? read.value.stat.revision : null;
      const written = await allod.write([{ op: 'put', path, content, base }], { message: 'm' });
      return written.ok && (await allod.call('secret', { name: 'KEY', value, origins })).ok;
    },
    { content: JSON.stringify(policy), origins: policy.egress, value: KEY },
  );
  expect(made).toBe(true);
};

test('[E6] [E7] [A37] a redirect and a server closed to pages are refused in words; a secret does not come back', async ({
  page,
}) => {
  const complaints = await complaintsOf(page);
  await open(page);
  const echo = await fire(page, http('/echo', { secret: { name: 'KEY', header: 'x-key' } }));
  expect(echo).toMatchObject({ ok: true, value: { state: 'done', result: { status: 200 } } });
  expect(JSON.stringify(echo)).toContain('[secret]');
  expect(JSON.stringify(echo)).not.toContain(KEY);
  expect(outside.requests.at(-1)?.headers['x-key']).toBe(KEY);

  const to = encodeURIComponent(`${elsewhere.url}/steal`);
  expect(await fire(page, http(`/redirect?to=${to}`))).toMatchObject({
    ok: false,
    error: { code: 'EACCES', message: expect.stringContaining('redirect') as unknown },
  });
  expect(elsewhere.requests).toEqual([]);
  expect(await fire(page, http('/closed'))).toMatchObject({
    ok: false,
    error: { code: 'EIO', message: expect.stringContaining('Access-Control-Allow-Origin') as unknown },
  });

  const call = { kind: 'mcp', server: 'own', tool: 'get_tides', arguments: { harbour: 'Kiel' } };
  expect(await fire(page, call)).toMatchObject({ ok: false, error: { code: 'EACCES' } });
  const look = { kind: 'mcp-tools', server: 'own' };
  const offer = (await fire(page, look)) as { value: { result: { offer: { digest: string } } } };
  const { digest } = offer.value.result.offer;
  expect(await fire(page, { ...look, approve: digest })).toMatchObject({ ok: true, value: { state: 'done' } });
  mcp.answer = async (_tool, _input, headers) => ({
    content: [{ type: 'text', text: String(headers['authorization']) }],
  });
  expect(await fire(page, call)).toMatchObject({
    ok: true,
    value: { state: 'done', result: { said: 'Bearer [secret]' } },
  });
  mcp.instead = (response) => void response.writeHead(307, { location: `${elsewhere.url}/mcp` }).end();
  expect(await fire(page, call)).toMatchObject({
    ok: false,
    error: { code: 'EACCES', message: expect.stringContaining('redirect') as unknown },
  });
  expect(elsewhere.requests).toEqual([]);
  mcp.cors = false;
  expect(await fire(page, call)).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('CORS') as unknown },
  });
  // The browser itself says on the console what CORS refused; nothing else went wrong, and no policy was broken.
  expect(complaints.filter((line) => !/CORS|ERR_FAILED/.test(line))).toEqual([]);
});

/** The worker hears of it a moment after the page. */
const network = async (page: Page, on: boolean): Promise<void> => {
  await page.context().setOffline(!on);
  await expect.poll(() => page.workers()[0]?.evaluate(() => navigator.onLine)).toBe(on);
};

test('[A32] without a network nothing is tried', async ({ page }) => {
  await open(page);
  // What fires is loaded on first use, and nothing is cached yet.
  expect(await fire(page, http('/echo'))).toMatchObject({ ok: true });
  const before = outside.requests.length;
  await network(page, false);
  expect(await fire(page, http('/echo'))).toMatchObject({ ok: false, error: { code: 'EAGAIN' } });
  await network(page, true);
  expect(await fire(page, http('/echo'))).toMatchObject({ ok: true, value: { state: 'done' } });
  expect(outside.requests.length).toBe(before + 1);
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Effect } from './effects.ts';
import { grantsFor, isOnEgress, parseAddress, parseGrant, stops } from './outside.ts';

const get = (url: string, more: object = {}): Effect => ({ kind: 'http', method: 'GET', url, ...more }) as Effect;
const covers = (grant: string, effect: Effect): boolean => grantsFor(effect, [grant]).length > 0;

describe('addresses', () => {
  test.each([
    'http://api.example.com/',
    'ftp://api.example.com/',
    'https://user@api.example.com/',
    'https://user:pass@api.example.com/',
    'https://@api.example.com/',
    'https://api.example.com/v1/..%2fadmin',
    'https://api.example.com/v1%5c..%5cadmin',
    'https://api.example.com/v1/%252e%252e/admin',
    'https://api.example.com/v1/..;/admin',
    'https://api.example.com/v1/a%00b',
    'https://api.example.com/%ff',
    '/v1/items',
    'javascript:alert(1)',
    '',
  ])('[E2] %j is no address for an effect', (text) => {
    expect(parseAddress(text)).toMatchObject({ ok: false, error: { code: 'EINVAL' } });
    expect(covers('* https://api.example.com/**', get(text))).toBe(false);
  });

  test.each([
    ['https://API.example.com:443/v1/../v2/x?q=1#part', 'https://api.example.com', '/v2/x'],
    ['https://api.example.com/v1/%2e%2e/v2', 'https://api.example.com', '/v2'],
    ['https://api.example.com/a%20b', 'https://api.example.com', '/a b'],
    ['https:\\\\api.example.com\\v1', 'https://api.example.com', '/v1'],
    ['http://127.0.0.1:8080/x', 'http://127.0.0.1:8080', '/x'],
  ])('[E2] %j is %s %s', (text, origin, path) => {
    expect(parseAddress(text)).toMatchObject({ ok: true, value: { origin, path } });
  });

  test('[E2] an address that is on a list goes to the origin the list names, however it is written', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (host, path) => {
        const text = `https://${host}/${path}`;
        const address = parseAddress(text);
        if (address.ok && isOnEgress(address.value, ['https://api.example.com/v1/**'])) {
          expect(new URL(text).origin).toBe('https://api.example.com');
          expect(new URL(text).pathname.startsWith('/v1')).toBe(true);
        }
      }),
    );
  });
});

describe('grants', () => {
  test.each<[string, string, boolean]>([
    ['GET https://api.example.com/v1/**', 'https://api.example.com/v1/items?q=1', true],
    ['http GET https://api.example.com/v1/** as read with KEY', 'https://api.example.com/v1/items', true],
    ['http * https://api.example.com', 'https://api.example.com/anything/at/all', true],
    ['http GET https://api.example.com/v1/*', 'https://api.example.com/v1/a/b', false],
    ['http GET https://api.example.com/v1/**', 'https://api.example.com/v1/../v2', false],
    ['http GET https://api.example.com/v1/**', 'https://api.example.com/v12', false],
    ['http GET https://api.example.com/**', 'https://api.example.com.evil.org/', false],
    ['http GET https://api.example.com/**', 'https://api.example.com:8443/', false],
    ['http POST https://api.example.com/**', 'https://api.example.com/', false],
    ['http GET https://*.example.com/**', 'https://api.example.com/', false],
    ['http GET https://api.example.com@evil.org/**', 'https://evil.org/', false],
    ['http GET https://api.example.com/** as harmless', 'https://api.example.com/', false],
    ['http GET https://api.example.com/** with', 'https://api.example.com/', false],
    ['http GET **', 'https://api.example.com/', false],
    ['**', 'https://api.example.com/', false],
  ])('[E3] %s covers GET %s: %s', (grant, url, covered) => {
    expect(covers(grant, get(url))).toBe(covered);
  });

  test('[E3] a secret is used only where the grant names it', () => {
    const effect = get('https://api.example.com/v1', { secret: { name: 'KEY' } });
    expect(covers('GET https://api.example.com/**', effect)).toBe(false);
    expect(covers('GET https://api.example.com/** with OTHER', effect)).toBe(false);
    expect(covers('GET https://api.example.com/** with KEY', effect)).toBe(true);
  });

  test('[E3] a tool of an MCP server is named by both', () => {
    const effect: Effect = { kind: 'mcp', server: 'weather', tool: 'get_tides', arguments: {} };
    expect(covers('mcp weather get_*', effect)).toBe(true);
    for (const grant of ['mcp weather set_*', 'mcp mail *', 'mcp weather', 'http * https://weather']) {
      expect(covers(grant, effect)).toBe(false);
    }
    expect(parseGrant('mcp weather get_* as read')).toMatchObject({ kind: 'mcp', class: 'read' });
  });
});

test('[E4] a rule that stops is read widely', () => {
  const rules = ['http * https://api.broker.example/orders', 'mcp mail *'];
  for (const url of ['/orders', '/orders/', '/ORDERS', '//orders', '/x/../orders?a=1']) {
    expect(stops(get(`https://api.broker.example${url}`), rules)).toBe(rules[0]);
  }
  expect(stops(get('https://api.broker.example/quotes'), rules)).toBeUndefined();
  expect(stops(get('https://other.example/orders'), rules)).toBeUndefined();
  expect(stops({ kind: 'mcp', server: 'mail', tool: 'send', arguments: {} }, rules)).toBe('mcp mail *');
  expect(stops({ kind: 'notify', title: 't', body: '' }, ['notify'])).toBe('notify');
});

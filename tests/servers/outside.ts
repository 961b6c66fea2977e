/**
 * A stand-in for the world outside, on an origin of its own: says back what it was sent, in several codings; redirects;
 * answers slowly, without an end, or not at all. Every request is kept.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allowAnyPage } from './cors.ts';

export type Outside = {
  url: string;
  requests: { method: string; url: string; headers: Record<string, unknown>; body: string }[];
  close: () => Promise<void>;
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

/** Everything a careless server may do with a key it was given. */
const codings = (key: string): Record<string, string> => ({
  plain: key,
  base64: Buffer.from(key).toString('base64'),
  basic: Buffer.from(`user:${key}`).toString('base64'),
  shifted: Buffer.from(`x${key}tail`).toString('base64url'),
  hex: Buffer.from(key).toString('hex'),
  percent: encodeURIComponent(key),
  allPercent: [...Buffer.from(key)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  unicode: Array.from(key, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
});

/** Paths below /closed do not let pages call them. */
export async function startOutside(): Promise<Outside> {
  const requests: Outside['requests'] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!request.url?.startsWith('/closed') && allowAnyPage(request, response)) return;
    const body = await bodyOf(request);
    const url = new URL(request.url ?? '/', 'http://loopback');
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    const code = Number(url.searchParams.get('status') ?? 200);
    if (url.pathname === '/redirect')
      return void response.writeHead(302, { location: url.searchParams.get('to') ?? '/' }).end();
    if (url.pathname === '/silent') return;
    if (url.pathname === '/hang-up') return void response.destroy();
    if (url.pathname === '/huge') {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const more = (): void => {
        if (response.destroyed) return;
        if (response.write(url.searchParams.get('say')?.repeat(100) ?? 'x'.repeat(65_536))) setImmediate(more);
        else response.once('drain', more);
      };
      return more();
    }
    const key = String(request.headers['x-key'] ?? request.headers.authorization ?? url.searchParams.get('key') ?? '');
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(request.method === 'HEAD' ? '' : JSON.stringify({ path: url.pathname, body, ...codings(key) }));
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

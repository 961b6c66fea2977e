/**
 * A static host on an origin of its own, for fetching bundles and sites across origins over real sockets.
 * Its faults are the ones a loader meets: no CORS, a slow answer, the wrong type, a body that stops half-way,
 * a redirect, a body that never ends. Every option may be changed while it runs, through `host.options`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export type HostOptions = {
  /** served from disk … */
  directory?: string;
  /** … or from memory, which wins; keys are paths such as `/tide.zip`; `/` means `/index.html` */
  files?: Map<string, Uint8Array | string>;
  /** default true */
  cors?: boolean;
  delayMs?: number;
  /** replaces the content type of every file */
  contentType?: string;
  /** announces the whole length, then cuts the connection after this many bytes */
  truncate?: number;
  /** path → where to (302); may point at another host */
  redirect?: Record<string, string>;
  /** sends this many bytes without a content-length instead of the file */
  flood?: number;
};

export type Host = {
  url: string;
  /** method and path of every request, in order */
  requests: string[];
  options: HostOptions;
  close(): Promise<void>;
};

const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.zip': 'application/zip',
};

export async function startHost(options: HostOptions = {}): Promise<Host> {
  const requests: string[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = decodeURIComponent(new URL(request.url ?? '/', 'http://loopback').pathname);
    const path = asked.endsWith('/') ? `${asked}index.html` : asked;
    requests.push(`${request.method} ${asked}`);
    if (options.delayMs) await sleep(options.delayMs);
    if (options.cors !== false) response.setHeader('access-control-allow-origin', '*');
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '');
      return void response.writeHead(204).end();
    }
    const target = options.redirect?.[asked];
    if (target) return void response.writeHead(302, { location: target }).end();
    if (options.flood !== undefined) return flood(response, options.flood);

    const body = await find(options, path);
    if (!body) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
    response.writeHead(200, {
      'content-type': options.contentType ?? types[extname(path)] ?? 'application/octet-stream',
      'content-length': body.byteLength,
    });
    if (request.method === 'HEAD') return void response.end();
    if (options.truncate === undefined || options.truncate >= body.byteLength) return void response.end(body);
    response.write(body.subarray(0, options.truncate), () => response.destroy());
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    options,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function find(options: HostOptions, path: string): Promise<Uint8Array | undefined> {
  const held = options.files?.get(path);
  if (held !== undefined) return typeof held === 'string' ? new TextEncoder().encode(held) : held;
  if (!options.directory) return undefined;
  const root = resolve(options.directory);
  const file = join(root, path);
  if (!file.startsWith(root + sep)) return undefined;
  return readFile(file).catch(() => undefined);
}

/** A reader that goes away ends the pipeline, and with it the flood. */
async function flood(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  await pipeline(Readable.from(chunks(bytes)), response).catch(() => response.destroy());
}

function* chunks(bytes: number): Generator<Uint8Array> {
  const chunk = new Uint8Array(64 * 1024);
  for (let left = bytes; left > 0; left -= chunk.byteLength) yield chunk.subarray(0, Math.min(left, chunk.byteLength));
}

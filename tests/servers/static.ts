// A static file server for tests: serves one folder under one path of its own loopback port, as any plain host would.
// No fallback, no special headers: what is not a file is 404.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.zip': 'application/zip',
};

export interface StaticServer {
  /** Where the folder is, with a closing slash. */
  url: string;
  /** Files by name that stand beside or before the folder's own; may change while serving. */
  extra: Record<string, string>;
  /** Closes it at once, open connections too. Closing twice is fine. */
  close(): Promise<void>;
}

/** Serves `folder` at `path`, which begins and ends with a slash. */
export async function serveStatic(
  folder: string,
  path = '/',
  extra: Record<string, string> = {},
): Promise<StaticServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const inside = pathname.startsWith(path) ? decodeURIComponent(pathname.slice(path.length)) : undefined;
    const file = inside === undefined ? undefined : normalize(join(folder, inside === '' ? 'index.html' : inside));
    if (file === undefined || !file.startsWith(normalize(folder) + sep)) {
      response.writeHead(404).end();
      return;
    }
    const planted = extra[inside ?? ''];
    (planted === undefined ? readFile(file) : Promise.resolve(planted)).then(
      (bytes) =>
        response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}${path}`,
    extra,
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

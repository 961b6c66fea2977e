import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startHost, type Host, type HostOptions } from './host.ts';

const open: Host[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
});
async function serve(options: HostOptions): Promise<Host> {
  const host = await startHost(options);
  open.push(host);
  return host;
}
const files = () =>
  new Map<string, Uint8Array | string>([
    ['/a.zip', new Uint8Array(5000).fill(7)],
    ['/b.json', '{}'],
  ]);

test('serves memory with its type and CORS, and says what was asked for', async () => {
  const host = await serve({ files: files() });
  const response = await fetch(`${host.url}/a.zip`);
  expect(response.headers.get('content-type')).toBe('application/zip');
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect((await response.arrayBuffer()).byteLength).toBe(5000);
  expect((await fetch(`${host.url}/none`)).status).toBe(404);
  expect(host.requests).toEqual(['GET /a.zip', 'GET /none']);
});

test('serves a directory and nothing above it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'host-'));
  await writeFile(join(directory, 'index.html'), '<p>hello');
  const host = await serve({ directory, cors: false });
  const response = await fetch(`${host.url}/`);
  expect(await response.text()).toBe('<p>hello');
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  expect((await fetch(`${host.url}/%2e%2e%2fetc/passwd`)).status).toBe(404);
  await rm(directory, { recursive: true });
});

test('truncates after announcing the whole length', async () => {
  const host = await serve({ files: files(), truncate: 100 });
  const response = await fetch(`${host.url}/a.zip`);
  expect(response.headers.get('content-length')).toBe('5000');
  await expect(response.arrayBuffer()).rejects.toThrow();
});

test('redirects, lies about the type, waits and floods; options change while it runs', async () => {
  const target = await serve({ files: files() });
  const host = await serve({
    files: files(),
    redirect: { '/moved.zip': `${target.url}/a.zip` },
    contentType: 'text/html',
  });
  expect((await fetch(`${host.url}/moved.zip`)).url).toBe(`${target.url}/a.zip`);
  expect((await fetch(`${host.url}/b.json`)).headers.get('content-type')).toBe('text/html');
  host.options.delayMs = 80;
  const start = performance.now();
  await fetch(`${host.url}/b.json`);
  expect(performance.now() - start).toBeGreaterThan(75);
  host.options.flood = 3_000_000;
  const flooded = await fetch(`${host.url}/b.json`);
  expect(flooded.headers.get('content-length')).toBeNull();
  expect((await flooded.arrayBuffer()).byteLength).toBe(3_000_000);
});

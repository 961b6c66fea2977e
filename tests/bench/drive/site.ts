// Builds the page and its worker, and serves them on loopback with the headers that isolate the page from other origins:
// without them there is no fine clock and no account of memory. Names are kept, so that a profile can be read.
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const CACHE = here('../../../node_modules/.cache/bench');

export type Site = { url: string; folder: string; close: () => Promise<void> };

/** Source maps only where a profile is taken: they make the build slow. */
export const openSite = async (sourcemap: boolean): Promise<Site> => {
  const folder = `${CACHE}/site`;
  await build({
    configFile: false,
    root: here('../browser'),
    base: './',
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: true,
      sourcemap,
      target: 'es2022',
      minify: false,
      assetsInlineLimit: 0,
      modulePreload: false,
      chunkSizeWarningLimit: 10_000,
    },
    worker: { format: 'es' },
  });
  const server = await preview({
    configFile: false,
    root: here('../browser'),
    base: './',
    logLevel: 'warn',
    build: { outDir: folder },
    preview: {
      host: '127.0.0.1',
      port: 0,
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
  });
  const address = server.httpServer.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { url: `http://127.0.0.1:${port}/`, folder, close: () => server.close() };
};

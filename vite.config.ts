/// <reference types="vitest/config" />
// Builds the app into dist/, a folder any static host can serve from any path, and tells vitest where tests are.
// The page and the workers are ES modules; the service worker is a classic script of its own, built by the PWA plugin.
import { basename, dirname } from 'node:path';
import { build, defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import solid from 'vite-plugin-solid';
import { PAGE_CSP } from './kernel/boot/content-security.ts';
import { bundlePrograms } from './programs/bundle-plugin.ts';
import { firstLoad } from './tests/first-load.ts';

/** The page's policy goes in at build time only: the development server needs inline scripts for hot reloading. */
function contentSecurity(): Plugin {
  return {
    name: 'allod:content-security',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_CSP }, injectTo: 'head-prepend' },
    ],
  };
}

/** The service worker's kernel: one classic script without further imports, which a service worker could not load. */
function alarmKernel(): Plugin {
  let outDir = 'dist';
  return {
    name: 'allod:alarm-kernel',
    apply: 'build',
    configResolved: (config) => void (outDir = config.build.outDir),
    writeBundle: {
      sequential: true,
      handler: () =>
        build({
          configFile: false,
          publicDir: false,
          logLevel: 'warn',
          build: {
            outDir,
            emptyOutDir: false,
            target: 'es2022',
            rolldownOptions: {
              input: 'kernel/boot/alarm-kernel.ts',
              output: { format: 'iife', entryFileNames: 'alarm-kernel.js', codeSplitting: false },
            },
          },
        }).then(() => undefined),
    },
  };
}

const pwa = VitePWA({
  strategies: 'injectManifest',
  srcDir: 'kernel/boot',
  filename: 'service-worker.ts',
  injectRegister: null,
  includeManifestIcons: false,
  injectManifest: {
    rollupFormat: 'iife',
    globPatterns: ['**/*.{js,css,html,png,svg,wasm,woff2,zip,json}'],
    // Kept with the service worker itself.
    globIgnores: ['alarm-kernel.js'],
    maximumFileSizeToCacheInBytes: 10_000_000,
  },
  // No `id`: it would resolve against the origin, so two copies under two paths of one host would be one app.
  // Without it the identity is start_url, which is relative to the manifest.
  manifest: {
    name: 'Allod',
    short_name: 'Allod',
    description: 'An agent operating system that lives in a browser tab and belongs to the person who opens it.',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: '#f4f5f2',
    theme_color: '#f4f5f2',
    icons: [
      { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
    ],
  },
});

const testing = process.env['VITEST'] !== undefined;

export default defineConfig({
  base: './',
  plugins: [
    solid(),
    ...(testing ? [] : [bundlePrograms(), contentSecurity(), firstLoad({ limit: 150_000 }), alarmKernel(), pwa]),
  ],
  build: {
    target: 'es2022',
    // light-dark() must reach the browser as written: the theme switch depends on it.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: {
        // The bundler would put these in one chunk with what the gate needs at once; only parsers of YAML files use them.
        codeSplitting: {
          groups: [
            { name: 'gate', test: /node_modules\/zod\/v4\/(core\/(?!.*json-schema)|mini|locales\/en)/, priority: 2 },
            { name: 'formats', test: /node_modules\/(yaml\/|zod\/v4\/(classic|core\/.*json-schema))/, priority: 1 },
          ],
        },
        // A worker is named after its room, so that the kernel's can be told from the shell's.
        entryFileNames: ({ facadeModuleId }) => {
          const room = basename(dirname(facadeModuleId ?? 'worker/'));
          return `assets/${room === 'boot' ? 'kernel' : `${room}-worker`}-[hash].js`;
        },
      },
    },
  },
  preview: { port: 4173, strictPort: true },
  test: {
    // Said here too, or the Solid plugin asks for jsdom.
    environment: 'node',
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          // Properties run many cases; a busy machine must not turn one red.
          testTimeout: 60_000,
          include: ['{kernel,src,programs,tests}/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
});

// The kit as a page of its own, never part of the shipped build. `npx vite tests/kit` opens it for eyes;
// tests/e2e/kit.e2e.ts builds it under the page's own policy and runs axe over it.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { PAGE_CSP } from '../../kernel/boot/content-security.ts';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [
    solid(),
    {
      name: 'allod:kit-policy',
      apply: 'build',
      transformIndexHtml: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_CSP },
          injectTo: 'head-prepend',
        },
      ],
    },
  ],
  build: {
    outDir: fileURLToPath(new URL('../../node_modules/.cache/kit', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
  },
});

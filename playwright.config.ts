// End-to-end tests drive the built app in a real Chromium. `npm run e2e` builds first.
// One worker, because several tests measure time. ALLOD_PORT moves the server when 4173 is taken.
import { defineConfig } from '@playwright/test';
import { launchOptions } from './tests/browser.mjs';

const port = Number(process.env['ALLOD_PORT'] ?? 4173);
const address = `http://localhost:${port}`;

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'node_modules/.cache/playwright',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  use: {
    baseURL: address,
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    launchOptions,
    actionTimeout: 15_000,
    screenshot: 'off',
    trace: 'off',
    video: 'off',
  },
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --port ${port} --strictPort`,
    url: address,
    reuseExistingServer: false,
    timeout: 30_000,
  },
});

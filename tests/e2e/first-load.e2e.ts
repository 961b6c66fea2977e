// What a browser really fetches before the cockpit can be used: the first screen is drawn and the kernel answers.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { serveStatic } from '../servers/static.ts';
import { dist, ready } from './cockpit.ts';

test('first load: at most 150 kB of JavaScript, gzipped, before the cockpit is usable', async ({ page, context }) => {
  const app = await serveStatic(dist);
  const fetched = new Set<string>();
  // The context sees the workers' requests too.
  context.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith('.js')) fetched.add(pathname.slice(1));
  });
  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'This room is empty, and it is yours.' })).toBeVisible();
  await ready(page);
  const files = [...fetched];
  const weights = files.map((file) => ({
    file,
    gzipped: gzipSync(readFileSync(`${dist}/${file}`), { level: 9 }).length,
  }));
  const total = weights.reduce((sum, { gzipped }) => sum + gzipped, 0);
  console.log(weights.map(({ file, gzipped }) => `${(gzipped / 1000).toFixed(1).padStart(7)} kB  ${file}`).join('\n'));
  test.info().annotations.push({ type: 'first load, bytes', description: String(total) });
  expect(files.some((file) => file.includes('kernel'))).toBe(true);
  expect(total).toBeLessThanOrEqual(150_000);
  await app.close();
});

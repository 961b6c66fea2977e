// The built app on a plain static host: it opens clean, is installable, keeps its policies, and opens again offline.
// Runs at the root of a host and under a sub path, because dist/ must work from either.
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, expect, test as base, type Page } from '@playwright/test';
import { launchOptions } from '../browser.mjs';
import { serveStatic, type StaticServer } from '../servers/static.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** A worker that tries what the policy for workers forbids, and one thing that it allows. */
const PROBE = `
const refused = [];
addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective + ' ' + event.blockedURI));
const attempt = (act) => Promise.resolve().then(act).then(() => 'done', (error) => error.name);
(async () => {
  const evaluated = await attempt(() => eval('1'));
  await attempt(() => fetch('http://elsewhere.example/'));
  await attempt(() => import('https://elsewhere.example/code.js'));
  const own = await attempt(() => fetch('./icon.svg'));
  setTimeout(() => postMessage({ evaluated, own, refused }), 50);
})();`;

const test = base.extend<{ path: string; host: StaticServer }>({
  path: ['/', { option: true }],
  host: async ({ path }, use) => {
    const host = await serveStatic(dist, path, { 'probe.js': PROBE });
    await use(host);
    await host.close();
  },
});

/** Console errors, page errors and policy violations, as they happen. */
async function complaintsOf(page: Page): Promise<string[]> {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  await page.exposeFunction('reportViolation', (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript(() => {
    const report = (globalThis as unknown as { reportViolation(text: string): void }).reportViolation;
    document.addEventListener('securitypolicyviolation', (e) => report(`${e.effectiveDirective} ${e.blockedURI}`));
  });
  return complaints;
}

/** Resolves when the service worker holds this page, which means that everything is in its cache. */
async function controlled(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}

for (const path of ['/', '/some/where/']) {
  test.describe(`served at ${path}`, () => {
    test.use({ path });

    test('opens with no console error and no policy violation, then again offline', async ({ page, context, host }) => {
      const complaints = await complaintsOf(page);
      await page.goto(host.url);
      await expect(page.locator('#root')).not.toBeEmpty();
      await controlled(page);
      await context.setOffline(true);
      await host.close();
      await page.goto(`${host.url}?offline`);
      await expect(page.locator('#root')).not.toBeEmpty();
      expect(complaints).toEqual([]);
    });

    test('the program bundles are there offline', async ({ page, context, host }) => {
      await page.goto(host.url);
      await controlled(page);
      await context.setOffline(true);
      await host.close();
      const sizes = await page.evaluate(async () => {
        const index = new URL('programs/index.json', document.baseURI);
        const { programs } = (await (await fetch(index)).json()) as { programs: { url: string; bytes: number }[] };
        const zips = programs.map(async ({ url, bytes }) => {
          const zip = await (await fetch(new URL(url, index))).arrayBuffer();
          return { url, missing: bytes - zip.byteLength };
        });
        return Promise.all(zips);
      });
      expect(sizes.length).toBeGreaterThan(0);
      expect(sizes.filter(({ missing }) => missing !== 0)).toEqual([]);
    });

    test('a worker is under the policy: no eval, no plain http, no remote code', async ({ page, host }) => {
      await page.goto(host.url);
      await controlled(page);
      const outcome = await page.evaluate(
        () =>
          new Promise((resolve, reject) => {
            const worker = new Worker('probe.js', { type: 'module' });
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = () => reject(new Error('The probe did not start.'));
          }),
      );
      expect(outcome).toEqual({
        evaluated: 'EvalError',
        own: 'done',
        refused: [
          'script-src eval',
          'connect-src http://elsewhere.example/',
          'script-src-elem https://elsewhere.example/code.js',
        ],
      });
    });

    test('a new build waits until it is asked for', async ({ page, host }) => {
      await page.goto(host.url);
      await controlled(page);
      host.extra['service-worker.js'] = `${await readFile(join(dist, 'service-worker.js'), 'utf8')}\n// a newer build`;
      const { waited, taken } = await page.evaluate(async () => {
        const { serviceWorker } = navigator;
        const before = serviceWorker.controller;
        const registration = await (await serviceWorker.ready).update();
        const next = registration.installing ?? registration.waiting;
        while (next?.state !== 'installed') await new Promise((resolve) => setTimeout(resolve, 20));
        await new Promise((resolve) => setTimeout(resolve, 200));
        const waited = registration.waiting === next && serviceWorker.controller === before;
        const change = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve));
        next.postMessage({ type: 'SKIP_WAITING' });
        await change;
        return { waited, taken: serviceWorker.controller === next };
      });
      expect({ waited, taken }).toEqual({ waited: true, taken: true });
    });

    test('is installable', async ({ host }) => {
      // An ordinary profile: a browser installs nothing from a private window.
      const profile = mkdtempSync(join(tmpdir(), 'allod-profile-'));
      const context = await chromium.launchPersistentContext(profile, launchOptions);
      try {
        const page = await context.newPage();
        await page.goto(host.url);
        await controlled(page);
        const session = await context.newCDPSession(page);
        const { url, errors } = await session.send('Page.getAppManifest');
        expect(url).toBe(`${host.url}manifest.webmanifest`);
        expect(errors).toEqual([]);
        const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
        expect(installabilityErrors).toEqual([]);
      } finally {
        await context.close();
        rmSync(profile, { recursive: true, force: true });
      }
    });
  });
}

test('the page refuses inline script, inline style, remote code and markup that runs', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator('#root')).not.toBeEmpty();
  const refused = await page.evaluate(async () => {
    const blocked: string[] = [];
    document.addEventListener('securitypolicyviolation', (e) => blocked.push(e.effectiveDirective));
    const attempt = async (name: string, act: () => unknown): Promise<void> => {
      try {
        await act();
      } catch {
        blocked.push(name);
      }
    };
    const style = document.createElement('style');
    style.textContent = 'body { color: red }';
    document.head.append(style);
    await attempt('inline script', () => (document.createElement('script').textContent = 'globalThis.ran = true'));
    await attempt('running markup', () => (document.createElement('p').innerHTML = '<img src=x onerror=alert(1)>'));
    await attempt('remote worker', () => new Worker('https://elsewhere.example/worker.js'));
    const remote = 'https://elsewhere.example/code.js';
    await attempt('remote import', () => import(remote));
    await new Promise((resolve) => setTimeout(resolve, 50));
    return blocked;
  });
  expect(refused).toEqual(
    expect.arrayContaining(['inline script', 'running markup', 'remote worker', 'remote import', 'style-src-elem']),
  );
  expect(refused).toContain('script-src-elem');
});

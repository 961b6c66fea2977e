// Programs beside each other in a real browser: a broken surface breaks nothing else, taking one program away leaves the
// other's surfaces as they were, a hostile bundle is refused in words, and a surface follows its files at once.
import { expect, test, type Page } from '@playwright/test';
import { brokenSurfaces, defusedScripts, hostile } from '../fixtures/bundles.ts';
import { startHost } from '../servers/host.ts';
import { serveStatic, type StaticServer } from '../servers/static.ts';
import { complaintsOf, dist, go, ready, type Console } from './cockpit.ts';

let app: StaticServer;
test.beforeAll(async () => {
  app = await serveStatic(dist);
});
test.afterAll(() => app.close());

/** Through the console: the consent card is another test's subject. */
const install = (page: Page, source: string): Promise<unknown> =>
  page.evaluate(async (from) => {
    const { allod } = globalThis as unknown as Console;
    const plan = await allod.call('plan', { source: from });
    if (!plan.ok) return plan;
    const { name, digest } = plan.value as { name: string; digest: string };
    const installed = await allod.call('install', { digest });
    return installed.ok ? allod.call('activate', { name }) : installed;
  }, source);

const desk = (page: Page): Promise<string> =>
  page
    .getByRole('region', { name: /Competitor desk/ })
    .or(page.locator('section').filter({ has: page.getByRole('heading', { name: 'Competitor desk' }) }))
    .first()
    .innerText();

test('[A26] [A28] two programs, one of them with a broken surface; a hostile third', async ({ page }) => {
  const complaints = await complaintsOf(page);
  const trap = hostile.find(({ id }) => id === 'slip-up');
  const host = await startHost({
    directory: `${dist}/programs`,
    files: new Map([
      ['/tide.zip', brokenSurfaces.zip()],
      ['/trap.zip', trap?.zip() ?? ''],
    ]),
  });
  await page.goto(app.url);
  await ready(page);
  await install(page, `${host.url}/competitor-brief.zip`);
  await expect(page.getByRole('heading', { name: 'Competitor desk' })).toBeVisible();
  // Settled: every panel has said what it found.
  await expect(page.getByText('No profile yet.').first()).toBeVisible();
  await expect(page.getByText('Nothing in /workspace/inbox.').first()).toBeVisible();
  const alone = await desk(page);

  expect(await install(page, `${host.url}/tide.zip`)).toMatchObject({ ok: true });
  const card = page.getByText('This surface cannot be shown');
  await expect(card).toBeVisible();
  await expect(page.getByText('"gauge" is not a widget.')).toBeVisible();
  await expect(page.getByText(`surfaces.yaml:${brokenSurfaces.line}`).first()).toBeVisible();
  await expect(page.getByRole('heading', { name: 'All days', level: 2 })).toBeVisible();
  await expect.poll(() => desk(page)).toBe(alone);

  expect(await install(page, `${host.url}/trap.zip`)).toMatchObject({ ok: false, error: { code: 'EINVAL' } });
  await page.evaluate(() => (globalThis as unknown as Console).allod.call('deactivate', { name: 'tide-notes' }));
  await expect(card).toHaveCount(0);
  await expect.poll(() => desk(page)).toBe(alone);
  await host.close();
  expect(complaints).toEqual([]);
});

test('[A31] a surface shows a change of its file within 100 ms, and its handle cannot write', async ({ page }) => {
  const host = await startHost({ directory: `${dist}/programs` });
  await page.goto(app.url);
  await ready(page);
  await install(page, `${host.url}/competitor-brief.zip`);
  await page.evaluate(() =>
    (globalThis as unknown as Console).allod.write(
      [
        {
          op: 'put',
          path: '/workspace/context/competitors/acme/profile.md',
          content: '---\nname: Acme\nstage: s0\n---\n',
        },
      ],
      { message: 'Acme' },
    ),
  );
  await expect(page.getByRole('table', { name: 'Profiles' })).toContainText('s0');
  // The best of ten: a slow machine may be late, a timer or a poll would be late every time.
  const took = await page.evaluate(async () => {
    const { allod } = globalThis as unknown as Console;
    const path = '/workspace/context/competitors/acme/profile.md';
    const times: number[] = [];
    for (let n = 1; n <= 10; n++) {
      const shown = new Promise<number>((resolve) => {
        const seen = new MutationObserver(() => {
          if (!document.querySelector('main')?.textContent?.includes(`s${n}`)) return;
          seen.disconnect();
          resolve(performance.now());
        });
        seen.observe(document.body, { subtree: true, childList: true, characterData: true });
      });
      await allod.write([{ op: 'edit', path, old: `stage: s${n - 1}`, new: `stage: s${n}` }], {
        message: `Stage ${n}`,
      });
      const written = performance.now();
      times.push((await shown) - written);
    }
    return Math.min(...times);
  });
  test.info().annotations.push({ type: 'write to screen, ms', description: took.toFixed(1) });
  expect(took).toBeLessThan(100);
  await host.close();
});

test("[A28] script in a program's Markdown, SVG or front matter does not run, wherever it is shown", async ({
  page,
}) => {
  const complaints = await complaintsOf(page);
  const host = await startHost({ files: new Map([['/scripts.zip', defusedScripts()]]) });
  await page.goto(app.url);
  await ready(page);
  expect(await install(page, `${host.url}/scripts.zip`)).toMatchObject({ ok: true });
  const day = '/workspace/tides/days/2026-11-23.md';
  for (const place of [
    '#/',
    `#/files${day}`,
    '#/files/workspace/tides/chart.svg',
    '#/files/programs/tide-notes/README.md',
  ]) {
    await go(page, place);
    await page.waitForTimeout(700);
  }
  expect(await page.evaluate(() => 'escaped' in globalThis)).toBe(false);
  expect(await page.locator('main script, main iframe, main object, main [onerror], main [onload]').count()).toBe(0);
  await host.close();
  expect(complaints.filter((line) => line.startsWith('page:'))).toEqual([]);
});

// One browser process on one profile, with one page and one worker: opened for a measurement and closed after it.
import { chromium, type BrowserContext, type Page } from 'playwright';
import { chromiumArgs, chromiumPath } from '../../browser.mjs';

export type Session = {
  run: (row: string, task: string, args: unknown) => Promise<unknown>;
  /** Bytes the worker holds after a garbage collection. */
  workerBytes: () => Promise<number>;
  version: string;
  context: BrowserContext;
  page: Page;
  close: () => Promise<void>;
};

// Without the second one the browser waits up to minutes before it answers how much memory is held.
const SWITCHES = ['--js-flags=--expose-gc', '--enable-blink-features=ForceEagerMeasureMemory'];

export const openSession = async (profile: string, url: string): Promise<Session> => {
  const context = await chromium.launchPersistentContext(profile, {
    ...(chromiumPath ? { executablePath: chromiumPath } : {}),
    args: [...chromiumArgs, ...SWITCHES],
    headless: true,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`  [browser] ${message.text()}`);
  });
  page.on('pageerror', (cause) => console.error(`  [browser] ${cause.message}`));
  await page.goto(url);
  await page.waitForFunction(() => window.runTask !== undefined && window.crossOriginIsolated);
  return {
    context,
    page,
    version: context.browser()?.version() ?? 'unknown',
    run: (row, task, args) =>
      page.evaluate((order) => window.runTask(order.row, order.task, order.args), { row, task, args }),
    workerBytes: () => page.evaluate(() => window.workerBytes()),
    close: () => context.close(),
  };
};

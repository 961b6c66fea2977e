// What a test does in the cockpit over and over: opening it fresh, dropping files, taking screenshots, running axe.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page } from '@playwright/test';
import type { Stub } from '../../kernel/protocol/stub.ts';

export const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const screens = fileURLToPath(new URL('../screens', import.meta.url));
const axe = fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url));

/** The operator's stub in the page: the documented console API. Only for use inside `page.evaluate`. */
export type Console = { allod: Stub };

/** Errors of the page and refusals of its security policy, from its first line on. */
export async function complaintsOf(page: Page): Promise<string[]> {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
  await page.exposeFunction('reportViolation', (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript(() => {
    const report = (globalThis as unknown as { reportViolation(text: string): void }).reportViolation;
    document.addEventListener('securitypolicyviolation', (e) =>
      report(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile ?? ''}:${e.lineNumber}`),
    );
  });
  return complaints;
}

/** The kernel answers: the cockpit is usable. */
export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(
    async () => (await (globalThis as unknown as Console).allod?.list('/workspace'))?.ok === true,
  );
}

/** Everything is cached and the worker's policy is in force. */
export async function controlled(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}

export const go = (page: Page, hash: string): Promise<void> => page.evaluate((to) => void (location.hash = to), hash);

/** Drops files on the page as the browser would. */
export async function dropFiles(page: Page, files: { name: string; path: string }[]): Promise<void> {
  const contents = files.map(({ name, path }) => ({ name, text: readFileSync(path, 'utf8') }));
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, text } of list) data.items.add(new File([text], name, { type: 'text/markdown' }));
    return data;
  }, contents);
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('main', type, { dataTransfer: transfer });
}

/** Hashes of all files below a folder, by path. */
export const hashes = (page: Page, folder: string): Promise<Record<string, string>> =>
  page.evaluate(async (path) => {
    const listed = await (globalThis as unknown as Console).allod.list(path, { depth: 64, limit: 10_000 });
    if (!listed.ok) throw new Error(listed.error.message);
    return Object.fromEntries(listed.value.entries.flatMap((stat) => (stat.hash ? [[stat.path, stat.hash]] : [])));
  }, folder);

export async function axeFindsNothing(page: Page): Promise<void> {
  // A room that is still fetched has no heading yet.
  await expect(page.locator('h1').filter({ visible: true }).first()).toBeVisible();
  // Through the debugger, not a script tag: the page's own policy stays as strict as it is.
  await page.evaluate(readFileSync(axe, 'utf8'));
  const violations = await page.evaluate(async () => {
    const runner = (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe;
    return (await runner.run()).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    );
  });
  expect(violations).toEqual([]);
}

export const SIZES = { 1440: { width: 1440, height: 900 }, 360: { width: 360, height: 780 } } as const;

/** As the operator: the file as it is to be, whatever is there. */
export const putFile = (page: Page, path: string, content: string): Promise<void> =>
  page.evaluate(
    async ([to, text]) => {
      const { allod } = globalThis as unknown as Console;
      const now = await allod.read(to);
      const base = now.ok ? now.value.stat.revision : null;
      const done = await allod.write([{ op: 'put', path: to, content: text, base }], { message: 'm' });
      if (!done.ok) throw new Error(done.error.message);
    },
    [path, content] as const,
  );

/** What a file says; nothing when it cannot be read. */
export const textOf = (page: Page, path: string): Promise<string> =>
  page.evaluate(async (at) => {
    const read = await (globalThis as unknown as Console).allod.read(at);
    return read.ok ? String(read.value.content) : '';
  }, path);

/** The policy, with a model on loopback behind a key, and where else the key may go. */
export const connectModel = async (
  page: Page,
  url: string,
  policy: readonly string[],
  { key = 'sk', origins = [] }: { key?: string; origins?: readonly string[] } = {},
): Promise<void> => {
  const model = `{ base_url: "${url}", model: claude-sonnet-5-5, secret: KEY, price: { input: 3, output: 15 } }`;
  await putFile(page, '/system/policy.yaml', [...policy, `models: { default: ${model} }`, ''].join('\n'));
  await page.evaluate(
    async ([value, to]) => {
      const { allod } = globalThis as unknown as Console;
      const kept = await allod.call('secret', { name: 'KEY', value, origins: [...to] });
      if (!kept.ok) throw new Error(kept.error.message);
    },
    [key, [url, ...origins]] as const,
  );
};

/** axe and a picture at both sizes, light and dark; nothing but code scrolls sideways. */
export const looksRight = async (page: Page, name: string): Promise<void> => {
  for (const size of [1440, 360] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(SIZES[size]);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(300);
      await axeFindsNothing(page);
      expect(await page.evaluate(() => document.querySelector('main')?.scrollWidth)).toBeLessThanOrEqual(
        await page.evaluate(() => document.querySelector('main')?.clientWidth ?? 0),
      );
      await screenshot(page, name, size, colorScheme);
    }
  }
  await page.setViewportSize(SIZES[1440]);
  await page.emulateMedia({ colorScheme: 'light' });
};

/** Screenshots for the README, only when asked for, so that a test run leaves the tree as it was. */
export async function screenshot(
  page: Page,
  name: string,
  size: keyof typeof SIZES = 1440,
  scheme: 'light' | 'dark' = 'light',
): Promise<void> {
  if (process.env['ALLOD_SCREENS'] === undefined) return;
  await page.evaluate(() =>
    document.querySelectorAll<HTMLButtonElement>('.toasts [aria-label="Dismiss"]').forEach((button) => button.click()),
  );
  await page.mouse.move(0, 0);
  await page.setViewportSize(SIZES[size]);
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${screens}/${name}-${size}-${scheme}.png` });
  await page.setViewportSize(SIZES[1440]);
  await page.emulateMedia({ colorScheme: 'light' });
  // Colours fade into each other; axe would measure them half-way.
  await page.waitForTimeout(300);
}

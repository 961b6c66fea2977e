// The kit of components, built as its own page under the app's policy: axe finds nothing in any state, at 360 and
// 1440 px, light and dark; nothing scrolls sideways; and what the keyboard promises, it does.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'vite';
import { serveStatic, type StaticServer } from '../servers/static.ts';

const config = fileURLToPath(new URL('../kit/vite.config.ts', import.meta.url));
const out = fileURLToPath(new URL('../../node_modules/.cache/kit', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let host: StaticServer;

test.beforeAll(async () => {
  await build({ configFile: config, logLevel: 'error' });
  host = await serveStatic(out, '/', { 'favicon.ico': '' });
});
test.afterAll(() => host.close());

/** Opens the kit and collects what the console and the policy complain about. */
async function open(page: Page): Promise<string[]> {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(host.url);
  await page.getByRole('heading', { level: 1, name: 'Kit' }).waitFor();
  return complaints;
}

/** Ids and places of what axe holds against the page as it stands. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations: found } = await (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> };
      }
    ).axe.run();
    return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target.join(' ')}`));
  });
}

for (const scheme of ['light', 'dark'] as const)
  for (const width of [1440, 360]) {
    test(`[A38] no axe violation at ${width} px, ${scheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
      const complaints = await open(page);
      expect(await violations(page)).toEqual([]);
      const sideways = await page.evaluate(() => {
        const main = document.querySelector('main')!;
        return [document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth];
      });
      expect(sideways).toEqual([0, 0]);

      await page.getByRole('button', { name: 'Dismiss' }).click();
      await page.getByRole('button', { name: 'Search or run' }).filter({ visible: true }).click();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Competitor desk: more' }).click();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Open a dialog' }).click();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByText('Closed. Nothing was changed.')).toBeAttached();
      if (width === 360) {
        await page.getByRole('button', { name: 'More', exact: true }).last().click();
        await expect(
          page.getByRole('dialog', { name: 'More rooms' }).getByRole('link', { name: 'Settings' }),
        ).toBeVisible();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press('Escape');
      }
      await page.getByRole('button', { name: 'Shell in full' }).filter({ visible: true }).click();
      await expect(page.getByRole('main')).toContainText('What changed at Acme since Monday?');
      expect(await violations(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });
  }

test.describe('keys', () => {
  test('[A38] the tree: arrows open, close and climb; letters jump; focus stays on the tree', async ({ page }) => {
    await open(page);
    const tree = page.getByRole('tree', { name: 'Workspace' });
    const active = () =>
      tree.evaluate((el) =>
        document.getElementById(el.getAttribute('aria-activedescendant') ?? '')?.textContent?.trim(),
      );
    await tree.focus();
    expect(await active()).toContain('profile.md');
    await page.keyboard.press('ArrowLeft');
    expect(await active()).toBe('context');
    await page.keyboard.press('ArrowLeft');
    await expect(tree.getByRole('treeitem', { name: 'profile.md' })).toHaveCount(0);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('p');
    expect(await active()).toContain('pricing.md');
    await page.keyboard.press('Enter');
    await expect(tree.getByRole('treeitem', { name: 'pricing.md' })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('End');
    expect(await active()).toContain('system');
    await expect(tree).toBeFocused();
    await tree.getByRole('treeitem', { name: 'pricing.md' }).click({ button: 'right' });
    await expect(
      page.getByRole('menu', { name: 'pricing.md' }).getByRole('menuitem', { name: 'Rename' }),
    ).toBeFocused();
    await page.keyboard.press('Escape');
    await tree.focus();
    await page.keyboard.press('Shift+F10');
    await expect(
      page.getByRole('menu', { name: 'pricing.md' }).getByRole('menuitem', { name: 'Rename' }),
    ).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menu', { name: 'pricing.md' })).toBeHidden();
    await expect(tree).toBeFocused();
  });

  test('[A38] the menu: first item has focus, a letter jumps, Escape gives focus back', async ({ page }) => {
    await open(page);
    const button = page.getByRole('button', { name: 'Competitor desk: more' });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Open its files' })).toBeFocused();
    await page.keyboard.press('d');
    await expect(page.getByRole('menuitem', { name: 'Deactivate' })).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('menuitem', { name: 'Open its files' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(button).toBeFocused();
    await button.click();
    await button.click();
    await expect(button).toHaveAttribute('aria-expanded', 'false');
  });

  test('[A38] the palette: arrows move, Enter runs, Escape gives focus back', async ({ page }) => {
    await open(page);
    const find = page.getByRole('button', { name: 'Search or run' }).filter({ visible: true });
    await find.focus();
    await page.keyboard.press('Enter');
    const line = page.getByRole('combobox', { name: 'Search files, history and commands' });
    await expect(line).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(page.getByRole('option', { name: 'Stop everything' })).toHaveAttribute('aria-selected', 'true');
    await line.fill('nothing');
    await expect(page.getByText('Nothing here is called “nothing”.')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(line).toHaveCount(0);
    await expect(find).toBeFocused();
  });

  test('[A38] a dialog puts focus on its first field and gives it back', async ({ page }) => {
    await open(page);
    const button = page.getByRole('button', { name: 'Open a dialog' });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('textbox', { name: 'Type its name to go on' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(button).toBeFocused();
  });

  test('[A38] a deed is decided once: Shift A, then both buttons are held', async ({ page }) => {
    await open(page);
    const deed = page.getByRole('article', { name: 'Sell 20 HLDR at $61.40 or better' });
    await deed.focus();
    await page.keyboard.press('a');
    await expect(deed.getByRole('button', { name: 'Approve and sell' })).not.toHaveAttribute('aria-busy');
    await page.keyboard.press('Shift+A');
    await expect(deed.getByRole('button', { name: 'Approve and sell' })).toHaveAttribute('aria-busy', 'true');
    await page.keyboard.press('r');
    await deed.getByRole('button', { name: 'Reject' }).click({ force: true });
    await expect(deed.getByRole('button', { name: 'Reject' })).not.toHaveAttribute('aria-busy');
    await expect(deed.getByRole('button', { name: 'Reject' })).toHaveAttribute('aria-disabled', 'true');
  });

  test('[A38] a phone pins the decisions of an open deed above the order line', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 780 });
    await open(page);
    await page.evaluate(() => {
      const deed = document.getElementById('p1')!;
      const pane = document.createElement('div');
      pane.className = 'o';
      deed.replaceWith(pane);
      pane.append(deed);
      deed.scrollIntoView({ block: 'start' });
    });
    await expect(page.getByRole('button', { name: 'Approve and sell' })).toBeInViewport({ ratio: 1 });
  });
});

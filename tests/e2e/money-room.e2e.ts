// The Money room over the real kernel and a model on loopback: what calls cost while they go on, after, and when nobody
// knows; the limits; the file.
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { startMessages, type MessagesServer, type Turn } from '../servers/messages.ts';
import { serveStatic, type StaticServer } from '../servers/static.ts';
import { complaintsOf, connectModel, dist, go, looksRight, putFile, ready, type Console } from './cockpit.ts';

/** 100,000 tokens in at 3 USD a million, 20,000 out at 15: 60 cents. */
const SAID: Turn = { text: 'Looked after it.', usage: { input_tokens: 100_000, output_tokens: 20_000 } };

let app: StaticServer;
let model: MessagesServer;
let turn: Turn;
let complaints: string[];

const fire = (page: Page, path: string): Promise<string> =>
  page.evaluate(async (what) => {
    const fired = await (globalThis as unknown as Console).allod.fire(
      what,
      what.endsWith('.md') ? {} : { args: { prompt: 'Look after the inbox.' } },
    );
    if (!fired.ok) throw new Error(fired.error.message);
    return fired.value.run ?? '';
  }, path);

test.beforeEach(async ({ page }) => {
  turn = SAID;
  app = await serveStatic(dist);
  model = await startMessages({ script: () => turn });
  complaints = await complaintsOf(page);
  await page.goto(app.url);
  await ready(page);
  await connectModel(page, model.url, [
    'autonomy: bounded',
    'budget: { usd: 30, per: month }',
    'grants: { "agent:shell": { write: [/workspace/**] } }',
  ]);
});
test.afterEach(async () => {
  await Promise.all([app.close(), model.close()]);
  expect(complaints).toEqual([]);
});

test('the month is told as calls go: spent, reserved and left, by agent, job and day; what is not known is named', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const main = page.getByRole('main');
  await page.getByRole('navigation', { name: 'Rooms' }).first().getByRole('link', { name: 'Money' }).click();
  await expect(main.getByRole('heading', { name: /^No model call in/ })).toBeVisible();
  await expect(main.getByRole('link', { name: 'Give an agent an order' })).toBeVisible();
  await looksRight(page, 'money-empty');

  await putFile(
    page,
    '/workspace/jobs/tend.md',
    '---\nagent: shell\nbudget: { usd: 2, per: month }\n---\nLook after it.\n',
  );
  await fire(page, '/workspace/agents/shell');
  await expect(main.getByText('$29.40', { exact: true })).toBeVisible();
  const run = await fire(page, '/workspace/jobs/tend.md');
  await expect(main.getByText('$28.80', { exact: true })).toBeVisible();
  await expect(main.getByRole('meter', { name: 'Job tend.md, a month' })).toHaveAttribute(
    'aria-valuetext',
    '$0.60 spent, $1.40 left, of $2.00',
  );
  const book = (name: string) => main.getByRole('table', { name });
  await expect(book('Spent by agent').getByRole('row', { name: /shell 2 2 \$1\.20/ })).toBeVisible();
  await expect(book('Spent by job').getByRole('row', { name: 'tend 1 1 $0.60' })).toBeVisible();
  await expect(book('Spent by job').getByRole('row', { name: 'no job 1 1 $0.60' })).toBeVisible();
  await expect(book('Spent by day').getByRole('row').last()).toContainText('$1.20');

  // While a call goes on, the most it can cost is set aside; the pace follows what was spent.
  turn = { hang: true };
  const lost = await fire(page, '/workspace/agents/shell');
  await expect(book('Ledger')).toContainText('goes on; this much is reserved');
  await expect(main.getByRole('meter', { name: /^Budget of/ })).not.toHaveAttribute(
    'aria-valuetext',
    /\$0\.00 reserved/,
  );
  const pace = new Date().getDate() < 3 ? /is said from its third day on/ : /comes to about \$[1-9]/;
  await expect(main.getByText(pace)).toBeVisible();
  await looksRight(page, 'money-live');
  // The kernel is lost in the middle of the call: it may have been answered, and nobody heard.
  turn = SAID;
  await page.reload();
  await ready(page);
  await expect(main.getByRole('heading', { name: 'Not known' })).toBeVisible();
  await expect(book('Calls whose cost is not known').getByRole('link', { name: lost.slice(0, 6) })).toBeVisible();
  await expect(main.getByRole('meter', { name: /^Budget of/ })).toHaveAttribute('aria-valuetext', /\$0\.00 reserved/);
  await looksRight(page, 'money');

  const saved = page.waitForEvent('download');
  await main.getByRole('button', { name: 'Save as CSV' }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe('ledger.csv');
  const rows = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n');
  expect(rows.filter((row) => row.includes(',reported,'))[1]).toContain('0.600000000');
  expect(rows.filter((row) => row.includes(',unknown,'))).toHaveLength(1);

  await expect(main.getByRole('link', { name: 'Change the limit', exact: true })).toHaveAttribute(
    'href',
    '#/settings/grants',
  );
  await book('Ledger')
    .getByRole('link', { name: run.slice(0, 6) })
    .click();
  await expect(page.getByText('Looked after it.').first()).toBeVisible();
  await go(page, '#/money');
  await expect(main.getByRole('heading', { level: 1, name: 'Money' })).toBeVisible();
});

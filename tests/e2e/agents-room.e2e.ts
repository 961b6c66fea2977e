// Running agents safely, in the cockpit over the real kernel and a model on loopback: the schedule, holding a run and
// letting it go, stopping everything and taking that back, asking what policy would do, being told while it is hidden.
import { expect, test } from '@playwright/test';
import { startMessages, type MessagesServer, type Turn } from '../servers/messages.ts';
import { serveStatic, type StaticServer } from '../servers/static.ts';
import { complaintsOf, connectModel, dist, go, looksRight, putFile, ready, textOf, type Console } from './cockpit.ts';

const MINUTE = 60_000;
const SAID: Turn = { text: 'Looked after it.' };

let app: StaticServer;
let model: MessagesServer;
let turn: (n: number) => Turn = () => SAID;
let complaints: string[];

test.beforeEach(async ({ page }) => {
  turn = () => SAID;
  app = await serveStatic(dist);
  model = await startMessages({ script: (_seen, n) => turn(n) });
  complaints = await complaintsOf(page);
  await page.goto(app.url);
  await ready(page);
  await connectModel(page, model.url, [
    'autonomy: bounded # as it was',
    'paused: false',
    'grants: { "agent:shell": { write: [/workspace/**] } }',
  ]);
});
test.afterEach(async () => {
  await Promise.all([app.close(), model.close()]);
  expect(complaints).toEqual([]);
});

test('[R8] a slot that comes is shown with its run; a job is paused in its text, skipped with the reason, and goes on', async ({
  page,
}) => {
  test.setTimeout(3 * MINUTE);
  const held = '---\nagent: shell # mine\nschedule: "* * * * *"\n---\nLook after it.\n';
  await go(page, '#/agents/schedule');
  await expect(page.getByRole('heading', { name: 'No job runs by the clock' })).toBeVisible();
  await putFile(page, '/workspace/jobs/held.md', held);
  await putFile(page, '/workspace/jobs/tick.md', held.replace('held', 'tick'));
  const table = page.getByRole('table', { name: 'Jobs by the clock' });
  const row = (job: string) =>
    table.getByRole('row').filter({ has: page.getByRole('link', { name: job, exact: true }) });
  await expect(row('tick')).toContainText('every minute, catches up once');
  await row('held').getByRole('button', { name: 'Pause held' }).click();
  await expect(row('held').getByText('The job is paused.').filter({ visible: true })).toBeVisible();
  expect(await textOf(page, '/workspace/jobs/held.md')).toBe(held.replace('\n---\nLook', '\npaused: true\n---\nLook'));

  // By itself: the list follows the ledger, and the clock.
  const done = row('tick')
    .getByRole('link', { name: /: done$/ })
    .filter({ visible: true });
  await expect(done.first()).toBeVisible({ timeout: 80_000 });
  await row('held').getByRole('button', { name: 'Go on with held' }).click();
  await expect(row('held').getByRole('button', { name: 'Pause held' })).toBeVisible();
  expect(await textOf(page, '/workspace/jobs/held.md')).toBe(held.replace('\n---\nLook', '\npaused: false\n---\nLook'));
  await expect(page.getByText('1 slot of held was skipped')).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole('listitem').filter({ hasText: '1 slot of held was skipped' })).toContainText(
    'The job is paused.',
  );
  await looksRight(page, 'schedule');
  await done.first().click();
  await expect(page.getByText('Looked after it.')).toBeVisible();
  await expect(page.getByRole('article', { name: 'About' })).toContainText('tick');
});

test('[R9] a run is held before its next call and let go on, and its steps say so; stopping it keeps what it wrote', async ({
  page,
}) => {
  turn = (n) =>
    n === 0 ? { text: 'I look.', tools: [{ name: 'list', input: { path: '/workspace' } }], hang: 3_000 } : SAID;
  const run = await page.evaluate(async () => {
    const fired = await (globalThis as unknown as Console).allod.fire('/workspace/agents/shell', {
      args: { prompt: 'Look after the inbox.' },
    });
    return fired.ok ? (fired.value.run ?? '') : '';
  });
  await go(page, '#/agents');
  const card = page.getByRole('article').filter({ hasText: `run ${run.slice(0, 6)}` });
  await card.getByRole('button', { name: 'Hold' }).click();
  await expect(card).toContainText('Held');
  await expect(page.getByRole('navigation', { name: 'Rooms' }).first()).toContainText('1 live');
  await expect(card.getByText('The operator held this run.')).toBeVisible();
  // The answer that was on its way comes, and nothing is done with it.
  await expect.poll(() => model.requests[0]?.ended).toBe('done');
  await looksRight(page, 'held');
  expect(model.requests).toHaveLength(1);
  await go(page, `#/agents/${run}`);
  await expect(page.getByRole('row', { name: /Listed/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText('Looked after it.')).toBeVisible();
  await expect(page.getByText('The operator let this run go on.')).toBeVisible();
  await expect(page.getByRole('row', { name: /Listed/ })).toHaveCount(1);
  await expect(page.getByText('Done', { exact: true })).toBeVisible();
  expect(model.requests).toHaveLength(2);
  await looksRight(page, 'run');
});

test('[P6] [R3] stop everything ends what runs and lets nothing act alone, and one press takes that back', async ({
  page,
}) => {
  turn = () => ({ hang: true });
  const policy = await textOf(page, '/system/policy.yaml');
  await page.evaluate(() =>
    (globalThis as unknown as Console).allod.fire('/workspace/agents/shell', { args: { prompt: 'Wait.' } }),
  );
  await go(page, '#/agents');
  await expect(page.getByText('1 run live').first()).toBeVisible();
  await page.getByRole('button', { name: 'Stop everything' }).first().click();
  await expect(page.getByText('Everything is stopped. 1 run ended; what was written is kept.')).toBeVisible();
  await expect(page.getByText('nothing runs at this moment')).toBeVisible();
  expect(await textOf(page, '/system/policy.yaml')).toBe(policy.replace('paused: false', 'paused: true'));
  await expect(page.getByText('No job starts by itself: what comes due is skipped.')).toBeVisible();
  await looksRight(page, 'stopped');
  // It stands over every room, also after a reload.
  await page.reload();
  await go(page, '#/inbox');
  await expect(page.getByText('No job starts by itself: what comes due is skipped.')).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'Let agents work again' }).click();
  await expect(page.getByText('No job starts by itself')).toHaveCount(0);
  expect(await textOf(page, '/system/policy.yaml')).toBe(policy);
});

test('[G8] Settings say what would happen, in words, as the policy stands at that moment', async ({ page }) => {
  await go(page, '#/settings/try');
  const card = page.getByRole('article', { name: 'What would happen if' });
  const answer = card.getByRole('status');
  await expect(answer).toContainText('shell may write /workspace/context/notes.md alone');
  await card.getByLabel('Path').fill('/workspace/jobs/tick.md');
  await expect(answer).toContainText('It is refused');
  await expect(answer).toContainText('decides what agents may do');
  await card.getByLabel('Path').fill('notes.md');
  await expect(card.getByRole('alert')).toContainText('is not absolute');
  await card.getByLabel('Path').fill('/workspace/a.md');
  await expect(answer).toContainText('It is done at once');
  await page.getByRole('radio', { name: /^Manual/ }).check();
  await expect(answer).toContainText('It waits for you');
  await expect(answer).toContainText('Autonomy is manual');
  await expect(page.getByText('Every change an agent wants to make waits for you, whatever is granted')).toBeVisible();
  await looksRight(page, 'settings');
  await card.getByLabel('now').selectOption('sent something outside');
  await expect(answer).toContainText('It waits for you');
  expect(await textOf(page, '/workspace/a.md')).toBe('');
});

test('a proposal that waits is told while the page is hidden, once allowed in Settings; the title counts it', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['notifications'], { origin: new URL(app.url).origin });
  await page.evaluate(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    class Heard extends EventTarget {
      static permission: NotificationPermission = 'default';
      static requestPermission = async (): Promise<NotificationPermission> => (Heard.permission = 'granted');
      constructor(title: string, options: NotificationOptions) {
        super();
        told.push(`${title} | ${options.body}`);
      }
    }
    Object.defineProperty(globalThis, 'Notification', { value: Heard });
  });
  const told = (): Promise<string[]> => page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
  const hide = (hidden: boolean): Promise<void> =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  let asked = 0;
  turn = (n) =>
    n % 2 === 0
      ? {
          tools: [
            {
              name: 'propose',
              input: {
                effect: { kind: 'notify', title: 'x', body: '' },
                title: `Tell you of order ${++asked}`,
                rationale: 'It came in just now.',
                reversibility: 'irreversible',
              },
            },
          ],
        }
      : SAID;
  const order = (): Promise<unknown> =>
    page.evaluate(() =>
      (globalThis as unknown as Console).allod.fire('/workspace/agents/shell', {
        args: { prompt: 'Look.', wait: true },
      }),
    );
  await go(page, '#/settings/notify');
  await page.getByRole('button', { name: 'Allow notifications' }).click();
  await expect(page.getByRole('switch', { name: /Tell me when a proposal waits/ })).toBeChecked();
  // What tells is fetched after the first screen.
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => /telling-/.test(name)));

  await order();
  await expect(page).toHaveTitle('(1) Allod');
  expect(await told()).toEqual([]);
  await hide(true);
  await order();
  await expect
    .poll(told)
    .toEqual([expect.stringMatching(/^shell asks: Tell you of order 2 \| It waits for your decision until/)]);
  await hide(false);
  await order();
  await expect(page).toHaveTitle('(3) Allod');
  expect(await told()).toHaveLength(1);
});

// The kernel in the service worker, woken with every tab closed: what was due runs once, what was left goes on, a tab that
// leads is only told, and one that opens need not wait. Alarms are dispatched by the debugger, as the browser would.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type CDPSession, type Page } from '@playwright/test';
import { parseRun, type RunRecord } from '../../kernel/protocol/formats/records.ts';
import { parseSlots, standingSlots, type SlotRow } from '../../kernel/protocol/formats/schedule.ts';
import { sendAlarm, watchtowerOf, type Alarm } from '../alarms.ts';
import { startBrowser, type BrowserProcess } from '../browser-process.ts';
import { startMessages, type MessagesServer, type Turn } from '../servers/messages.ts';
import { serveStatic, type StaticServer } from '../servers/static.ts';
import { connectModel, controlled, dist, putFile, ready, textOf, type Console } from './cockpit.ts';

const MINUTE = 60_000;
const SAID: Turn = { text: 'Looked after it.' };

let app: StaticServer;
let model: MessagesServer;
let turn: (n: number) => Turn = () => SAID;
let profile: string;
let browser: BrowserProcess;

test.beforeEach(async () => {
  turn = () => SAID;
  app = await serveStatic(dist);
  model = await startMessages({ script: (_seen, n) => turn(n) });
  profile = mkdtempSync(join(tmpdir(), 'allod-alarm-'));
  browser = await startBrowser(profile);
});
test.afterEach(async () => {
  await browser.kill();
  await Promise.all([app.close(), model.close()]);
  rmSync(profile, { recursive: true, force: true });
});

const openTab = async (): Promise<Page> => {
  const page = await browser.context.newPage();
  await page.goto(app.url);
  await ready(page);
  return page;
};

/** A workspace with a model behind it, and the service worker in force. */
const firstTab = async (): Promise<Page> => {
  const page = await openTab();
  await controlled(page);
  await connectModel(page, model.url, ['autonomy: bounded'], { key: 'sk-alarm' });
  return page;
};

/** Each slot of the job as it stands. */
const slotsOf = async (page: Page): Promise<SlotRow[]> => {
  const month = new Date().toISOString().slice(0, 7);
  return standingSlots(parseSlots(await textOf(page, `/system/slots/tick/${month}.jsonl`)));
};

const epochOf = async (page: Page): Promise<number> =>
  (JSON.parse(await textOf(page, '/proc/kernel')) as { epoch: number }).epoch;

const watchtower = (): Promise<CDPSession> => watchtowerOf(browser.context);
const alarm = (session: CDPSession, kind: Alarm): Promise<void> => sendAlarm(session, app.url, kind);

const closeTabs = async (): Promise<void> => {
  for (const page of browser.context.pages()) if (page.url() !== 'about:blank') await page.close();
};

const untilNextMinute = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, MINUTE - (Date.now() % MINUTE) + 200));

test('[R8] [R11] [A17] a job that comes due with every tab closed runs once by the alarm, also after a browser restart', async () => {
  test.setTimeout(4 * MINUTE);
  const page = await firstTab();
  await putFile(page, '/workspace/jobs/tick.md', '---\nagent: shell\nschedule: "* * * * *"\n---\nLook after it.\n');
  await closeTabs();
  const before = model.requests.length;
  await untilNextMinute();
  const session = await watchtower();
  // Twice at once: the second finds the first at work, or nothing left to do.
  await Promise.all([alarm(session, 'PeriodicSync'), alarm(session, 'Sync')]);
  await expect.poll(() => model.requests.length - before).toBe(1);
  await expect.poll(() => model.requests.at(-1)?.ended).toBe('done');

  await browser.kill();
  browser = await startBrowser(profile);
  await untilNextMinute();
  await alarm(await watchtower(), 'PeriodicSync');
  await expect.poll(() => model.requests.length - before).toBe(2);
  await expect.poll(() => model.requests.at(-1)?.ended).toBe('done');

  const later = await openTab();
  await expect.poll(async () => (await slotsOf(later)).filter(({ state }) => state === 'running').length).toBe(0);
  const slots = await slotsOf(later);
  const answered = slots.filter(({ run }) => run !== undefined);
  expect(answered.every(({ state }) => state === 'done')).toBe(true);
  // One request a run, and one run a slot, whoever ran it.
  expect(new Set(answered.map(({ run }) => run)).size).toBe(answered.length);
  expect(model.requests.length).toBe(answered.length);
});

test('[R2] [R11] a run that was cut with the last tab goes on in the service worker, and a tab that opens takes it over at once', async () => {
  // The first answer never ends; the second neither, until a tab is there; the third is whole.
  turn = (n) => (n < 2 ? { hang: true } : SAID);
  const page = await firstTab();
  const run = await page.evaluate(async () => {
    const fired = await (globalThis as unknown as Console).allod.fire('/workspace/agents/shell', {
      args: { prompt: 'Look after it.' },
    });
    return fired.ok ? (fired.value.run ?? '') : '';
  });
  await expect.poll(() => model.requests.length).toBe(1);
  await closeTabs();
  await alarm(await watchtower(), 'Sync');
  await expect.poll(() => model.requests.length).toBe(2);
  const opened = Date.now();
  const later = await openTab();
  await expect.poll(() => model.requests.length).toBe(3);
  // It does not wait until the wake-up's time is over, nor steals the lock.
  expect(Date.now() - opened).toBeLessThan(8_000);
  const file = `/system/runs/${new Date().toISOString().slice(0, 10)}/${run}.jsonl`;
  const records = async (): Promise<RunRecord[]> => parseRun(await textOf(later, file));
  await expect.poll(async () => (await records()).at(-1)).toMatchObject({ t: 'end', state: 'done', text: SAID.text });
  expect((await records()).filter((record) => record.t === 'note' && record.resumed)).toHaveLength(2);
});

test('[R11] an alarm while a tab leads starts no second kernel', async () => {
  const page = await firstTab();
  const epoch = await epochOf(page);
  const session = await watchtower();
  for (const kind of ['PeriodicSync', 'Sync', 'PeriodicSync'] as const) await alarm(session, kind);
  await page.waitForTimeout(500);
  expect(await epochOf(page)).toBe(epoch);
});

// The soak of the schedule: jobs due every minute in a real Chromium, while tabs open, close and die and alarms wake the
// service worker in any order. Exit code 1 when a slot has no line or two, or anything ran twice.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { parseRun, type RunRecord } from '../../kernel/protocol/formats/records.ts';
import { parseSlots, standingSlots } from '../../kernel/protocol/formats/schedule.ts';
import { sendAlarm, watchtowerOf } from '../alarms.ts';
import { startBrowser } from '../browser-process.ts';
import { startMessages } from '../servers/messages.ts';
import { serveStatic } from '../servers/static.ts';
import { openApp } from './drive.ts';
import type { Console } from '../e2e/cockpit.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const MINUTE = 60_000;
const JOBS = ['one', 'two', 'three'];

const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

const filesBelow = (page: Page, folder: string): Promise<Record<string, string>> =>
  page.evaluate(async (under) => {
    const { allod } = globalThis as unknown as Console;
    const listed = await allod.list(under, { depth: 3, limit: 10_000 });
    const texts: Record<string, string> = {};
    for (const { path, kind } of listed.ok ? listed.value.entries : []) {
      const read = kind === 'file' ? await allod.read(path) : undefined;
      if (read?.ok) texts[path] = String(read.value.content);
    }
    return texts;
  }, folder);

const setUp = (page: Page, url: string): Promise<void> =>
  page.evaluate(
    async ([model, jobs]) => {
      const { allod } = globalThis as unknown as Console;
      const policy = await allod.read('/system/policy.yaml');
      const base = policy.ok ? policy.value.stat.revision : null;
      const content = `models: { default: { base_url: "${model}", model: m, secret: KEY, price: { input: 3, output: 15 } } }\n`;
      const done = [
        await allod.write([{ op: 'put', path: '/system/policy.yaml', content, base }], { message: 'm' }),
        await allod.call('secret', { name: 'KEY', value: 'sk-soak', origins: [model] }),
        await allod.write(
          jobs.map((job) => ({
            op: 'put' as const,
            path: `/workspace/jobs/${job}.md`,
            content: `---\nagent: shell\nschedule: "* * * * *"\n---\nLook after ${job}.\n`,
          })),
          { message: 'm' },
        ),
      ];
      for (const one of done) if (!one.ok) throw new Error(one.error.message);
    },
    [url, JOBS] as const,
  );

/** What is wrong with the ledger and the run records, in words. */
const judge = (slots: Record<string, string>, runs: Record<string, string>): { wrong: string[]; said: string } => {
  const wrong: string[] = [];
  const counts: Record<string, number> = {};
  let resumed = 0;
  const answered = new Set<string>();
  for (const job of JOBS) {
    const lines = Object.entries(slots).flatMap(([path, text]) => (path.includes(`/${job}/`) ? parseSlots(text) : []));
    const since = lines.find((line) => line.t === 'schedule');
    const seen = new Map<number, number>();
    for (const { slot, from, state, run, count = 1 } of standingSlots(lines)) {
      counts[state] = (counts[state] ?? 0) + count;
      if (run) answered.add(run);
      for (let at = Date.parse(from ?? slot); at <= Date.parse(slot); at += MINUTE)
        seen.set(at, (seen.get(at) ?? 0) + 1);
    }
    const last = Math.max(...seen.keys());
    const first = Math.ceil(Date.parse(since?.t === 'schedule' ? since.at : '') / MINUTE) * MINUTE;
    for (let at = first; at <= last; at += MINUTE)
      if (seen.get(at) !== 1) wrong.push(`${job}: ${new Date(at).toISOString()} stands in ${seen.get(at) ?? 0} lines`);
  }
  for (const [path, text] of Object.entries(runs)) {
    const records = parseRun(text);
    const of = (t: RunRecord['t']): number => records.filter((record) => record.t === t).length;
    resumed += records.filter((record) => record.t === 'note' && record.resumed).length;
    if (of('start') !== 1 || of('end') !== 1) wrong.push(`${path}: ${of('start')} starts, ${of('end')} ends`);
    if (of('model') > 1) wrong.push(`${path}: ${of('model')} answers of the model`);
    if (!answered.has(path.split('/').at(-1)?.replace('.jsonl', '') ?? '')) wrong.push(`${path}: stands for no slot`);
  }
  if (answered.size !== Object.keys(runs).length)
    wrong.push(`${answered.size} slots, ${Object.keys(runs).length} runs`);
  const states = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  return { wrong, said: `${states.join(', ')}; ${answered.size} runs, taken up ${resumed} times` };
};

export const main = async (argv: readonly string[]): Promise<number> => {
  const minutes = Number(argv[argv.indexOf('--minutes') + 1] ?? 30) || 30;
  const seed = Number(argv[argv.indexOf('--seed') + 1] ?? 1) || 1;
  const random = randomFrom(seed);
  const app = await serveStatic(join(root, 'dist'));
  const model = await startMessages({
    script: () => ({ text: 'Looked after it, and all is well.', delayMs: Math.floor(random() * 2_000) }),
  });
  const profile = mkdtempSync(join(tmpdir(), 'allod-soak-'));
  const chromium = await startBrowser(profile);
  const { context } = chromium;
  const tabs: Page[] = [];
  const open = async (): Promise<void> => {
    const page = await context.newPage();
    tabs.push(page);
    await openApp(page, app.url);
  };
  const acts = { opened: 0, closed: 0, alarms: 0 };
  try {
    const session = await watchtowerOf(context);
    await open();
    await tabs[0]?.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
    if (tabs[0]) await setUp(tabs[0], model.url);
    const end = Date.now() + minutes * MINUTE;
    while (Date.now() < end) {
      const what = random();
      if (what < 0.3 && tabs.length < 3) {
        await open();
        acts.opened++;
      } else if (what < 0.7) {
        await tabs.splice(Math.floor(random() * tabs.length), 1)[0]?.close({ runBeforeUnload: false });
        acts.closed++;
      } else {
        await sendAlarm(session, app.url, random() < 0.5 ? 'Sync' : 'PeriodicSync');
        acts.alarms++;
      }
      await new Promise((resolve) => setTimeout(resolve, random() * 6_000));
    }
    await open();
    const page = tabs.at(-1);
    if (!page) return 1;
    // The jobs pause, what runs ends.
    await page.evaluate(async (jobs) => {
      const { allod } = globalThis as unknown as Console;
      for (const job of jobs)
        await allod.write(
          [{ op: 'edit', path: `/workspace/jobs/${job}.md`, old: 'agent:', new: 'paused: true\nagent:' }],
          {
            message: 'm',
          },
        );
      for (;;) {
        const live = await allod.list('/proc/runs');
        if (live.ok && live.value.entries.length === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }, JOBS);
    const { wrong, said } = judge(await filesBelow(page, '/system/slots'), await filesBelow(page, '/system/runs'));
    console.log(
      `${minutes} minutes, seed ${seed}: ${acts.opened} tabs opened, ${acts.closed} closed, ${acts.alarms} alarms`,
    );
    console.log(`slots: ${said}; ${model.requests.length} requests to the model`);
    console.log(wrong.length === 0 ? 'Every slot stands once, and nothing ran twice.' : `WRONG (${wrong.length}):`);
    for (const line of wrong.slice(0, 40)) console.log(`  ${line}`);
    return wrong.length > 0 ? 1 : 0;
  } finally {
    await chromium.kill();
    await Promise.all([app.close(), model.close()]);
    rmSync(profile, { recursive: true, force: true });
  }
};

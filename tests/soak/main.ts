// The soak: mixed work in a real Chromium for so many minutes, the heap of page and kernel after each minute's garbage
// collection, and in the end the whole workspace against the model. Exit code 1 when something is wrong or memory grows.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { startBrowser } from '../browser-process.ts';
import { serveStatic } from '../servers/static.ts';
import { attachKernelWorker } from '../worker-session.ts';
import { carryOut, compare, handOver, openApp, typeSome } from './drive.ts';
import { trendOf, type Sample } from './verdict.ts';
import { createWork, type Done } from './work.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const USAGE = `npm run soak -- [--minutes 30] [--seed 1] [--json node_modules/.cache/soak.json]`;

const optionsIn = (argv: readonly string[]): { minutes: number; seed: number; json: string } | undefined => {
  const options = { minutes: 30, seed: 1, json: join(root, 'node_modules', '.cache', 'soak.json') };
  for (let i = 0; i < argv.length; i += 2) {
    const [name, value = ''] = [argv[i], argv[i + 1]];
    if (name === '--minutes' && Number(value) > 0) options.minutes = Number(value);
    else if (name === '--seed' && Number.isInteger(Number(value))) options.seed = Number(value);
    else if (name === '--json' && value) options.json = value;
    else return undefined;
  }
  return options;
};

type Ask = (method: 'HeapProfiler.collectGarbage' | 'Runtime.getHeapUsage') => Promise<unknown>;

/** What is used when everything that can be collected has been: twice, because what ends in the first frees more. */
const heapOf = async (ask: Ask): Promise<number> => {
  for (let i = 0; i < 2; i++) await ask('HeapProfiler.collectGarbage');
  const { usedSize, embedderHeapUsedSize, backingStorageSize } = (await ask('Runtime.getHeapUsage')) as Record<
    'usedSize' | 'embedderHeapUsedSize' | 'backingStorageSize',
    number | undefined
  >;
  return (usedSize ?? 0) + (embedderHeapUsedSize ?? 0) + (backingStorageSize ?? 0);
};

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
const mb = (bytes: number): string => (bytes / 1e6).toFixed(1).padStart(8);

const print = (sample: Sample): void =>
  console.log(
    `${sample.minute.toFixed(1).padStart(7)}${String(sample.calls).padStart(8)}${mb(sample.pageHeap)}${mb(sample.workerHeap)}${mb(sample.storage)}${sample.p50.toFixed(1).padStart(8)}${sample.p95.toFixed(1).padStart(8)}`,
  );

const slowest = (done: readonly Done[]): Record<string, { calls: number; p50: number; p95: number }> => {
  const kinds = new Map<string, Done[]>();
  for (const kind of new Set(done.map((one) => one.kind)))
    kinds.set(
      kind,
      done.filter((one) => one.kind === kind),
    );
  return Object.fromEntries(
    [...kinds].map(([kind, list]) => {
      const times = list.map(({ ms }) => ms).sort((a, b) => a - b);
      return [kind, { calls: list.length, p50: quantile(times, 0.5), p95: quantile(times, 0.95) }];
    }),
  );
};

export const main = async (argv: readonly string[]): Promise<number> => {
  const options = optionsIn(argv);
  if (!options) {
    console.log(USAGE);
    return 1;
  }
  const app = await serveStatic(join(root, 'dist'));
  const profile = mkdtempSync(join(tmpdir(), 'allod-soak-'));
  const chromium = await startBrowser(profile);
  const complaints: string[] = [];
  try {
    const { context } = chromium;
    const page: Page = context.pages()[0] ?? (await context.newPage());
    page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
    await openApp(page, app.url);
    const pageSession = await context.newCDPSession(page);
    const worker = await attachKernelWorker(page);
    const work = createWork(options.seed);
    const batch = (): ReturnType<typeof work.batch> => work.batch(40);
    const samples: Sample[] = [];
    const all: Done[] = [];
    let fresh: Done[] = [];
    const start = Date.now();
    const minutes = (): number => (Date.now() - start) / 60_000;
    const every = Math.min(1, options.minutes / 12);
    const take = async (): Promise<void> => {
      const times = fresh.map(({ ms }) => ms).sort((a, b) => a - b);
      const storage = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
      const [pageHeap, workerHeap] = [
        await heapOf((method) => pageSession.send(method)),
        await heapOf((method) => worker.send(method)),
      ];
      const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
      const sample = { minute: minutes(), calls: fresh.length, pageHeap, workerHeap, storage, p50, p95 };
      samples.push(sample);
      print(sample);
      all.push(...fresh);
      fresh = [];
    };

    console.log(` minute   calls  page MB kernel MB stored MB p50 ms  p95 ms`);
    for (let cycle = 0; minutes() < options.minutes; cycle++) {
      fresh.push(...(await carryOut(page, batch())));
      if (cycle % 4 === 1) await typeSome(page, `cycle ${cycle} typed by hand`);
      if (cycle % 12 === 5) fresh.push(...(await handOver(context, page, app.url, batch)));
      if (minutes() >= (samples.length + 1) * every) await take();
    }
    if (fresh.length > 0) await take();

    const refused = all.flatMap(({ error }) => error ?? []);
    const wrong = [...(await compare(page, work.files)), ...refused, ...complaints];
    const trends = [
      trendOf(
        'page heap',
        samples.map(({ minute, pageHeap }) => ({ minute, value: pageHeap })),
      ),
      trendOf(
        'kernel heap',
        samples.map(({ minute, workerHeap }) => ({ minute, value: workerHeap })),
      ),
    ];
    console.log('');
    for (const { what, slope, fit, rise, grows } of trends)
      console.log(
        `${what}: ${(slope / 1000).toFixed(0)} kB a minute, ${mb(rise).trim()} MB over the second half (fit ${fit.toFixed(2)}): ${grows ? 'GROWS' : 'does not grow'}`,
      );
    const kinds = slowest(all);
    for (const [kind, { calls, p50, p95 }] of Object.entries(kinds))
      console.log(
        `${kind.padEnd(8)}${String(calls).padStart(8)} calls, p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`,
      );
    console.log(
      wrong.length === 0 ? `Every file is as the model says; the chain is sound.` : `\nWRONG (${wrong.length}):`,
    );
    for (const line of wrong.slice(0, 40)) console.log(`  ${line}`);
    mkdirSync(dirname(options.json), { recursive: true });
    writeFileSync(options.json, `${JSON.stringify({ options, samples, trends, kinds, wrong }, null, 2)}\n`);
    console.log(`\nWritten: ${options.json}`);
    return wrong.length > 0 || trends.some(({ grows }) => grows) ? 1 : 0;
  } finally {
    await chromium.kill();
    await app.close();
    rmSync(profile, { recursive: true, force: true });
  }
};

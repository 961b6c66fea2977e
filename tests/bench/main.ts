// The benchmark run: builds the page, runs the rows one after another, prints each as it is done, and writes results.json
// and RESULTS.md beside this file when all rows ran. A row that breaks is shown as broken and the others go on.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createBench, PROFILES, type Bench } from './drive/bench.ts';
import { NOTHING } from './measure/stock.ts';
import { describeMachine, dropCaches, loadNow } from './drive/machine.ts';
import { parseOptions } from './drive/options.ts';
import { profileRows } from './drive/profile.ts';
import { machineText, markdown, printed, type Measured, type Report } from './drive/report.ts';
import { openSite } from './drive/site.ts';
import type { Row } from './row.ts';
import { seed } from './rows/seed.ts';
import { ROWS } from './rows/table.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const measure = async (row: Row, bench: Bench): Promise<Measured[]> => {
  try {
    return (await row.drive(bench)).map((line) => ({ ...line, row: row.name }));
  } catch (cause) {
    const error = cause instanceof Error ? cause.message : String(cause);
    return [{ row: row.name, what: row.title, ours: '', against: '', error }];
  }
};

/** With `--add`: what was measured now in its place among what earlier runs wrote, and each such line says when. */
const added = ({ machine, rounds, load, lines }: Report): Report => {
  const before = JSON.parse(readFileSync(here('./results.json'), 'utf8')) as Report;
  const when = `added ${machine.date.slice(0, 16)}, ${rounds} round${rounds === 1 ? '' : 's'}, load ${load.before} to ${load.after}`;
  const fresh = lines.map((line) => ({ ...line, note: [line.note, when].filter(Boolean).join('; ') }));
  const kept = before.lines.filter((line) => fresh.every(({ what, row }) => what !== line.what || row !== line.row));
  return { ...before, lines: [...kept, ...fresh] };
};

const write = (report: Report): void => {
  writeFileSync(here('./RESULTS.md'), markdown(report, ROWS));
  writeFileSync(here('./results.json'), `${JSON.stringify(report, null, 2)}\n`);
  // The formatter checks it with everything else.
  spawnSync(here('../../node_modules/.bin/oxfmt'), [here('./results.json')]);
  console.log('\nWritten: tests/bench/RESULTS.md and results.json');
};

export const main = async (argv: readonly string[]): Promise<void> => {
  const options = parseOptions(
    argv,
    ROWS.map(({ name }) => name),
  );
  if (typeof options === 'string') return console.log(options);
  const start = performance.now();
  const before = loadNow();
  const site = await openSite(options.profile);
  try {
    const bench = createBench(options, site.url, site.folder, seed);
    if (options.profile) return await profileRows(bench);
    const chromium = await bench.fresh(NOTHING, async ({ version }) => version);
    const machine = describeMachine(chromium, PROFILES);
    const lines: Measured[] = [];
    for (const row of ROWS.filter(({ name }) => options.rows.length === 0 || options.rows.includes(name))) {
      console.log(`\n${row.title} (${row.name})`);
      const measured = await measure(row, bench);
      lines.push(...measured);
      for (const line of measured) console.log(line.error ? `  ${line.error}` : printed(line));
    }
    const { quick, rounds } = options;
    const load = { before, after: loadNow() };
    const report = {
      machine,
      quick,
      rounds,
      cachesDropped: dropCaches(),
      seconds: (performance.now() - start) / 1000,
      load,
      lines,
    };
    console.log(`\n${machineText(report).join('\n')}`);
    if (options.add) write(added(report));
    else if (options.rows.length === 0) write(report);
  } finally {
    rmSync(PROFILES, { recursive: true, force: true });
    await site.close();
  }
};

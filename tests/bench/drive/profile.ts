// `--profile`: where the microseconds go. Samples the worker while it does one thing alone, and adds the time up twice: by
// the function of ours that was running (its libraries count for it), and by the library or room that was really on top.
import { writeFileSync } from 'node:fs';
import type { Bench } from './bench.ts';
import { CACHE } from './site.ts';
import { sampled, stacksOf, type Place, type Stack } from './sampling.ts';
import { numberText } from './text.ts';
import { NOTHING, ours, type Stock } from '../measure/stock.ts';

/** A task of a row to be sampled; `before` runs first in the same worker and is not. Times are given for one of `per`. */
type Run = {
  title: string;
  stock: Stock;
  row: string;
  before?: { task: string; args: object };
  task: string;
  args: object;
  per: number;
};

const writes = (title: string, who: 'ours' | 'raw', writers: number, count: number): Run => ({
  title,
  stock: NOTHING,
  row: 'write',
  // Once before, so that code is loaded and compiled.
  before: { task: 'alone', args: { who, writes: 512, writers, folder: '/workspace/warm' } },
  task: 'alone',
  args: { who, writes: count, writers, folder: '/workspace/sampled' },
  per: count,
});

const RUNS: readonly Run[] = [
  writes('one write, raw IndexedDB, awaited', 'raw', 1, 2_000),
  writes('one write, ours, awaited', 'ours', 1, 2_000),
  writes('one write, ours, 32 writers', 'ours', 32, 4_096),
  { title: 'a start at 10,000 files', stock: ours(10_000), row: 'cold', task: 'ours', args: { index: 7 }, per: 1 },
  {
    title: 'a read of one of 1,000 revisions',
    stock: NOTHING,
    row: 'revision',
    before: { task: 'make', args: {} },
    task: 'read',
    args: { reads: 60, seed: 1 },
    per: 60,
  },
  {
    title: 'an index over 10,000 files, for each of them',
    stock: { of: 'fresh', files: 10_000 },
    row: 'search',
    task: 'index',
    args: {},
    per: 10_000,
  },
  {
    title: 'a start and ten queries over 10,000 files',
    stock: { of: 'fresh', files: 10_000 },
    row: 'search',
    task: 'query',
    args: { seconds: 60 },
    per: 1,
  },
];

const WAITING = new Set(['(idle)', '(program)', '(garbage collector)', '(root)']);
const isOurs = ({ file }: Place): boolean =>
  file.startsWith('kernel/') || file.startsWith('contenders/') || file.startsWith('tests/');

/** The innermost function of ours, with the next of another file above it: who ran, and for whom. */
const stepOf = ({ frames }: Stack): string => {
  const [top] = frames;
  if (top && WAITING.has(top.name)) return top.name;
  const at = frames.findIndex(isOurs);
  const own = frames[at];
  if (!own) return top?.name ? `${top.name} (no frame of ours)` : '(native)';
  const above = frames.slice(at + 1).find((place) => isOurs(place) && place.file !== own.file);
  return `${own.file}: ${own.name || '(anonymous)'}${above ? ` ← ${above.name || above.file}` : ''}`;
};

const layerOf = ({ frames }: Stack): string => {
  const [top] = frames;
  if (!top || WAITING.has(top.name)) return top?.name ?? '';
  const [, library] = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(top.file) ?? [];
  if (library) return library;
  const [, room] = /^(kernel\/[^/]+)/.exec(top.file) ?? [];
  return room ?? (top.file === '' ? `browser: ${top.name}` : 'benchmark');
};

const added = (stacks: readonly Stack[], keyOf: (stack: Stack) => string): [string, number][] => {
  const sums = new Map<string, number>();
  for (const stack of stacks) sums.set(keyOf(stack), (sums.get(keyOf(stack)) ?? 0) + stack.us);
  return [...sums].sort(([, a], [, b]) => b - a);
};

/** Everything that is at least a hundredth of the whole. */
const print = (title: string, sums: readonly [string, number][], per: number): void => {
  const whole = sums.reduce((sum, [, us]) => sum + us, 0);
  console.log(`\n  ${title}`);
  for (const [key, us] of sums) if (us >= whole / 100) console.log(`  ${numberText(us / per).padStart(9)} µs  ${key}`);
};

export const profileRows = async (bench: Bench): Promise<void> => {
  const { rows } = bench.options;
  for (const { title, stock, row, before, task, args, per } of RUNS) {
    if (rows.length > 0 && !rows.includes(row)) continue;
    const profile = await bench.fresh(stock, async (session) => {
      if (before) await session.run(row, before.task, before.args);
      return sampled(session, () => session.run(row, task, args));
    });
    const file = `${CACHE}/${title.replaceAll(/\W+/g, '-')}.cpuprofile`;
    writeFileSync(file, JSON.stringify(profile));
    const stacks = stacksOf(profile, bench.site);
    console.log(`\n${title}: ${numberText((profile.endTime - profile.startTime) / per)} µs with sampling (${file})`);
    print('by what was running', added(stacks, layerOf), per);
    print('by function of ours', added(stacks, stepOf), per);
  }
};

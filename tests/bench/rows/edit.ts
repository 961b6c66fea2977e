// A small edit (eight characters of a 2 KB file), awaited: of files that were just edited, and of files that have not been
// touched since the kernel booted. Raw puts run in between for comparison.
import { ours } from '../measure/stock.ts';
import { latenciesText } from '../drive/text.ts';
import { openOurs } from '../contenders/ours.ts';
import { openRaw } from '../contenders/raw.ts';
import { pathOf, random, sample, stamp } from '../measure/corpus.ts';
import { latency, median, spread, timed, type Latency } from '../measure/numbers.ts';
import { row, type Line } from '../row.ts';
import { SEEDED_STAMP } from './seed.ts';

const BLOCK = 25;
const HOT = 16;

type Edits = { cached: Latency; uncached: Latency; raw: Latency };

const edits = async ({ files, blocks, seed }: { files: number; blocks: number; seed: number }): Promise<Edits> => {
  const kernel = await openOurs();
  const raw = await openRaw();
  const next = random(seed);
  const stamps = new Map<number, number>();
  const untouched = (): number => {
    for (;;) {
      const index = Math.floor(next() * files);
      if (!stamps.has(index)) return index;
    }
  };
  const edit = async (index: number): Promise<number> => {
    const count = stamps.get(index) ?? SEEDED_STAMP;
    stamps.set(index, count + 1);
    const path = pathOf(index);
    return (await timed(() => kernel.change([{ op: 'edit', path, old: stamp(count), new: stamp(count + 1) }]))).ms;
  };
  const hot = Array.from({ length: HOT }, untouched);
  for (let warm = 0; warm < 4; warm++) for (const index of hot) await edit(index);
  const times = { cached: [] as number[], uncached: [] as number[], raw: [] as number[] };
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < BLOCK; i++) times.cached.push(await edit(hot[i % HOT] ?? 0));
    for (let i = 0; i < BLOCK; i++) times.raw.push((await timed(() => raw.write(sample(i)))).ms);
    for (let i = 0; i < BLOCK; i++) times.uncached.push(await edit(untouched()));
  }
  return { cached: latency(times.cached), uncached: latency(times.uncached), raw: latency(times.raw) };
};

export const editRow = row({
  name: 'edit',
  title: 'Small edit of a file',
  tasks: { edits },
  drive: async (bench, ask) => {
    const lines: Line[] = [];
    for (const files of bench.options.sizes) {
      const blocks = Math.min(bench.options.quick ? 8 : 16, Math.floor(files / 2 / BLOCK));
      const done = await bench.rounds((round) =>
        bench.fresh(ours(files), (session) => ask(session, 'edits', { files, blocks, seed: round + 1 })),
      );
      for (const kind of ['cached', 'uncached'] as const) {
        const ratios = done.map((times) => times[kind].p50 / times.raw.p50);
        lines.push({
          what: `small edit, file ${kind === 'cached' ? 'in memory' : 'not in memory'}, ${files.toLocaleString('en')} files`,
          ours: latenciesText(done.map((times) => times[kind])),
          against: `raw put ${latenciesText(done.map(({ raw }) => raw))}`,
          value: median(ratios),
          spread: spread(ratios),
          unit: '×',
          files,
          ...(kind === 'cached' ? { target: { kind: 'guide', direction: 'at most', reach: 2.5, aim: 1.5 } } : {}),
        });
      }
    }
    return lines;
  },
});

// One attributed write of a new 2 KB file, awaited one after another, against one raw put per transaction. In an empty
// workspace and in ones that have grown.
import { ours } from '../measure/stock.ts';
import { paceText } from '../drive/text.ts';
import { openOurs } from '../contenders/ours.ts';
import { openRaw } from '../contenders/raw.ts';
import { samples } from '../measure/corpus.ts';
import { duel, write, type Duel, type Side } from '../measure/duel.ts';
import { median, spread } from '../measure/numbers.ts';
import { row, type Line, type Target } from '../row.ts';

const BLOCK = 256;
const TARGET: Target = { kind: 'promise', direction: 'at least', reach: 0.6, aim: 0.7 };

type Args = { durability: 'relaxed' | 'strict'; pairs: number };

const pairs = async (args: Args): Promise<Duel> => {
  const kernel = await openOurs();
  const raw = await openRaw(args.durability);
  return duel({ ...kernel, size: BLOCK }, { ...raw, size: BLOCK }, args.pairs, (from, count) =>
    samples(from, count, '/workspace/written'),
  );
};

type Alone = { who: 'ours' | 'raw'; writes: number; writers: number; folder: string };
let standing: { who: Alone['who']; side: Omit<Side, 'size'> } | undefined;

/** One side alone, for `--profile`; opened once, so that a second call finds it warm. */
const alone = async ({ who, writes, writers, folder }: Alone): Promise<number> => {
  if (standing?.who !== who) standing = { who, side: who === 'ours' ? await openOurs() : await openRaw() };
  const files = samples(0, writes, folder);
  return (await write({ ...standing.side, size: writes, writers }, files)).ms;
};

export const writeRow = row({
  name: 'write',
  title: 'Awaited attributed write of 2 KB',
  tasks: { pairs, alone },
  drive: async (bench, ask) => {
    const measure = async (files: number, durability: Args['durability']): Promise<Line> => {
      const count = bench.options.quick ? 4 : 8;
      const done = await bench.rounds(() =>
        bench.fresh(ours(files), (session) => ask(session, 'pairs', { durability, pairs: count })),
      );
      const ratios = done.map(({ ratio }) => ratio);
      return {
        what: `awaited write, ${durability === 'strict' ? 'raw side strict' : `${files.toLocaleString('en')} files there`}`,
        ours: paceText(done.map(({ left }) => left)),
        against: `raw IndexedDB ${paceText(done.map(({ right }) => right))}`,
        value: median(ratios),
        spread: spread(ratios),
        unit: '×',
        files,
        ...(durability === 'relaxed'
          ? { target: TARGET }
          : { note: 'our side is relaxed: the kernel has no strict option for a write yet' }),
      };
    };
    const lines: Line[] = [];
    for (const files of [0, ...bench.options.sizes]) lines.push(await measure(files, 'relaxed'));
    lines.push(await measure(0, 'strict'));
    return lines;
  },
});

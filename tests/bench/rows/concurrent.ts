// 32 writers, each awaiting its own writes, against raw puts awaited one after another: what group commit gives.
import { NOTHING } from '../measure/stock.ts';
import { paceText } from '../drive/text.ts';
import { openOurs } from '../contenders/ours.ts';
import { openRaw } from '../contenders/raw.ts';
import { samples } from '../measure/corpus.ts';
import { duel, type Duel } from '../measure/duel.ts';
import { median, spread } from '../measure/numbers.ts';
import { row } from '../row.ts';

const WRITERS = 32;

const pairs = async ({ pairs: count }: { pairs: number }): Promise<Duel> => {
  const kernel = await openOurs();
  const raw = await openRaw();
  return duel({ ...kernel, size: 1024, writers: WRITERS }, { ...raw, size: 512 }, count, (from, files) =>
    samples(from, files, '/workspace/written'),
  );
};

export const concurrentRow = row({
  name: 'concurrent',
  title: '32 writers at once',
  tasks: { pairs },
  drive: async (bench, ask) => {
    const count = bench.options.quick ? 3 : 6;
    const done = await bench.rounds(() => bench.fresh(NOTHING, (session) => ask(session, 'pairs', { pairs: count })));
    const ratios = done.map(({ ratio }) => ratio);
    return [
      {
        what: '32 concurrent writers',
        ours: paceText(done.map(({ left }) => left)),
        against: `raw IndexedDB, awaited ${paceText(done.map(({ right }) => right))}`,
        value: median(ratios),
        spread: spread(ratios),
        unit: '×',
        target: { kind: 'promise', direction: 'at least', reach: 1.5, aim: 3 },
      },
    ];
  },
});

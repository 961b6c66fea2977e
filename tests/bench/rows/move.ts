// Moving a directory of 10,000 files: one entry in the journal, however much lies below it.
import { NOTHING } from '../measure/stock.ts';
import { msText } from '../drive/text.ts';
import { openOurs, value } from '../contenders/ours.ts';
import { pathOf, samples } from '../measure/corpus.ts';
import { median, spread, timed } from '../measure/numbers.ts';
import { row } from '../row.ts';

const FILES = 10_000;
const A = '/workspace/before';
const B = '/workspace/after';

type Times = { move: number; settled: number; read: number };

const moves = async ({ times }: { times: number }): Promise<Times[]> => {
  const kernel = await openOurs();
  await kernel.change(samples(0, FILES, A).map(({ path, text }) => ({ op: 'put', path, content: text, base: null })));
  await kernel.settle();
  const out: Times[] = [];
  for (let i = 0; i < times; i++) {
    const [from, to] = i % 2 === 0 ? [A, B] : [B, A];
    const move = await timed(() => kernel.change([{ op: 'move', from, to }]));
    const read = await timed(() => kernel.sys.read(pathOf(i, to)));
    value(read.value);
    const after = await timed(() => kernel.settle());
    out.push({ move: move.ms, settled: move.ms + after.ms, read: read.ms });
  }
  return out;
};

export const moveRow = row({
  name: 'move',
  title: 'Moving a directory of 10,000 files',
  tasks: { moves },
  drive: async (bench, ask) => {
    const done = (
      await bench.rounds(() => bench.fresh(NOTHING, (session) => ask(session, 'moves', { times: 6 })))
    ).flat();
    const middle = (key: keyof Times): string => msText(median(done.map((times) => times[key])));
    return [
      {
        what: 'move a directory of 10,000 files',
        ours: `${middle('move')} (with projections ${middle('settled')}; then a read below it ${middle('read')})`,
        against: '–',
        value: median(done.map(({ move }) => move)),
        spread: spread(done.map(({ move }) => move)),
        unit: 'ms',
      },
    ];
  },
});

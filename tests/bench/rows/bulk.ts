// Many new files in one change set against the same records in one raw transaction.
import { NOTHING } from '../measure/stock.ts';
import { msText } from '../drive/text.ts';
import { openOurs } from '../contenders/ours.ts';
import { openRaw } from '../contenders/raw.ts';
import { MESSAGE, samples } from '../measure/corpus.ts';
import { median, spread, timed } from '../measure/numbers.ts';
import { row } from '../row.ts';

const SETS = 3;

type Times = { acknowledged: number; settled: number; raw: number };

const sets = async ({ files }: { files: number }): Promise<Times[]> => {
  const kernel = await openOurs();
  const raw = await openRaw();
  const out: Times[] = [];
  for (let set = 0; set <= SETS; set++) {
    const batch = samples(set * files, files, '/workspace/written');
    const records = batch.map(({ path, text }) => ({
      path,
      text,
      actor: 'operator',
      message: MESSAGE,
      at: Date.now(),
    }));
    const changes = batch.map(({ path, text }) => ({ op: 'put' as const, path, content: text, base: null }));
    const acknowledged = await timed(() => kernel.change(changes));
    const after = await timed(() => kernel.settle());
    const plain = await timed(() => raw.putAll(records));
    // The first set warms up.
    if (set > 0) out.push({ acknowledged: acknowledged.ms, settled: acknowledged.ms + after.ms, raw: plain.ms });
  }
  return out;
};

export const bulkRow = row({
  name: 'bulk',
  title: 'Many files in one change set',
  tasks: { sets },
  drive: async (bench, ask) => {
    const files = bench.options.quick ? 2_000 : 10_000;
    const done = (await bench.rounds(() => bench.fresh(NOTHING, (session) => ask(session, 'sets', { files })))).flat();
    const ratios = done.map(({ settled, raw }) => raw / settled);
    const middle = (key: keyof Times): string => msText(median(done.map((times) => times[key])));
    return [
      {
        what: `${files.toLocaleString('en')} new files of 2 KB in one change set`,
        ours: `${middle('settled')} with projections (acknowledged after ${middle('acknowledged')})`,
        against: `raw IndexedDB, one transaction ${middle('raw')}`,
        value: median(ratios),
        spread: spread(ratios),
        unit: '×',
        target: { kind: 'guide', direction: 'at least', reach: 0.3, aim: 0.6 },
      },
    ];
  },
});

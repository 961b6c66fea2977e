// From nothing to an answer: a fresh browser process, empty caches, boot, `list /`, one `read`; against the bare open of
// the same database, which no code of ours can avoid. Loading the code itself is not counted and shown apart.
import type { Bench } from '../drive/bench.ts';
import { ours } from '../measure/stock.ts';
import { msText } from '../drive/text.ts';
import { DATABASE, loadOurs, value } from '../contenders/ours.ts';
import { openBare } from '../contenders/raw.ts';
import { pathOf } from '../measure/corpus.ts';
import { median, spread, timed } from '../measure/numbers.ts';
import { row, type Ask, type Line } from '../row.ts';
import { ENTRIES_A_FILE } from './seed.ts';

type Start = { code: number; boot: number; list: number; read: number };

const tasks = {
  bare: async (): Promise<number> => openBare(DATABASE),
  ours: async ({ index }: { index: number }): Promise<Start> => {
    const { ms: code, value: boot } = await timed(loadOurs);
    const start = performance.now();
    const { sys } = await boot();
    const booted = performance.now() - start;
    const { entries } = value(await sys.list('/'));
    const list = performance.now() - start;
    const { content } = value(await sys.read(pathOf(index)));
    const read = performance.now() - start;
    if (!entries.some(({ path }) => path === '/workspace') || content.length === 0)
      throw new Error('An answer was wrong.');
    return { code, boot: booted, list, read };
  },
  ydoc: async ({ index }: { index: number }): Promise<number> => {
    const { openYdoc } = await import('../contenders/ydoc.ts');
    const start = performance.now();
    const { paths, read } = await openYdoc();
    if (paths().length === 0 || read(pathOf(index)).length === 0) throw new Error('An answer was wrong.');
    return performance.now() - start;
  },
};

/** Twice a round, and not in one order: a single cold start says little. */
const ORDER = ['bare', 'mine', 'mine', 'bare'] as const;

const atSize = async (bench: Bench, ask: Ask<typeof tasks>, files: number, last: boolean): Promise<Line[]> => {
  const done = await bench.rounds(async (round) => {
    const index = ((round + 1) * 7919) % files;
    const times = { bare: [] as number[], mine: [] as Start[], ydoc: [] as number[] };
    for (const side of ORDER) {
      await bench.cold(ours(files), async (session) => {
        if (side === 'bare') times.bare.push(await ask(session, 'bare'));
        else times.mine.push(await ask(session, 'ours', { index }));
      });
    }
    if (last) {
      const took = await bench.cold({ of: 'ydoc', files }, (session) => ask(session, 'ydoc', { index }));
      times.ydoc.push(took);
    }
    return times;
  });
  const mine = (key: keyof Start, rounds = done): number =>
    median(rounds.flatMap((times) => times.mine.map((start) => start[key])));
  const other = (key: 'bare' | 'ydoc', rounds = done): number => median(rounds.flatMap((times) => times[key]));
  const ratio = (key: 'bare' | 'ydoc') => ({
    value: mine('read') / other(key),
    spread: spread(done.map((times) => mine('read', [times]) / other(key, [times]))),
    unit: '×' as const,
    files,
  });
  const times = `${msText(mine('list'))} / ${msText(mine('read'))}`;
  const lines: Line[] = [
    {
      what: `cold list / and read, ${files.toLocaleString('en')} files, ${(files * ENTRIES_A_FILE).toLocaleString('en')} entries`,
      ours: `${times} (boot ${msText(mine('boot'))}; before it, code ${msText(mine('code'))})`,
      against: `bare indexedDB.open ${msText(other('bare'))}`,
      ...ratio('bare'),
      target: { kind: 'promise', direction: 'at most', reach: 1.5, aim: 1.3, files: 100_000 },
    },
  ];
  if (last) {
    lines.push({
      what: `the same against one Y.Doc of ${files.toLocaleString('en')} files`,
      ours: times,
      against: `one Y.Doc, y-indexeddb ${msText(other('ydoc'))}`,
      ...ratio('ydoc'),
      target: { kind: 'guide', direction: 'at most', reach: 0.1, aim: 0.056, files: 100_000 },
    });
  }
  return lines;
};

export const coldRow = row({
  name: 'cold',
  title: 'Cold start to the first answers',
  tasks,
  drive: async (bench, ask) => {
    const lines: Line[] = [];
    for (const files of bench.options.sizes) {
      lines.push(...(await atSize(bench, ask, files, files === bench.options.sizes.at(-1))));
    }
    return lines;
  },
});

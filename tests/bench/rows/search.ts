// Full text: time to an index over every file, from a cold start to the first answer, and one query; against MiniSearch
// with the same documents and the same meaning of a query. Both must find the same number of files.
import type { Bench } from '../drive/bench.ts';
import { NOTHING } from '../measure/stock.ts';
import { latenciesText, msText } from '../drive/text.ts';
import { DATABASE, loadOurs, openOurs, value } from '../contenders/ours.ts';
import { sample, word } from '../measure/corpus.ts';
import { latency, median, spread, timed, type Latency } from '../measure/numbers.ts';
import { row, type Ask, type Line } from '../row.ts';

/** Rare, common and middling words, alone and together. */
const QUERIES = [2000, 40, 500, 9000, 150].flatMap((rank) => [word(rank), `${word(rank)} ${word(rank + 3)}`]);
const FIRST = word(2000);
/** Where a packed index is kept, in any version of the kernel. */
const INDEX = ['post'];

type Found = { each: number[]; totals: number[] };
/** As many of the queries as fit into so many seconds; always the first. */
const askAll = async (seconds: number, search: (query: string) => Promise<number> | number): Promise<Found> => {
  const found: Found = { each: [], totals: [] };
  const start = performance.now();
  for (const query of QUERIES) {
    if (found.each.length > 0 && performance.now() - start > seconds * 1000) break;
    const { ms, value: total } = await timed(() => search(query));
    found.each.push(ms);
    found.totals.push(total);
  }
  return found;
};

/** Empties the stores of the index, so that the next boot has to build it. */
const dropIndex = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE);
    request.onerror = () => reject(request.error ?? new Error('The database could not be opened.'));
    request.onsuccess = () => {
      const db = request.result;
      const stores = INDEX.filter((name) => db.objectStoreNames.contains(name));
      if (stores.length > 0) for (const name of stores) db.transaction(name, 'readwrite').objectStore(name).clear();
      db.close();
      resolve();
    };
  });

const tasks = {
  /** Boot without an index until everything is in it, on disk. */
  index: async ({ total }: { total?: number }): Promise<number> => {
    await dropIndex();
    const { sys, running } = await openOurs();
    const { ms } = await timed(async () => (await running.standing).flush());
    const found = value(await sys.search(FIRST, { limit: 1 })).total;
    if (total !== undefined && found !== total) throw new Error(`The search found ${found} files and not ${total}.`);
    return ms;
  },
  cold: async (): Promise<number> => {
    const boot = await loadOurs();
    return (await timed(async () => value(await (await boot()).sys.search(FIRST, { limit: 10 })))).ms;
  },
  query: async ({ seconds }: { seconds: number }): Promise<Found> => {
    const { sys } = await openOurs();
    return askAll(seconds, async (query) => value(await sys.search(query, { limit: 10 })).total);
  },
  miniIndex: async ({ files }: { files: number }): Promise<number> => {
    const { buildMini } = await import('../contenders/minisearch.ts');
    const documents = Array.from({ length: files }, (_, index) => sample(index));
    return (await timed(() => buildMini(documents))).ms;
  },
  miniCold: async (): Promise<number> => {
    const { loadMini } = await import('../contenders/minisearch.ts');
    return (await timed(async () => (await loadMini()).search(FIRST))).ms;
  },
  miniQuery: async ({ seconds }: { seconds: number }): Promise<Found> => {
    const { loadMini } = await import('../contenders/minisearch.ts');
    const { search } = await loadMini();
    return askAll(seconds, search);
  },
};

/** What one size may take, in seconds: without an index a query reads every file. */
const PATIENCE = { quick: 60, full: 600 };

const atSize = async (
  bench: Bench,
  ask: Ask<typeof tasks>,
  files: number,
): Promise<{ lines: Line[]; query: number }> => {
  const mini = { of: 'minisearch', files } as const;
  const mine = { of: 'fresh', files } as const;
  const size = `${files.toLocaleString('en')} files`;
  const patience = bench.options.quick ? PATIENCE.quick : PATIENCE.full;
  const seconds = patience / 6;
  const done = await bench.rounds(async () => {
    const theirs = await bench.fresh(mini, (session) => ask(session, 'miniQuery', { seconds }));
    return {
      theirs,
      mine: await bench.fresh(mine, (session) => ask(session, 'query', { seconds })),
      miniIndex: await bench.fresh(NOTHING, (session) => ask(session, 'miniIndex', { files })),
      index: await bench.fresh(mine, (session) => ask(session, 'index', { total: theirs.totals[0] ?? 1 })),
      miniCold: await bench.cold(mini, (session) => ask(session, 'miniCold')),
      cold: await bench.cold(mine, (session) => ask(session, 'cold')),
    };
  }, patience);
  const middle = (pick: (one: (typeof done)[number]) => number): number => median(done.map(pick));
  const ratio = (mine: (one: (typeof done)[number]) => number, theirs: typeof mine) => {
    const all = done.map((one) => mine(one) / theirs(one));
    return { value: median(all), spread: spread(all), unit: '×' as const, files };
  };
  const latencies = (pick: (one: (typeof done)[number]) => Found): Latency[] =>
    done.map((one) => latency(pick(one).each));
  const differ = done.some(({ mine: { totals }, theirs }) =>
    totals.some((total, query) => total !== theirs.totals[query]),
  );
  const target = { kind: 'promise', direction: 'at most', files: 100_000 } as const;
  const lines: Line[] = [
    {
      what: `search: an index over every file, on disk, ${size}`,
      ours: msText(middle(({ index }) => index)),
      against: `MiniSearch, index in memory ${msText(middle(({ miniIndex }) => miniIndex))}`,
      ...ratio(
        ({ index }) => index,
        ({ miniIndex }) => miniIndex,
      ),
      target: { ...target, reach: 0.25 },
    },
    {
      what: `search: cold start to the first answer, ${size}`,
      ours: msText(middle(({ cold }) => cold)),
      against: `MiniSearch, stored index ${msText(middle(({ miniCold }) => miniCold))}`,
      ...ratio(
        ({ cold }) => cold,
        ({ miniCold }) => miniCold,
      ),
      target: { ...target, reach: 0.02 },
    },
    {
      what: `search: one query, ${size}, p50 / p95`,
      ours: latenciesText(latencies(({ mine }) => mine)),
      against: `MiniSearch ${latenciesText(latencies(({ theirs }) => theirs))}`,
      ...ratio(
        ({ mine }) => median(mine.each),
        ({ theirs }) => median(theirs.each),
      ),
      note: differ
        ? 'the two found different numbers of files'
        : `both found the same number of files (${done[0]?.mine.totals.join(', ')})`,
    },
  ];
  return { lines, query: middle(({ mine: { each } }) => median(each)) };
};

export const searchRow = row({
  name: 'search',
  title: 'Full text over every file',
  tasks,
  drive: async (bench, ask) => {
    const lines: Line[] = [];
    let before = { files: 1, query: 0 };
    for (const files of bench.options.sizes) {
      const guess = (before.query * files) / before.files;
      if (guess * 3 > (bench.options.quick ? PATIENCE.quick : PATIENCE.full) * 1000) {
        lines.push({
          what: `search, ${files.toLocaleString('en')} files`,
          ours: 'not run',
          against: 'MiniSearch',
          note: `by the size before, one query would take about ${msText(guess)}`,
        });
        continue;
      }
      const { lines: measured, query } = await atSize(bench, ask, files);
      lines.push(...measured);
      before = { files, query };
    }
    return lines;
  },
});

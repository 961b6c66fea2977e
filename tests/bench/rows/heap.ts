// What the kernel's worker holds with the whole tree listed once, after a garbage collection, by the browser's account.
import { ours, type Stock } from '../measure/stock.ts';
import { numberText } from '../drive/text.ts';
import { openOurs, value } from '../contenders/ours.ts';
import { median, spread } from '../measure/numbers.ts';
import { row, type Line } from '../row.ts';

const PAGE = 10_000;
const held: unknown[] = [];
const collect = (): void => (globalThis as { gc?: () => void }).gc?.();

const tasks = {
  nothing: async (): Promise<void> => collect(),
  ours: async ({ files }: { files: number }): Promise<void> => {
    const kernel = await openOurs();
    let listed = 0;
    for (let cursor: string | undefined; ;) {
      const page = value(
        await kernel.sys.list('/workspace', { depth: 64, limit: PAGE, ...(cursor ? { cursor } : {}) }),
      );
      listed += page.entries.filter(({ kind }) => kind === 'file').length;
      cursor = page.cursor;
      if (!cursor) break;
    }
    if (listed < files) throw new Error(`${listed} files were listed; ${files} were seeded.`);
    held.push(kernel);
    collect();
  },
  ydoc: async (): Promise<void> => {
    const { openYdoc } = await import('../contenders/ydoc.ts');
    held.push(await openYdoc());
    collect();
  },
};

export const heapRow = row({
  name: 'heap',
  title: 'Memory with the tree loaded',
  tasks,
  drive: async (bench, ask) => {
    const bytes = (stock: Stock, task: keyof typeof tasks, files: number): Promise<number> =>
      bench.fresh(stock, async (session) => {
        await ask(session, task, { files });
        return (await session.workerBytes()) / 1e6;
      });
    const megabytes = (values: readonly number[]): string => `${numberText(median(values))} MB`;
    const lines: Line[] = [];
    const empty = await bench.rounds(() => bytes(ours(0), 'nothing', 0));
    for (const files of bench.options.sizes) {
      const mine = await bench.rounds(() => bytes(ours(files), 'ours', files));
      const last = files === bench.options.sizes.at(-1);
      const ydoc = last ? await bench.rounds(() => bytes({ of: 'ydoc', files }, 'ydoc', files)) : undefined;
      lines.push({
        what: `heap of the worker, ${files.toLocaleString('en')} files, tree loaded`,
        ours: megabytes(mine),
        against: `an empty worker ${megabytes(empty)}${ydoc ? `; one Y.Doc ${megabytes(ydoc)}` : ''}`,
        value: median(mine),
        spread: spread(mine),
        unit: 'MB',
        files,
        target: { kind: 'promise', direction: 'at most', reach: 20, files: 100_000 },
      });
    }
    return lines;
  },
});

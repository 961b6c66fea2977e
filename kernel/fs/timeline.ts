/**
 * Histories by time: rows of one file, or of all files that had a path, newest first. They lie in the order in which
 * they came here, which is by time too but where devices wrote apart. Read as far as asked for.
 */
import type { Path } from '../protocol/paths.ts';
import { inTime } from './generations.ts';
import type { HistRow } from './hist-store.ts';
import type { Histories } from './history.ts';
import type { TreeNode } from './tree.ts';

/** Rows of one file, newest first. What its author made having seen all before it is newer than all of that. */
export const byTime = async function* (histories: Histories, node: TreeNode): AsyncGenerator<HistRow> {
  let held: HistRow[] = [];
  for await (const rows of histories.newest(node)) {
    for (const row of rows) {
      if (held.length === 0 && !row.seen) {
        yield row;
        continue;
      }
      held.push(row);
      if (row.seen) continue;
      held.sort((a, b) => inTime(b, a));
      const newer = held.indexOf(row) + 1;
      yield* held.slice(0, newer);
      held = held.slice(newer);
    }
  }
  yield* held.sort((a, b) => inTime(b, a));
};

/**
 * All that ever stood at a path, newest first: the holder's rows, and of those before it the rows up to where each left
 * the path (what came after belongs to the path it went to).
 */
export const newestOf = async function* (
  histories: Histories,
  [holder, ...former]: readonly TreeNode[],
  path: Path,
): AsyncGenerator<HistRow> {
  if (!holder) return;
  const rowsOf = async function* (node: TreeNode): AsyncGenerator<HistRow> {
    let had = node === holder;
    for await (const row of byTime(histories, node)) if ((had ||= row.path === path)) yield row;
  };
  if (former.length === 0) return yield* rowsOf(holder);
  const lines = await Promise.all(
    [holder, ...former].map(async (node) => {
      const rows = rowsOf(node);
      return { rows, head: await rows.next() };
    }),
  );
  for (;;) {
    const open = lines.flatMap((line) => (line.head.done ? [] : [{ line, row: line.head.value }]));
    const [first] = open;
    if (!first) return;
    const { line, row } = open.reduce((newest, other) => (inTime(other.row, newest.row) > 0 ? other : newest), first);
    yield row;
    line.head = await line.rows.next();
  }
};

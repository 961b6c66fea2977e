/**
 * The names of everything there is, folded, so that a query does not walk the tree: in blocks, each one text that is
 * looked through as a whole, and made anew when a name in it changed. It may know more than is true: whoever asks looks
 * at the path as it is. In memory only; it is filled by the first look at everything.
 */
import type { NodeId } from '../protocol/entry.ts';
import { eachTerm, fold, meets, type Wanted } from './tokens.ts';

const BLOCK = 1024;

type Block = {
  ids: (NodeId | undefined)[];
  /** No folded name has a line break: a path has no control characters. */
  names: string[];
  /** All names, one a line, and where each begins. Undefined while it is to be made. */
  whole?: { text: string; starts: Uint32Array } | undefined;
};

export type Names = {
  has: (id: NodeId) => boolean;
  put: (id: NodeId, name: string) => void;
  drop: (id: NodeId) => void;
  /** Everything whose own name meets at least one of the wanted terms. */
  find: (wanted: readonly Wanted[]) => Generator<NodeId>;
};

const wholeOf = (block: Block): { text: string; starts: Uint32Array } => {
  if (block.whole) return block.whole;
  const starts = new Uint32Array(block.names.length);
  let at = 0;
  block.names.forEach((name, i) => {
    starts[i] = at;
    at += name.length + 1;
  });
  return (block.whole = { text: block.names.join('\n'), starts });
};

/** The line a place is in. */
const lineAt = (starts: Uint32Array, place: number): number => {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
};

const meetsAny = (name: string, wanted: readonly Wanted[]): boolean => {
  let met = false;
  eachTerm(name, (term) => (met ||= wanted.some((one) => meets(term, one))));
  return met;
};

export const createNames = (): Names => {
  const blocks: Block[] = [];
  const rows = new Map<NodeId, number>();
  const free: number[] = [];

  const blockOf = (row: number): Block => (blocks[Math.floor(row / BLOCK)] ??= { ids: [], names: [] });

  const set = (row: number, id: NodeId | undefined, name: string): void => {
    const block = blockOf(row);
    block.ids[row % BLOCK] = id;
    block.names[row % BLOCK] = name;
    block.whole = undefined;
  };

  return {
    has: (id) => rows.has(id),
    put: (id, name) => {
      const folded = fold(name);
      const row = rows.get(id) ?? free.pop() ?? rows.size + free.length;
      if (rows.get(id) === row && blockOf(row).names[row % BLOCK] === folded) return;
      rows.set(id, row);
      set(row, id, folded);
    },
    drop: (id) => {
      const row = rows.get(id);
      if (row === undefined) return;
      rows.delete(id);
      free.push(row);
      set(row, undefined, '');
    },
    *find(wanted) {
      for (const block of blocks) {
        const { text, starts } = wholeOf(block);
        const seen = new Set<number>();
        for (const { term } of wanted) {
          for (let at = text.indexOf(term); at >= 0;) {
            const line = lineAt(starts, at);
            const id = block.ids[line];
            if (id !== undefined && !seen.has(line) && meetsAny(block.names[line] ?? '', wanted)) yield id;
            seen.add(line);
            // One place in a name is enough: on to the next name.
            const next = (starts[line] ?? 0) + (block.names[line]?.length ?? 0) + 1;
            at = text.indexOf(term, next);
          }
        }
      }
    },
  };
};

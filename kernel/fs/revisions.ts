/**
 * What a text was at each of its revisions: the projection `revs`. Going back through the journal means replaying every
 * edit; a page here holds the text every 64 revisions and what each revision between changed, so any of them is one
 * read. Made on the first look at a file's past, continued when there is more of it, up to the first revision whose
 * author had not seen all before it: what he saw is not what stood here.
 *
 *   revs  key = [node id, page] → { v, steps }: one step a revision. The whole text; or what it changed, as
 *         [at, remove, insert, …] in positions before it; or null where this is not kept (bytes, very long texts).
 *         key = [node id, -1]   → { v, count, state, ends }: how far the pages reach, and the document there, to go on
 *         from; `ends` where no more can follow
 *
 * A cache, never believed: a text is given out only when it has the size and hash that its revision recorded. Whatever
 * is wrong here, the answer is `undefined` and the journal knows.
 */
import * as Y from 'yjs';
import { hashHex, toUtf8 } from '../protocol/bytes.ts';
import { revisionOf, type NodeId } from '../protocol/entry.ts';
import type { Log } from '../protocol/log.ts';
import { request, transact, transactFenced } from '../store/transact.ts';
import type { Database } from '../store/schema.ts';
import { applyOps, type DiffOp } from './diff.ts';
import { changesContent, startsContent } from './generations.ts';
import { HIST_PAGE, pageOf, type HistRow } from './hist-store.ts';
import type { Histories } from './history.ts';
import { appliedOps, buildDoc, textOf } from './texts.ts';
import type { TreeNode } from './tree.ts';

/** Raise it when the meaning of a row changes: rows of another version are made again. */
export const REVS_VERSION = 1;
/** Longer texts are not kept here: 64 revisions of them would be cheaper to replay than to store. */
export const MAX_KEPT_BYTES = 128 * 1024;
/** A file with fewer revisions is read from the journal at once. */
export const FEW_REVISIONS = 3;
const TAIL = -1;

type Flat = (number | string)[];
type Step = string | Flat | null;
type PageRow = { v: number; steps: Step[] };
type TailRow = { v: number; count: number; state?: Uint8Array; ends?: boolean };

export type Revisions = {
  /** The text that `row` recorded, or undefined when only the journal can say. */
  textAt: (node: TreeNode, row: HistRow) => Promise<string | undefined>;
};

const emptyPage = (): PageRow => ({ v: REVS_VERSION, steps: [] });
const flat = (ops: readonly DiffOp[]): Flat => ops.flatMap(({ at, remove, insert }) => [at, remove, insert]);
const unflat = (step: Flat): DiffOp[] =>
  Array.from({ length: step.length / 3 }, (_, i) => ({
    at: Number(step[3 * i]),
    remove: Number(step[3 * i + 1]),
    insert: String(step[3 * i + 2]),
  }));

const isThis = (row: HistRow, text: string): boolean => {
  const bytes = toUtf8(text);
  return bytes.length === row.size && hashHex(bytes) === row.hash;
};

/** The text after a page's step: from the whole text before it, forward. Damaged rows give anything, or throw. */
const follow = (steps: readonly Step[], offset: number): string | undefined => {
  let start = offset;
  while (start >= 0 && typeof steps[start] !== 'string') if (steps[start--] === null) return undefined;
  let text = steps[start];
  for (let i = start + 1; i <= offset && typeof text === 'string'; i++) text = applyOps(text, unflat(steps[i] as Flat));
  return typeof text === 'string' ? text : undefined;
};

const textIn = (page: PageRow | undefined, row: HistRow): string | undefined => {
  try {
    if (page?.v !== REVS_VERSION) return undefined;
    const text = follow(page.steps, row.index % HIST_PAGE);
    return text !== undefined && isThis(row, text) ? text : undefined;
  } catch {
    return undefined;
  }
};

export const createRevisions = (db: Database, epoch: number, log: Log, histories: Histories): Revisions => {
  /** Files whose pages are being made: everybody who asks meanwhile waits for the same ones. */
  const making = new Map<NodeId, Promise<Map<number, PageRow>>>();

  const get = <T>(key: [NodeId, number]): Promise<T | undefined> =>
    transact(db, ['revs'], 'readonly', ({ revs }) => request(revs.get(key) as IDBRequest<T | undefined>));

  /** Pages of every revision from `tail` on, as the journal has them; nothing when they do not end as recorded. */
  const build = async (node: TreeNode, tail: TailRow | undefined): Promise<Map<number, PageRow> | undefined> => {
    const from = tail?.count ?? 0;
    const all = await histories.since(node, from);
    const merged = all.findIndex((row) => row.seen !== undefined);
    const rows = merged < 0 ? all : all.slice(0, merged);
    await log.settled();
    const wanted = rows.filter((row) => row.as === 'text' && changesContent(row)).map((row) => row.id);
    const entries = new Map((await log.entries(wanted)).map(({ entry }) => [revisionOf(entry), entry]));
    let doc = tail?.state && buildDoc([tail.state]);
    let text = doc && textOf(doc);
    const pages = new Map<number, PageRow>();
    if (from % HIST_PAGE > 0) {
      const page = pageOf(from);
      const stored = await get<PageRow>([node.id, page]);
      if (stored?.v !== REVS_VERSION || stored.steps.length !== from % HIST_PAGE) return undefined;
      pages.set(page, stored);
    }
    for (const row of rows) {
      const page = pageOf(row.index);
      const { steps } = pages.get(page) ?? emptyPage();
      pages.set(page, { v: REVS_VERSION, steps });
      let ops: DiffOp[] | undefined = [];
      const before = text;
      if (row.as !== 'text') doc = text = undefined;
      else if (changesContent(row)) {
        const entry = entries.get(row.id);
        if (entry?.node !== node.id) return undefined;
        if (startsContent(row) || !doc) {
          doc = buildDoc([entry.payload]);
          ops = undefined;
        } else ops = appliedOps(doc, entry.payload);
        text = textOf(doc);
        // What an update did, told as operations, is taken only when it does the same.
        if (ops && before !== undefined && applyOps(before, ops) !== text) ops = undefined;
      }
      const kept = text !== undefined && row.size <= MAX_KEPT_BYTES;
      const last = steps.at(-1);
      const change = ops && last !== undefined && last !== null ? flat(ops) : text;
      steps.push(kept ? (change ?? null) : null);
      const ends = steps.length === HIST_PAGE || row === rows.at(-1);
      if (kept && ends && textIn({ v: REVS_VERSION, steps }, row) === undefined) return undefined;
    }
    const count = from + rows.length;
    const end = merged < 0 ? (doc ? { state: Y.encodeStateAsUpdate(doc) } : {}) : { ends: true };
    const next: TailRow = { v: REVS_VERSION, count, ...end };
    // Room or not, taken over or not: the answer is in memory, and the next look makes the pages again.
    await transactFenced(db, epoch, ['revs'], async ({ revs }) => {
      for (const [page, row] of pages) await request(revs.put(row, [node.id, page]));
      await request(revs.put(next, [node.id, TAIL]));
    }).catch(() => undefined);
    return pages;
  };

  const make = async (node: TreeNode, row: HistRow): Promise<Map<number, PageRow>> => {
    const tail = await get<TailRow>([node.id, TAIL]);
    // Within reach and yet not answered: what is stored is damaged, and is made from the start.
    if (tail?.v === REVS_VERSION && tail.count <= row.index) {
      if (tail.ends) return new Map();
      const more = await build(node, tail).catch(() => undefined);
      if (more) return more;
    }
    return (await build(node, undefined)) ?? new Map<number, PageRow>();
  };

  return {
    textAt: async (node, row) => {
      if (row.as !== 'text' || row.seen || row.size > MAX_KEPT_BYTES || node.count < FEW_REVISIONS) return undefined;
      const page = pageOf(row.index);
      const stored = textIn(await get<PageRow>([node.id, page]), row);
      if (stored !== undefined) return stored;
      const pages = making.get(node.id) ?? make(node, row).finally(() => making.delete(node.id));
      making.set(node.id, pages);
      return textIn((await pages).get(page), row);
    },
  };
};

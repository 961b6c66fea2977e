/**
 * The rows of `hist`: histories of files on disk, 64 revisions to a page, packed into bytes.
 *
 *   hist  key = [node id, page] → version u8 · texts · index of the first row · rows, oldest first
 *         a row names its texts (device, path, operation, actor, …) by their place among the page's texts, which begin
 *         with the empty one; times and sequence numbers are told as differences to the row before
 *
 * A node with one revision has no row here: `history.ts` makes it from the journal. A page that cannot be read counts as
 * missing. Nothing here knows when rows are due or what they mean.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { fromHex, toHex } from '../protocol/bytes.ts';
import type { ContentKind, NodeId } from '../protocol/entry.ts';
import type { Revision } from '../protocol/files.ts';
import type { Database } from '../store/schema.ts';
import { request, transact, type Stores } from '../store/transact.ts';

export const HIST_PAGE = 64;
const PAGE_VERSION = 1;

/** `as` is how the content was kept at that revision; folders have none. */
export type HistRow = Revision & {
  node: NodeId;
  index: number;
  as?: ContentKind;
  /** With `at` and the device, the place in the total order. */
  tick: number;
  /** The folder it was in then: kept for folders, so that the paths of what was in them can be told. */
  parent?: NodeId;
  /**
   * Only where its author had not seen every row before it: the newest seq seen of each other device (the first 12
   * characters of its id) that has acted on this file. Of its own device it has seen every earlier seq.
   */
  seen?: Record<string, number>;
};

export const pageOf = (index: number): number => Math.floor(index / HIST_PAGE);
export const splitId = (id: string): { device: string; seq: number } => {
  const dot = id.indexOf('.');
  return { device: id.slice(0, dot), seq: Number(id.slice(dot + 1)) };
};

/** How the hash of a row is told. */
const [NO_HASH, SAME_HASH, NEW_HASH] = [0, 1, 2];

/** The texts that every row names, in this order. */
const textsOf = (row: HistRow): string[] => {
  const { path, op, actor, message, run = '', cause = '', as = '', parent = '' } = row;
  return [splitId(row.id).device, path, op, actor, message, run, cause, as, parent];
};

/** Rows of one page, ascending by index without a gap, as bytes. */
export const encodePage = (rows: readonly HistRow[]): Uint8Array => {
  const places = new Map([['', 0]]);
  for (const row of rows) {
    for (const text of [...textsOf(row), ...Object.keys(row.seen ?? {})])
      if (!places.has(text)) places.set(text, places.size);
  }
  const page = encoding.createEncoder();
  encoding.writeUint8(page, PAGE_VERSION);
  encoding.writeVarUint(page, places.size - 1);
  for (const [text, place] of places) if (place > 0) encoding.writeVarString(page, text);
  encoding.writeVarUint(page, rows[0]?.index ?? 0);
  encoding.writeVarUint(page, rows.length);
  let [at, seq, hash] = [0, 0, ''];
  for (const row of rows) {
    const id = splitId(row.id);
    const time = Date.parse(row.at);
    for (const text of textsOf(row)) encoding.writeVarUint(page, places.get(text) ?? 0);
    encoding.writeVarInt(page, id.seq - seq);
    encoding.writeVarInt(page, time - at);
    encoding.writeVarUint(page, row.tick);
    encoding.writeVarUint(page, row.size);
    const told = row.hash === '' ? NO_HASH : row.hash === hash ? SAME_HASH : NEW_HASH;
    encoding.writeUint8(page, told);
    if (told === NEW_HASH) encoding.writeUint8Array(page, fromHex(row.hash));
    const seen = row.seen && Object.entries(row.seen);
    encoding.writeVarUint(page, seen ? seen.length + 1 : 0);
    for (const [device, newest] of seen ?? []) {
      encoding.writeVarUint(page, places.get(device) ?? 0);
      encoding.writeVarUint(page, newest);
    }
    [at, seq, hash] = [time, id.seq, row.hash];
  }
  return encoding.toUint8Array(page);
};

const readPage = (node: NodeId, bytes: Uint8Array): HistRow[] => {
  const page = decoding.createDecoder(bytes);
  if (decoding.readUint8(page) !== PAGE_VERSION) return [];
  const texts = [''];
  for (let left = decoding.readVarUint(page); left > 0; left--) texts.push(decoding.readVarString(page));
  const readText = (): string => {
    const text = texts[decoding.readVarUint(page)];
    if (text === undefined) throw new Error('a text that is not on the page');
    return text;
  };
  const first = decoding.readVarUint(page);
  const count = decoding.readVarUint(page);
  const rows: HistRow[] = [];
  let [at, seq, hash] = [0, 0, ''];
  for (let index = first; index < first + count; index++) {
    const [device, path, op, actor, message] = [readText(), readText(), readText(), readText(), readText()];
    const [run, cause, as, parent] = [readText(), readText(), readText(), readText()];
    seq += decoding.readVarInt(page);
    at += decoding.readVarInt(page);
    const tick = decoding.readVarUint(page);
    const size = decoding.readVarUint(page);
    const told = decoding.readUint8(page);
    if (told === NEW_HASH) hash = toHex(decoding.readUint8Array(page, 32).slice());
    else if (told === NO_HASH) hash = '';
    const seen: Record<string, number> = {};
    const others = decoding.readVarUint(page);
    for (let left = others - 1; left > 0; left--) {
      const other = readText();
      seen[other] = decoding.readVarUint(page);
    }
    rows.push({
      node,
      index,
      id: `${device}.${seq}`,
      path,
      op: op as HistRow['op'],
      actor: actor as HistRow['actor'],
      at: new Date(at).toISOString(),
      tick,
      message,
      size,
      hash,
      ...(as ? { as: as as ContentKind } : {}),
      ...(run ? { run } : {}),
      ...(cause ? { cause } : {}),
      ...(parent ? { parent } : {}),
      ...(others > 0 ? { seen } : {}),
    });
  }
  // The library reads on past the end of a view; where it stopped tells.
  return page.pos === bytes.length ? rows : [];
};

/** The rows of a page, oldest first; none when it is not one. */
export const decodePage = (node: NodeId, bytes: unknown): HistRow[] => {
  try {
    return bytes instanceof Uint8Array ? readPage(node, bytes) : [];
  } catch {
    return [];
  }
};

/** Add rows to their pages, inside a transaction that writes `hist`. What a page has from the first new row on is replaced. */
export const writeHistories = async ({ hist }: Pick<Stores, 'hist'>, rows: readonly HistRow[]): Promise<void> => {
  const pages = new Map<string, { key: [NodeId, number]; fresh: HistRow[] }>();
  for (const row of rows) {
    const key: [NodeId, number] = [row.node, pageOf(row.index)];
    const slot = pages.get(key.join('/')) ?? { key, fresh: [] };
    slot.fresh.push(row);
    pages.set(key.join('/'), slot);
  }
  await Promise.all(
    [...pages.values()].map(async ({ key, fresh }) => {
      fresh.sort((a, b) => a.index - b.index);
      const first = fresh[0]?.index ?? 0;
      // What should be there and is not leaves a page that begins too late: whoever reads it finds that out.
      const stored = first % HIST_PAGE === 0 ? [] : decodePage(key[0], await request(hist.get(key)));
      const before = stored.filter((row) => row.index < first);
      const joined = before.at(-1)?.index === first - 1 ? [...before, ...fresh] : fresh;
      await request(hist.put(encodePage(joined), key));
    }),
  );
};

/** Pages `first` to `last` of one file's history, as far as they are on disk. */
export const readHistory = async (db: Database, node: NodeId, first: number, last: number): Promise<HistRow[][]> => {
  const pages = await transact(
    db,
    ['hist'],
    'readonly',
    ({ hist }) => request(hist.getAll(db.keyRange.bound([node, first], [node, last]))) as Promise<unknown[]>,
  );
  return pages.map((bytes) => decodePage(node, bytes));
};

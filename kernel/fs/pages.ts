/**
 * How the tree lies on disk: one folder in one or more pages, each a byte string of the nodes whose parent the folder
 * is; a folder of many is split by id, so that a change rewrites a page and not the folder. Packed bytes, because a row
 * of objects is cloned field by field. Encoding only; who writes them when is `projection.ts`.
 *
 *   page    = version u8 · pages varuint · folder 16 · strings · nodes · former names (first page alone)
 *   moves   = version u8 · moves of folders in order, 512 a page
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { fromHex, toHex } from '../protocol/bytes.ts';
import { EXISTS, FOLDER, LOADED, NONE, SHOWN, type NodeTable, type Row, type Stamp } from './node-table.ts';
import type { Presence } from './presence.ts';
import type { Tree } from './tree.ts';
import type { Lost, Registers } from './tree-state.ts';

export const PAGE_VERSION = 1;
/** Nodes a page holds before a folder gets twice as many pages. */
export const PAGE_NODES = 256;
export const MOVES_PAGE = 512;

type Side = { attrs?: Record<string, string>; presence?: Presence; registers?: Registers; lost?: Lost };

/** Strings of a page once each, by number. */
const interned = () => {
  const list: string[] = [];
  const numbers = new Map<string, number>();
  return {
    list,
    of: (text: string): number => {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, list.length);
      return list.push(text) - 1;
    },
  };
};

/** Which of a folder's pages a node lies in. */
export const pageOf = (table: NodeTable, row: Row, pages: number): number =>
  ((table.ids[row * 16] ?? 0) | ((table.ids[row * 16 + 1] ?? 0) << 8)) & (pages - 1);

export const encodePage = (
  tree: Tree,
  folder: Row,
  page: number,
  pages: number,
  members: readonly Row[],
): Uint8Array => {
  const { table } = tree;
  const strings = interned();
  const nodes = encoding.createEncoder();
  encoding.writeVarUint(nodes, members.length);
  for (const row of members) {
    const side: Side = {};
    const attrs = table.attrs.get(row);
    const presence = tree.presence.get(row);
    const registers = tree.registers.get(row);
    const lost = tree.lost.get(row);
    if (attrs) side.attrs = attrs;
    if (presence) side.presence = presence;
    if (registers) side.registers = registers;
    if (lost) side.lost = lost;
    encoding.writeUint8Array(nodes, table.ids.subarray(row * 16, row * 16 + 16));
    encoding.writeUint8(nodes, table.flags[row] ?? 0);
    encoding.writeUint8(nodes, (table.kinds[row] ?? 0) | (Object.keys(side).length > 0 ? 128 : 0));
    encoding.writeVarString(nodes, table.names[row] ?? '');
    if ((table.kinds[row] ?? 0) > 0) {
      encoding.writeVarUint(nodes, table.sizes[row] ?? 0);
      encoding.writeUint8Array(nodes, table.hashes.subarray(row * 32, row * 32 + 32));
    }
    encoding.writeVarUint(nodes, Math.max(0, table.at[row] ?? 0));
    encoding.writeVarUint(nodes, table.ticks[row] ?? 0);
    encoding.writeVarUint(nodes, strings.of(table.devices.list[table.device[row] ?? 0] ?? ''));
    encoding.writeVarUint(nodes, table.seqs[row] ?? 0);
    encoding.writeVarUint(nodes, strings.of(table.actors.list[table.actor[row] ?? 0] ?? ''));
    encoding.writeVarUint(nodes, table.revisions[row] ?? 0);
    encoding.writeVarUint(nodes, table.placed[row] ?? 0);
    if (Object.keys(side).length > 0) encoding.writeVarString(nodes, JSON.stringify(side));
  }
  return encoding.encode((out) => {
    encoding.writeUint8(out, PAGE_VERSION);
    encoding.writeVarUint(out, pages);
    encoding.writeUint8Array(out, table.ids.subarray(folder * 16, folder * 16 + 16));
    encoding.writeVarUint(out, strings.list.length);
    for (const text of strings.list) encoding.writeVarString(out, text);
    encoding.writeUint8Array(out, encoding.toUint8Array(nodes));
    const past = page === 0 ? [...(tree.folders.get(folder)?.past ?? [])] : [];
    encoding.writeVarUint(out, past.length);
    for (const [name, ids] of past) {
      encoding.writeVarString(out, name);
      encoding.writeVarUint(out, ids.length);
      for (const id of ids) encoding.writeUint8Array(out, fromHex(id));
    }
  });
};

/** Put a page's nodes into the tree; how many pages its folder has. Nodes that are in the table already stay as they are. */
export const decodePage = (tree: Tree, bytes: Uint8Array): { folder: Row; pages: number } => {
  const { table } = tree;
  const input = decoding.createDecoder(bytes);
  const version = decoding.readUint8(input);
  if (version !== PAGE_VERSION) throw new Error(`tree page version ${version}`);
  const pages = decoding.readVarUint(input);
  const folder = table.row(toHex(decoding.readUint8Array(input, 16)));
  const strings = Array.from({ length: decoding.readVarUint(input) }, () => decoding.readVarString(input));
  const devices = strings.map((text) => (text.length === 32 ? table.devices.of(text) : 0));
  const actors = strings.map((text) => (text.includes(':') || text.length < 32 ? table.actors.of(text) : 0));
  const into = tree.folders.of(folder);
  const count = decoding.readVarUint(input);
  for (let i = 0; i < count; i++) {
    const row = table.row(toHex(decoding.readUint8Array(input, 16)));
    const loaded = table.has(row, LOADED);
    const flags = decoding.readUint8(input);
    const kind = decoding.readUint8(input);
    table.names[row] = decoding.readVarString(input);
    table.flags[row] = (flags & ~(SHOWN | LOADED)) | (loaded ? LOADED : 0);
    table.kinds[row] = kind & 127;
    if ((kind & 127) > 0) {
      table.sizes[row] = decoding.readVarUint(input);
      table.hashes.set(decoding.readUint8Array(input, 32), row * 32);
    }
    table.parents[row] = folder;
    table.at[row] = decoding.readVarUint(input);
    table.ticks[row] = decoding.readVarUint(input);
    table.device[row] = devices[decoding.readVarUint(input)] ?? 0;
    table.seqs[row] = decoding.readVarUint(input);
    table.actor[row] = actors[decoding.readVarUint(input)] ?? 0;
    table.revisions[row] = decoding.readVarUint(input);
    table.placed[row] = decoding.readVarUint(input);
    if ((kind & 128) > 0) {
      const side = JSON.parse(decoding.readVarString(input)) as Side;
      if (side.attrs) table.attrs.set(row, side.attrs);
      if (side.presence) tree.presence.set(row, side.presence);
      if (side.registers) tree.registers.set(row, side.registers);
      if (side.lost) tree.lost.set(row, side.lost);
    }
    if ((flags & SHOWN) === 0) continue;
    table.flags[row] = (table.flags[row] ?? 0) | SHOWN;
    table.shown[folder] = (table.shown[folder] ?? 0) + 1;
    tree.folders.show(row);
  }
  const names = decoding.readVarUint(input);
  for (let i = 0; i < names; i++) {
    const name = decoding.readVarString(input);
    const ids = Array.from({ length: decoding.readVarUint(input) }, () => toHex(decoding.readUint8Array(input, 16)));
    into.past.set(name, ids);
  }
  if (decoding.hasContent(input)) throw new Error('a tree page of the wrong length');
  return { folder, pages };
};

const writeStamp = (out: encoding.Encoder, { at, tick, device }: Stamp): void => {
  encoding.writeVarUint(out, at);
  encoding.writeVarUint(out, tick);
  encoding.writeUint8Array(out, fromHex(device));
};
const readStamp = (input: decoding.Decoder): Stamp => ({
  at: decoding.readVarUint(input),
  tick: decoding.readVarUint(input),
  device: toHex(decoding.readUint8Array(input, 16)),
});

/** Moves `page * MOVES_PAGE` and on. */
export const encodeMoves = (tree: Tree, page: number): Uint8Array =>
  encoding.encode((out) => {
    const moves = tree.moves.log.slice(page * MOVES_PAGE, (page + 1) * MOVES_PAGE);
    encoding.writeUint8(out, PAGE_VERSION);
    encoding.writeVarUint(out, moves.length);
    for (const { stamp, row, to, from } of moves) {
      writeStamp(out, stamp);
      for (const one of [row, to]) encoding.writeUint8Array(out, fromHex(tree.table.id(one)));
      encoding.writeUint8(out, from === NONE ? 0 : 1);
      if (from !== NONE) encoding.writeUint8Array(out, fromHex(tree.table.id(from)));
    }
  });

export const decodeMoves = (tree: Tree, bytes: Uint8Array): void => {
  const { table, moves } = tree;
  const input = decoding.createDecoder(bytes);
  if (decoding.readUint8(input) !== PAGE_VERSION) throw new Error('moves of another version');
  const row = (): Row => table.row(toHex(decoding.readUint8Array(input, 16)));
  const count = decoding.readVarUint(input);
  for (let i = 0; i < count; i++) {
    const stamp = readStamp(input);
    const move = { stamp, row: row(), to: row(), from: decoding.readUint8(input) === 0 ? NONE : row() };
    moves.log.push(move);
    if (move.from === NONE) moves.skipped.set(move.row, stamp);
    else moves.skipped.delete(move.row);
  }
};

/** The table knows the folder and nothing of what is in it. */
export const isUnread = (table: NodeTable, row: Row): boolean =>
  table.has(row, EXISTS) && table.has(row, FOLDER) && !table.has(row, LOADED);

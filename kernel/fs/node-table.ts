/**
 * Every node of the tree as a row of columns: 100,000 files as objects with maps took 68 MB of heap, as columns 14 MB.
 * A row is never given back. `TreeNode` is a view of one row: it reads what stands there now, so two views of one node
 * are equal by `id`, not by identity. It knows rows and ids, not what an entry means.
 */
import type { Actor } from '../protocol/actor.ts';
import { fromHex, toHex } from '../protocol/bytes.ts';
import type { ContentKind, DeviceId, NodeId, RevisionId } from '../protocol/entry.ts';
import type { Attrs } from '../protocol/files.ts';

/** A row's number. */
export type Row = number;
export const NONE: Row = -1;

const KINDS: readonly (ContentKind | undefined)[] = [undefined, 'text', 'blob', 'record'];
const NO_ATTRS: Attrs = Object.freeze({});
const NO_HASH = new Uint8Array(32);

export const FOLDER = 1;
/** Removed, and nobody did anything with it that the remover had not seen. */
export const DEAD = 2;
/** It stands in its folder under some name. */
export const SHOWN = 4;
/** Its content was changed by somebody who had not seen all of it. */
export const MIXED = 8;
/** A folder whose children are in the table. */
export const LOADED = 16;
/** Rows are never given back: one whose first entry was taken back is there and is nothing. */
export const EXISTS = 32;

/** A place in the total order of entries. */
export type Stamp = { at: number; tick: number; device: DeviceId };

export const compareStamps = (a: Stamp, b: Stamp): number =>
  a.at - b.at || a.tick - b.tick || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0);

/** Strings that come up again and again, by number. */
class Names {
  readonly list: string[] = [];
  private readonly numbers = new Map<string, number>();
  of(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.list.length);
    return this.list.push(name) - 1;
  }
}

const grown = <T extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array>(
  old: T,
  length: number,
): T => {
  const next = new (old.constructor as new (length: number) => T)(length);
  next.set(old as never);
  return next;
};

const COLUMNS = [
  'parents',
  'flags',
  'kinds',
  'sizes',
  'at',
  'ticks',
  'device',
  'seqs',
  'actor',
  'revisions',
  'placed',
  'shown',
] as const;

export class NodeTable {
  count = 0;
  readonly actors = new Names();
  readonly devices = new Names();
  readonly names: string[] = [];
  readonly attrs = new Map<Row, Attrs>();
  ids = new Uint8Array(16);
  hashes = new Uint8Array(32);
  parents = new Int32Array(1);
  flags = new Uint8Array(1);
  kinds = new Uint8Array(1);
  sizes = new Float64Array(1);
  /** The newest revision: when, by which device and its entry, by whom. */
  at = new Float64Array(1);
  ticks = new Uint16Array(1);
  device = new Uint16Array(1);
  seqs = new Uint32Array(1);
  actor = new Uint16Array(1);
  revisions = new Uint32Array(1);
  /** Since when it has the place it has, in seconds since 1970: of two that want one name, the earlier keeps it. */
  placed = new Uint32Array(1);
  /** How many of its children are shown. */
  shown = new Uint32Array(1);
  /** Open addressing by the first bytes of the id, which are random. Row + 1; 0 is free. */
  private index = new Int32Array(16);

  private slot(id: Uint8Array): number {
    const mask = this.index.length - 1;
    const at = ((id[0] ?? 0) | ((id[1] ?? 0) << 8) | ((id[2] ?? 0) << 16) | ((id[3] ?? 0) << 24)) & mask;
    for (let slot = at; ; slot = (slot + 1) & mask) {
      const row = (this.index[slot] ?? 0) - 1;
      if (row < 0 || this.sameId(row, id)) return slot;
    }
  }

  private sameId(row: Row, id: Uint8Array): boolean {
    const from = row * 16;
    for (let i = 0; i < 16; i++) if (this.ids[from + i] !== id[i]) return false;
    return true;
  }

  find(id: NodeId): Row {
    return id.length === 32 ? (this.index[this.slot(fromHex(id))] ?? 0) - 1 : NONE;
  }

  /** Room for as many rows; by itself it grows an eighth at a time, so that little of it stands empty. */
  reserve(length = Math.ceil(this.flags.length * 1.125) + 15): void {
    if (length <= this.flags.length) return;
    for (const column of COLUMNS) (this[column] as Uint8Array) = grown(this[column] as Uint8Array, length);
    this.ids = grown(this.ids, length * 16);
    this.hashes = grown(this.hashes, length * 32);
  }

  private reindex(): void {
    if (this.count * 2 < this.index.length) return;
    this.index = new Int32Array(this.index.length * 2);
    for (let row = 0; row < this.count; row++) this.index[this.slot(this.idBytes(row))] = row + 1;
  }

  private idBytes(row: Row): Uint8Array {
    return this.ids.subarray(row * 16, row * 16 + 16);
  }

  /** The row of an id; a new one, empty, when there was none. */
  row(id: NodeId): Row {
    const bytes = fromHex(id);
    const slot = this.slot(bytes);
    const there = (this.index[slot] ?? 0) - 1;
    if (there >= 0) return there;
    if (this.count === this.flags.length) this.reserve();
    const row = this.count++;
    this.ids.set(bytes, row * 16);
    this.names[row] = '';
    this.index[slot] = row + 1;
    this.reindex();
    return row;
  }

  id(row: Row): NodeId {
    return toHex(this.ids.subarray(row * 16, row * 16 + 16));
  }
  has(row: Row, flag: number): boolean {
    return ((this.flags[row] ?? 0) & flag) !== 0;
  }
  mark(row: Row, flag: number, on: boolean): void {
    this.flags[row] = on ? (this.flags[row] ?? 0) | flag : (this.flags[row] ?? 0) & ~flag;
  }
  stamp(row: Row): Stamp {
    return {
      at: this.at[row] ?? 0,
      tick: this.ticks[row] ?? 0,
      device: this.devices.list[this.device[row] ?? 0] ?? '',
    };
  }

  /** Everything one row holds, to be put back. */
  save(row: Row): () => void {
    const values = COLUMNS.map((column) => this[column][row] ?? 0);
    const hash = this.hashes.slice(row * 32, row * 32 + 32);
    const name = this.names[row] ?? '';
    const attrs = this.attrs.get(row);
    return () => {
      COLUMNS.forEach((column, i) => (this[column][row] = values[i] ?? 0));
      this.hashes.set(hash, row * 32);
      this.names[row] = name;
      if (attrs) this.attrs.set(row, attrs);
      else this.attrs.delete(row);
    };
  }
}

/** One node, as it stands now. */
export class TreeNode {
  private readonly table: NodeTable;
  readonly row: Row;
  constructor(table: NodeTable, row: Row) {
    this.table = table;
    this.row = row;
  }
  get id(): NodeId {
    return this.table.id(this.row);
  }
  get kind(): 'file' | 'dir' {
    return this.table.has(this.row, FOLDER) ? 'dir' : 'file';
  }
  get parent(): NodeId {
    return this.table.id(this.table.parents[this.row] ?? 0);
  }
  /** What it was named; in its folder it may stand under another name (`Tree.nameOf`). */
  get name(): string {
    return this.table.names[this.row] ?? '';
  }
  get dead(): boolean {
    return !this.table.has(this.row, SHOWN);
  }
  /** Its content was changed apart on several devices: no single revision recorded what stands now. */
  get mixed(): boolean {
    return this.table.has(this.row, MIXED);
  }
  get as(): ContentKind | undefined {
    return KINDS[this.table.kinds[this.row] ?? 0];
  }
  get size(): number {
    return this.table.sizes[this.row] ?? 0;
  }
  get hash(): string {
    return this.as === undefined ? '' : toHex(this.table.hashes.subarray(this.row * 32, this.row * 32 + 32));
  }
  setContent(as: ContentKind, size: number, hash: string): void {
    this.table.kinds[this.row] = KINDS.indexOf(as);
    this.table.sizes[this.row] = size;
    this.table.hashes.set(hash === '' ? NO_HASH : fromHex(hash), this.row * 32);
  }
  get attrs(): Attrs {
    return this.table.attrs.get(this.row) ?? NO_ATTRS;
  }
  get revision(): RevisionId {
    const device = this.table.devices.list[this.table.device[this.row] ?? 0] ?? '';
    return `${device.slice(0, 12)}.${this.table.seqs[this.row] ?? 0}`;
  }
  get actor(): Actor {
    return this.table.actors.list[this.table.actor[this.row] ?? 0] as Actor;
  }
  get at(): number {
    return this.table.at[this.row] ?? 0;
  }
  /** How many revisions it has: position of the next one in its history. */
  get count(): number {
    return this.table.revisions[this.row] ?? 0;
  }
}

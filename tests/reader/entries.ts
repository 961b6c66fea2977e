// A reader of journals written from kernel/SPEC.md alone: rows to entries, every hash and every link of the chain checked.
// It imports nothing of the kernel, so that what the specification leaves out shows.
import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';

export type Row = { d: number; s: number; c: number; b: Uint8Array };
export type Vector = Record<string, number>;
export type Change =
  | { op: 'mkdir' | 'move'; parent: string; name: string }
  | {
      op: 'create';
      parent: string;
      name: string;
      kind: Kind;
      size: number;
      hash: string;
      attrs: Record<string, string>;
    }
  | { op: 'put'; kind: Kind; size: number; hash: string }
  | { op: 'edit' | 'append'; size: number; hash: string }
  | { op: 'remove'; seen: Vector }
  | { op: 'restore' }
  | { op: 'attr'; key: string; value: string }
  | { op: 'session'; client: number; seen: Vector }
  | { op: 'rename'; name: string }
  | { op: 'reparent'; parent: string };
export type Kind = 'text' | 'blob' | 'record';
export type Entry = {
  device: string;
  seq: number;
  at: number;
  tick: number;
  node: string;
  actor: string;
  message: string;
  run: string;
  cause: string;
  more: boolean;
  change: Change;
  payload: Uint8Array;
};

const NAMES = 'mkdir create edit put append move remove restore attr session rename reparent'.split(' ');
const KINDS: Kind[] = ['text', 'blob', 'record'];
const ZEROS = '00'.repeat(32);

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Reads one thing after another, and never past the end. */
export class Cursor {
  private at = 0;
  private readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  get done(): boolean {
    return this.at === this.bytes.length;
  }
  take(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) throw new Error('the bytes end too early');
    return this.bytes.subarray(this.at, (this.at += count));
  }
  u8(): number {
    return this.take(1)[0] ?? 0;
  }
  uint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  id(bytes: number): string {
    return hex(this.take(bytes));
  }
  text(): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(this.uint()));
  }
  list<T>(each: () => T): T[] {
    return Array.from({ length: this.uint() }, each);
  }
}

const kindAt = (cursor: Cursor): Kind => {
  const kind = KINDS[cursor.u8()];
  if (!kind) throw new Error('a kind that is not specified');
  return kind;
};
const vectorAt = (cursor: Cursor): Vector =>
  Object.fromEntries(cursor.list(() => [cursor.id(16), cursor.uint()] as const));

const changeAt = (cursor: Cursor, code: number): Change => {
  const op = NAMES[code - 1];
  switch (op) {
    case 'mkdir':
    case 'move':
      return { op, parent: cursor.id(16), name: cursor.text() };
    case 'create': {
      const place = { parent: cursor.id(16), name: cursor.text() };
      const content = { kind: kindAt(cursor), size: cursor.uint(), hash: cursor.id(32) };
      const attrs = Object.fromEntries(cursor.list(() => [cursor.text(), cursor.text()] as const));
      return { op, ...place, ...content, attrs };
    }
    case 'put':
      return { op, kind: kindAt(cursor), size: cursor.uint(), hash: cursor.id(32) };
    case 'edit':
    case 'append':
      return { op, size: cursor.uint(), hash: cursor.id(32) };
    case 'remove':
      return { op, seen: vectorAt(cursor) };
    case 'restore':
      return { op };
    case 'attr':
      return { op, key: cursor.text(), value: cursor.text() };
    case 'session':
      return { op, client: cursor.uint(), seen: vectorAt(cursor) };
    case 'rename':
      return { op, name: cursor.text() };
    case 'reparent':
      return { op, parent: cursor.id(16) };
    default:
      throw new Error(`opcode ${code} is not specified`);
  }
};

/** [J1]; `prev` is the hash of the entry before. */
const entryAt = (cursor: Cursor): { entry: Entry; prev: string; hash: string } => {
  const bytes = cursor.take(cursor.uint());
  const header = new Cursor(bytes);
  if (header.u8() !== 1) throw new Error('an entry of another version');
  const more = (header.u8() & 1) === 1;
  const [device, seq, at, tick, node] = [header.id(16), header.uint(), header.uint(), header.uint(), header.id(16)];
  const code = header.u8();
  const [actor, message, run, cause] = [header.text(), header.text(), header.text(), header.text()];
  const change = changeAt(header, code);
  const length = header.uint();
  const wanted = header.id(32);
  const prev = header.id(32);
  if (!header.done) throw new Error('a header that is longer than its fields');
  const payload = cursor.u8() === 1 ? cursor.take(length) : new Uint8Array();
  if ((payload.length === 0 ? ZEROS : sha256(payload)) !== wanted) throw new Error(`the payload of entry ${seq}`);
  const entry = { device, seq, at, tick, node, actor, message, run, cause, more, change, payload };
  return { entry, prev, hash: sha256(bytes) };
};

/** [J5] */
const bodyOf = (segment: Uint8Array): Uint8Array => {
  const [version, codec] = segment;
  if (version !== 1) throw new Error('a segment of another version');
  if (codec === 0) return segment.subarray(2);
  if (codec !== 1) throw new Error('a codec that is not specified');
  const cursor = new Cursor(segment.subarray(2));
  const length = cursor.uint();
  let packed = segment.subarray(2);
  // What comes after the length: its bytes are those that have the high bit, and one more.
  while ((packed[0] ?? 0) >= 128) packed = packed.subarray(1);
  const body = inflateRawSync(packed.subarray(1));
  if (body.length !== length) throw new Error('a segment that is not as long as it says');
  return body;
};

/** Every entry of every device, each chain checked from its first entry. [J3] [J4] */
export const readRows = (rows: readonly Row[]): Entry[] => {
  const all: Entry[] = [];
  const ends = new Map<number, { entry: Entry; hash: string }>();
  for (const row of [...rows].sort((a, b) => a.d - b.d || a.s - b.s)) {
    const body = new Cursor(bodyOf(row.b));
    let count = 0;
    for (; !body.done; count++) {
      const framed = new Cursor(body.take(body.uint()));
      const { entry, prev, hash } = entryAt(framed);
      if (!framed.done) throw new Error('an entry that is shorter than its frame');
      const before = ends.get(row.d);
      if (entry.seq !== (before?.entry.seq ?? 0) + 1 || entry.seq !== row.s + count) throw new Error('a gap');
      if (prev !== (before?.hash ?? ZEROS)) throw new Error(`entry ${entry.seq} does not follow the one before it`);
      if (before && entry.device !== before.entry.device) throw new Error('two devices under one number');
      if (before && (entry.at - before.entry.at || entry.tick - before.entry.tick) <= 0)
        throw new Error('time goes back');
      ends.set(row.d, { entry, hash });
      all.push(entry);
    }
    if (count !== row.c) throw new Error('a row with another count');
  }
  return all.sort((a, b) => a.at - b.at || a.tick - b.tick || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0));
};

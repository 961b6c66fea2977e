/**
 * The journal entry: canonical bytes, version byte, hash chain. The format of truth; see SPEC.md, group J.
 *
 *   header  = version u8 · flags u8 · device 16 · seq · at · tick · node 16 · op u8 · actor · message · run · cause
 *             · op fields · payload length · payload hash 32 · previous entry's hash 32
 *   entry   = header length · header · present u8 · payload (when present)
 *   hash    = SHA-256(header)
 *
 * Integers are LEB128 varuints, strings UTF-8 with a varuint length. The header holds the payload's hash and not the
 * payload, so headers can be verified alone and a payload can be erased without breaking the chain.
 * This module only encodes and decodes; what an entry does to the tree is the file system's business.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Actor } from './actor.ts';
import { concatBytes, equalBytes, fromHex, hash, toHex } from './bytes.ts';
import { fail } from './errors.ts';

export const ENTRY_VERSION = 1;
export const ZERO_HASH = new Uint8Array(32);
export const NO_NODE = '0'.repeat(32);

/** 16 bytes as 32 hex characters. A device is the first 16 bytes of SHA-256(its Ed25519 public key). */
export type DeviceId = string;
export type NodeId = string;
/** The highest seq seen of each device. */
export type VersionVector = Record<DeviceId, number>;

/** How a file keeps its content: a Yjs text, a list of chunks, or bytes that only the kernel writes. */
export type ContentKind = 'text' | 'blob' | 'record';
const KINDS: readonly ContentKind[] = ['text', 'blob', 'record'];

/** `size` in bytes and `hash` (hex SHA-256) describe the file after the operation; for a blob, the hash of its manifest. */
type Content = { size: number; hash: string };
export type Op =
  | { op: 'mkdir'; parent: NodeId; name: string }
  | ({ op: 'create'; parent: NodeId; name: string; as: ContentKind; attrs: Record<string, string> } & Content)
  | ({ op: 'edit' } & Content)
  | ({ op: 'put'; as: ContentKind } & Content)
  | ({ op: 'append' } & Content)
  | { op: 'move'; parent: NodeId; name: string }
  | { op: 'remove'; seen: VersionVector }
  | { op: 'restore' }
  | { op: 'attr'; key: string; value: string }
  | { op: 'session'; client: number; seen: VersionVector }
  // A name and a place are registers of their own: a rename here and a move there both apply. `move` sets both.
  | { op: 'rename'; name: string }
  | { op: 'reparent'; parent: NodeId };

export type OpName = Op['op'];
/** Opcodes are positions in this list plus one. Append only: a number is never given a second meaning. */
const OPS: readonly OpName[] = [
  'mkdir',
  'create',
  'edit',
  'put',
  'append',
  'move',
  'remove',
  'restore',
  'attr',
  'session',
  'rename',
  'reparent',
];

export type Entry = {
  device: DeviceId;
  seq: number;
  /** Hybrid logical clock: milliseconds since 1970, then a counter within that millisecond. */
  at: number;
  tick: number;
  node: NodeId;
  actor: Actor;
  message: string;
  /** The run (process) that asked, '' when none. */
  run: string;
  /** The request or tool call that caused it, '' when none. One change set has one cause. */
  cause: string;
  /** The next entry of this device belongs to the same change set: apply all of them or none. */
  more: boolean;
  change: Op;
  payload: Uint8Array;
  prev: Uint8Array;
};

/** An encoded entry together with what the next one must point back to. */
export type SealedEntry = { entry: Entry; bytes: Uint8Array; hash: Uint8Array };

/** A revision's name: 12 hex characters of its device, a dot, its sequence number. */
export type RevisionId = string;
export const revisionOf = (entry: Pick<Entry, 'device' | 'seq'>): RevisionId =>
  `${entry.device.slice(0, 12)}.${entry.seq}`;

const MORE = 1;
const PRESENT = Uint8Array.of(1);

const writeId = (encoder: encoding.Encoder, id: string): void => encoding.writeUint8Array(encoder, fromHex(id));
const readId = (decoder: decoding.Decoder, bytes: number): string =>
  toHex(decoding.readUint8Array(decoder, bytes).slice());

const writeVector = (encoder: encoding.Encoder, vector: VersionVector): void => {
  const rows = Object.entries(vector).sort(([a], [b]) => (a < b ? -1 : 1));
  encoding.writeVarUint(encoder, rows.length);
  for (const [device, seq] of rows) {
    writeId(encoder, device);
    encoding.writeVarUint(encoder, seq);
  }
};

const readVector = (decoder: decoding.Decoder): VersionVector => {
  const vector: VersionVector = {};
  const rows = decoding.readVarUint(decoder);
  for (let i = 0; i < rows; i++) {
    const device = readId(decoder, 16);
    vector[device] = decoding.readVarUint(decoder);
  }
  return vector;
};

const writeAttrs = (encoder: encoding.Encoder, attrs: Record<string, string>): void => {
  const rows = Object.entries(attrs).sort(([a], [b]) => (a < b ? -1 : 1));
  encoding.writeVarUint(encoder, rows.length);
  for (const [key, value] of rows) {
    encoding.writeVarString(encoder, key);
    encoding.writeVarString(encoder, value);
  }
};

const readAttrs = (decoder: decoding.Decoder): Record<string, string> => {
  const rows = decoding.readVarUint(decoder);
  const entries: [string, string][] = [];
  for (let i = 0; i < rows; i++) entries.push([decoding.readVarString(decoder), decoding.readVarString(decoder)]);
  return Object.fromEntries(entries);
};

const writeChange = (encoder: encoding.Encoder, change: Op): void => {
  if (change.op === 'rename') encoding.writeVarString(encoder, change.name);
  if (change.op === 'reparent') writeId(encoder, change.parent);
  if (change.op === 'mkdir' || change.op === 'create' || change.op === 'move') {
    writeId(encoder, change.parent);
    encoding.writeVarString(encoder, change.name);
  }
  if (change.op === 'create' || change.op === 'put') encoding.writeUint8(encoder, KINDS.indexOf(change.as));
  if (change.op === 'create' || change.op === 'put' || change.op === 'edit' || change.op === 'append') {
    encoding.writeVarUint(encoder, change.size);
    writeId(encoder, change.hash);
  }
  if (change.op === 'create') writeAttrs(encoder, change.attrs);
  if (change.op === 'attr') {
    encoding.writeVarString(encoder, change.key);
    encoding.writeVarString(encoder, change.value);
  }
  if (change.op === 'session') encoding.writeVarUint(encoder, change.client);
  if (change.op === 'session' || change.op === 'remove') writeVector(encoder, change.seen);
};

const readChange = (decoder: decoding.Decoder, op: OpName): Op => {
  const place = () => ({ parent: readId(decoder, 16), name: decoding.readVarString(decoder) });
  const kind = () => KINDS[decoding.readUint8(decoder)] ?? fail('EBADMSG', 'unknown content kind');
  const content = () => ({ size: decoding.readVarUint(decoder), hash: readId(decoder, 32) });
  switch (op) {
    case 'mkdir':
    case 'move':
      return { op, ...place() };
    case 'create':
      return { op, ...place(), as: kind(), ...content(), attrs: readAttrs(decoder) };
    case 'put':
      return { op, as: kind(), ...content() };
    case 'edit':
    case 'append':
      return { op, ...content() };
    case 'attr':
      return { op, key: decoding.readVarString(decoder), value: decoding.readVarString(decoder) };
    case 'remove':
      return { op, seen: readVector(decoder) };
    case 'session':
      return { op, client: decoding.readVarUint(decoder), seen: readVector(decoder) };
    case 'restore':
      return { op };
    case 'rename':
      return { op, name: decoding.readVarString(decoder) };
    case 'reparent':
      return { op, parent: readId(decoder, 16) };
  }
};

/** Encode and hash. Synchronous, so that sequence numbers and the chain can be given out in one step. */
export const sealEntry = (entry: Entry): SealedEntry => {
  const header = encoding.createEncoder();
  encoding.writeUint8(header, ENTRY_VERSION);
  encoding.writeUint8(header, entry.more ? MORE : 0);
  writeId(header, entry.device);
  encoding.writeVarUint(header, entry.seq);
  encoding.writeVarUint(header, entry.at);
  encoding.writeVarUint(header, entry.tick);
  writeId(header, entry.node);
  encoding.writeUint8(header, OPS.indexOf(entry.change.op) + 1);
  for (const text of [entry.actor, entry.message, entry.run, entry.cause]) encoding.writeVarString(header, text);
  writeChange(header, entry.change);
  encoding.writeVarUint(header, entry.payload.length);
  encoding.writeUint8Array(header, entry.payload.length === 0 ? ZERO_HASH : hash(entry.payload));
  encoding.writeUint8Array(header, entry.prev);
  const headerBytes = encoding.toUint8Array(header);

  // One allocation, one copy of the payload.
  const length = encoding.encode((encoder) => encoding.writeVarUint(encoder, headerBytes.length));
  const bytes = concatBytes([length, headerBytes, PRESENT, entry.payload]);
  return { entry, bytes, hash: hash(headerBytes) };
};

/** One entry from a decoder standing at its start. Throws EBADMSG when the bytes are not a sound entry. */
export const readEntry = (decoder: decoding.Decoder): SealedEntry => {
  const start = decoder.pos;
  try {
    const headerBytes = decoding.readVarUint8Array(decoder);
    const header = decoding.createDecoder(headerBytes);
    const version = decoding.readUint8(header);
    if (version !== ENTRY_VERSION)
      fail('EBADMSG', `entry version ${version}; this kernel reads version ${ENTRY_VERSION}`);
    const flags = decoding.readUint8(header);
    const device = readId(header, 16);
    const seq = decoding.readVarUint(header);
    const at = decoding.readVarUint(header);
    const tick = decoding.readVarUint(header);
    const node = readId(header, 16);
    const op = OPS[decoding.readUint8(header) - 1] ?? fail('EBADMSG', 'unknown operation');
    const actor = decoding.readVarString(header) as Actor;
    const message = decoding.readVarString(header);
    const run = decoding.readVarString(header);
    const cause = decoding.readVarString(header);
    const change = readChange(header, op);
    const length = decoding.readVarUint(header);
    const payloadHash = decoding.readUint8Array(header, 32);
    const prev = decoding.readUint8Array(header, 32).slice();
    if (header.pos !== headerBytes.length) fail('EBADMSG', 'an entry header of the wrong length');
    const presence = decoding.readUint8(decoder);
    // Only a payload that has bytes can be absent (erased): one entry, one encoding.
    const present =
      presence === 1 || (presence === 0 && length > 0 ? false : fail('EBADMSG', 'an entry without its payload mark'));
    // Copied: a view would keep its whole segment alive, and a structured clone would store all of it.
    const payload = present ? decoding.readUint8Array(decoder, length).slice() : new Uint8Array();
    // The library reads on past the end of a view; where it stopped tells.
    if (decoder.pos > decoder.arr.length) fail('EBADMSG', 'an entry that ends too early');
    if (present && !equalBytes(length === 0 ? ZERO_HASH : hash(payload), payloadHash)) {
      fail('EBADMSG', `entry ${device.slice(0, 12)}.${seq}: the payload does not match its hash`);
    }
    const entry: Entry = {
      device,
      seq,
      at,
      tick,
      node,
      actor,
      message,
      run,
      cause,
      more: (flags & MORE) !== 0,
      change,
      payload,
      prev,
    };
    return { entry, bytes: decoder.arr.slice(start, decoder.pos), hash: hash(headerBytes) };
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'SysFailure') throw cause;
    return fail('EBADMSG', `bytes at ${start} are not a journal entry`);
  }
};

/**
 * The documents of a segment, packed in columns, in memory as on disk: they are read at every start, so nothing is
 * turned into objects or text.
 *   row   presence of each bucket (32 bytes), count u32, nodes 16 each, content hashes 32 each, lengths u32, flags u8
 */
import { fromHex } from '../protocol/bytes.ts';
import type { NodeId } from '../protocol/entry.ts';
import { IndexDamaged, MAX_BUCKETS } from './segment.ts';

export const HASH_BYTES = 32;
const NODE_BYTES = 16;
const PRESENT_BYTES = MAX_BUCKETS / 8;
const TEXT = 1;
const CUT = 2;

/** `text` is false for a file that holds none; `cut` when a word was longer than a term may be. */
export type Doc = { node: NodeId; hash: string; length: number; text: boolean; cut: boolean };

export type Documents = {
  count: number;
  nodes: Uint8Array;
  hashes: Uint8Array;
  lengths: Uint32Array;
  flags: Uint8Array;
};
export type Kept = { id: number; buckets: number };
/** A segment as it is known in memory; `present` has a bit for each bucket that holds something. */
export type Loaded = Kept & { present: Uint8Array; docs: Documents };

export const isText = ({ flags }: Documents, doc: number): boolean => ((flags[doc] ?? 0) & TEXT) !== 0;
export const isCut = ({ flags }: Documents, doc: number): boolean => ((flags[doc] ?? 0) & CUT) !== 0;

const room = (count: number): Documents => ({
  count,
  nodes: new Uint8Array(count * NODE_BYTES),
  hashes: new Uint8Array(count * HASH_BYTES),
  lengths: new Uint32Array(count),
  flags: new Uint8Array(count),
});

export const packDocuments = (docs: readonly Doc[]): Documents => {
  const packed = room(docs.length);
  docs.forEach(({ node, hash, length, text, cut }, doc) => {
    packed.nodes.set(fromHex(node), doc * NODE_BYTES);
    packed.hashes.set(fromHex(hash), doc * HASH_BYTES);
    packed.lengths[doc] = length;
    packed.flags[doc] = (text ? TEXT : 0) | (cut ? CUT : 0);
  });
  return packed;
};

/** Some documents of several segments, as those of one. */
export const pickDocuments = (those: readonly { docs: Documents; doc: number }[]): Documents => {
  const packed = room(those.length);
  those.forEach(({ docs, doc }, to) => {
    packed.nodes.set(docs.nodes.subarray(doc * NODE_BYTES, (doc + 1) * NODE_BYTES), to * NODE_BYTES);
    packed.hashes.set(docs.hashes.subarray(doc * HASH_BYTES, (doc + 1) * HASH_BYTES), to * HASH_BYTES);
    packed.lengths[to] = docs.lengths[doc] ?? 0;
    packed.flags[to] = docs.flags[doc] ?? 0;
  });
  return packed;
};

const HEAD = PRESENT_BYTES + 4;
const EACH = NODE_BYTES + HASH_BYTES + 4 + 1;

export const encodeDocuments = (
  present: Uint8Array,
  { count, nodes, hashes, lengths, flags }: Documents,
): Uint8Array => {
  const row = new Uint8Array(HEAD + count * EACH);
  const view = new DataView(row.buffer);
  row.set(present);
  view.setUint32(PRESENT_BYTES, count, true);
  row.set(nodes, HEAD);
  row.set(hashes, HEAD + count * NODE_BYTES);
  const at = HEAD + count * (NODE_BYTES + HASH_BYTES);
  for (let doc = 0; doc < count; doc++) view.setUint32(at + doc * 4, lengths[doc] ?? 0, true);
  row.set(flags, at + count * 4);
  return row;
};

/** Views of the row, but for the lengths. */
export const decodeDocuments = (row: Uint8Array): { present: Uint8Array; docs: Documents } => {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const count = row.length < HEAD ? -1 : view.getUint32(PRESENT_BYTES, true);
  if (row.length !== HEAD + count * EACH)
    throw new IndexDamaged('a row of documents is longer or shorter than it says');
  const hashes = HEAD + count * NODE_BYTES;
  const lengths = hashes + count * HASH_BYTES;
  const flags = lengths + count * 4;
  return {
    present: row.subarray(0, PRESENT_BYTES),
    docs: {
      count,
      nodes: row.subarray(HEAD, hashes),
      hashes: row.subarray(hashes, lengths),
      lengths: Uint32Array.from({ length: count }, (_, doc) => view.getUint32(lengths + doc * 4, true)),
      flags: row.subarray(flags),
    },
  };
};

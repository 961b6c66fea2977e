/**
 * Content-defined chunks: where bytes are cut depends on the bytes near the cut, so that an insertion moves a few
 * chunks and leaves the others (and their names) as they were. Also the manifest: a file's list of chunks, as bytes.
 * Pure: it neither hashes for names nor stores. Same bytes, same cuts, on every device and for ever: the constants
 * below are part of the format of stored files.
 * A gear rolling hash over the last 32 bytes with a stricter mask before the wanted size and a laxer one after it,
 * as in "FastCDC", Xia et al. 2016.
 */
import type { SealedEntry } from '../protocol/entry.ts';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { fromHex, hash, toHex } from '../protocol/bytes.ts';
import { fail } from '../protocol/errors.ts';

/** `hash` is the chunk's SHA-256 in hex, `size` its bytes. */
export type ChunkRef = { hash: string; size: number };
export type Cut = { offset: number; length: number };

export const MIN_CHUNK = 16 * 1024;
export const MAX_CHUNK = 256 * 1024;
/** The mask changes here; with it chunks average about 64 KB. */
const WANTED = 56 * 1024;
// The hash moves left, so its high bits depend on the last 32 bytes: a cut is where the high bits are all zero.
const STRICT = 0xffff8000 | 0;
const LAX = 0xfffc0000 | 0;
const MASKS = [
  { until: WANTED, mask: STRICT },
  { until: MAX_CHUNK, mask: LAX },
];

/** One fixed random number for each byte value. */
const GEAR = Int32Array.from({ length: 256 }, (_, byte) => {
  const digest = hash(Uint8Array.of(0x67, byte));
  return ((digest[0] ?? 0) << 24) | ((digest[1] ?? 0) << 16) | ((digest[2] ?? 0) << 8) | (digest[3] ?? 0);
});

const lengthFrom = (bytes: Uint8Array, offset: number): number => {
  const end = Math.min(bytes.length - offset, MAX_CHUNK);
  if (end <= MIN_CHUNK) return end;
  let rolling = 0;
  let at = offset + MIN_CHUNK - 32;
  // The window is filled before the first possible cut, so that the cut depends on content alone.
  for (; at < offset + MIN_CHUNK; at++) rolling = ((rolling << 1) + (GEAR[bytes[at] as number] as number)) | 0;
  for (const { until, mask } of MASKS) {
    // One mask a loop, and no look-up that might be undefined: 3 → 0.5 ns a byte.
    for (const to = offset + Math.min(until, end); at < to; at++) {
      rolling = ((rolling << 1) + (GEAR[bytes[at] as number] as number)) | 0;
      if ((rolling & mask) === 0) return at + 1 - offset;
    }
  }
  return end;
};

/** Where to cut: ascending, without gaps, covering every byte. Nothing for no bytes. */
export const chunk = (bytes: Uint8Array): Cut[] => {
  const cuts: Cut[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const length = lengthFrom(bytes, offset);
    cuts.push({ offset, length });
    offset += length;
  }
  return cuts;
};

const MANIFEST_VERSION = 1;

/** version u8 · count varuint · each: SHA-256 32 bytes, size varuint. */
export const encodeManifest = (refs: readonly ChunkRef[]): Uint8Array<ArrayBuffer> => {
  const encoder = encoding.createEncoder();
  encoding.writeUint8(encoder, MANIFEST_VERSION);
  encoding.writeVarUint(encoder, refs.length);
  for (const ref of refs) {
    encoding.writeUint8Array(encoder, fromHex(ref.hash));
    encoding.writeVarUint(encoder, ref.size);
  }
  return Uint8Array.from(encoding.toUint8Array(encoder));
};

/** The chunks of a manifest; anything but exactly one whole manifest is EBADMSG. */
export const decodeManifest = (bytes: Uint8Array): ChunkRef[] => {
  const damaged = (why: string): never => fail('EBADMSG', `The list of this file's chunks cannot be read: ${why}.`);
  const refs: ChunkRef[] = [];
  const decoder = decoding.createDecoder(bytes);
  try {
    if (decoding.readUint8(decoder) !== MANIFEST_VERSION) return damaged('its version is not known');
    for (let count = decoding.readVarUint(decoder); count > 0; count--) {
      const name = toHex(decoding.readUint8Array(decoder, 32).slice());
      refs.push({ hash: name, size: decoding.readVarUint(decoder) });
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'SysFailure') throw cause;
    return damaged('it ends too early');
  }
  return decoding.hasContent(decoder) ? damaged('it is longer than it says') : refs;
};

/** The chunks an entry names. Only a put or an append has a list of them; what happens to look like one is taken for one. */
export const namedBy = ({ entry }: SealedEntry): ChunkRef[] => {
  const { change, payload } = entry;
  const may = change.op === 'append' || ((change.op === 'create' || change.op === 'put') && change.as === 'blob');
  if (!may) return [];
  try {
    return decodeManifest(payload);
  } catch {
    return [];
  }
};

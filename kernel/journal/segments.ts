/**
 * Segments: how entries lie in journal rows. A segment is `version u8 · codec u8`, then each entry after its length, at
 * most 64 KB unless one entry alone is larger; with codec 1 those are deflated (`deflated.ts`). The lengths let one
 * entry be read without decoding those before it. Row count, not bytes, is what makes IndexedDB slow (1,000,000 rows:
 * 15 s to scan; the same in segments: 0.7 s), and a bigger segment makes a point read slower (1 MB: 4 ms).
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { concatBytes } from '../protocol/bytes.ts';
import { readEntry, type SealedEntry } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';

export const SEGMENT_VERSION = 1;
export const SEGMENT_BYTES = 64 * 1024;
const RAW = 0;
export const DEFLATED = 1;
const HEAD = Uint8Array.of(SEGMENT_VERSION, RAW);

const lengthOf = (bytes: Uint8Array): Uint8Array =>
  encoding.encode((encoder) => encoding.writeVarUint(encoder, bytes.length));

export type Segment = { first: number; count: number; bytes: Uint8Array };

/** Pack consecutive entries of one device into as few segments as the size limit allows. */
export const packSegments = (entries: readonly SealedEntry[]): Segment[] => {
  const out: Segment[] = [];
  let first = 0;
  let count = 0;
  let parts: Uint8Array[] = [HEAD];
  let size = HEAD.length;
  const close = (): void => {
    if (count > 0) out.push({ first, count, bytes: concatBytes(parts) });
    count = 0;
    parts = [HEAD];
    size = HEAD.length;
  };
  for (const { entry, bytes } of entries) {
    const length = lengthOf(bytes);
    if (count > 0 && size + length.length + bytes.length > SEGMENT_BYTES) close();
    if (count++ === 0) first = entry.seq;
    parts.push(length, bytes);
    size += length.length + bytes.length;
  }
  close();
  return out;
};

const codecOf = (bytes: Uint8Array): number => {
  const [version, codec = RAW] = bytes;
  if (version !== SEGMENT_VERSION)
    fail('EBADMSG', `segment version ${version}; this kernel reads version ${SEGMENT_VERSION}`);
  if (codec !== RAW && codec !== DEFLATED) fail('EBADMSG', `segment codec ${codec}; this kernel reads 0 and 1`);
  return codec;
};

export const isDeflated = (bytes: Uint8Array): boolean => codecOf(bytes) === DEFLATED;

/** The framed entries of a raw segment. */
export const bodyOf = (bytes: Uint8Array): Uint8Array =>
  isDeflated(bytes) ? fail('EBADMSG', 'a deflated segment where a raw one is read') : bytes.subarray(HEAD.length);

export const rawSegment = (body: Uint8Array): Uint8Array => concatBytes([HEAD, body]);

const lengthAt = (decoder: decoding.Decoder): number => {
  try {
    return decoding.readVarUint(decoder);
  } catch {
    return fail('EBADMSG', 'a segment that is cut short');
  }
};

const next = (decoder: decoding.Decoder): SealedEntry => {
  const length = lengthAt(decoder);
  const end = decoder.pos + length;
  if (end > decoder.arr.length) fail('EBADMSG', 'a segment that is cut short');
  const sealed = readEntry(decoder);
  if (decoder.pos !== end) fail('EBADMSG', `an entry that is not as long as it says`);
  return sealed;
};

/** The entries of a segment, one by one: those before a damaged one still come. Throws EBADMSG at the damage. */
export function* readSegment(bytes: Uint8Array): Generator<SealedEntry> {
  const decoder = decoding.createDecoder(bodyOf(bytes));
  while (decoding.hasContent(decoder)) yield next(decoder);
}

/** Every entry of a segment, in order. Throws EBADMSG when it is not one. */
export const unpackSegment = (bytes: Uint8Array): SealedEntry[] => [...readSegment(bytes)];

/** The entry at a position of a segment's body, 0 the first; those before it are stepped over, not decoded. */
export const entryAt = (body: Uint8Array, index: number): SealedEntry => {
  const decoder = decoding.createDecoder(body);
  for (let i = 0; i < index; i++) {
    const length = lengthAt(decoder);
    decoder.pos += length;
    if (decoder.pos > body.length) fail('EBADMSG', 'a segment that is cut short');
  }
  return next(decoder);
};

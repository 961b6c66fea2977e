/**
 * Segments of codec 1: the length of the framed entries, then the entries deflated without a header. What inflates is
 * loaded when the first one is met, so that a first start does not wait for it: never inside a transaction.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { concatBytes } from '../protocol/bytes.ts';
import { fail } from '../protocol/errors.ts';
import { bodyOf, DEFLATED, isDeflated, rawSegment, SEGMENT_VERSION } from './segments.ts';

const HEAD = Uint8Array.of(SEGMENT_VERSION, DEFLATED);
/** Deflate cannot shrink further than 1032 : 1: a length beyond that is damage, and never allocated. */
const MAX_RATIO = 1032;

/** What a deflated segment says of itself. */
const packedOf = (bytes: Uint8Array): { length: number; packed: Uint8Array } => {
  try {
    const decoder = decoding.createDecoder(bytes.subarray(HEAD.length));
    const length = decoding.readVarUint(decoder);
    const packed = bytes.subarray(HEAD.length + decoder.pos);
    if (length <= packed.length * MAX_RATIO) return { length, packed };
  } catch {
    // A length that is no number.
  }
  return fail('EBADMSG', 'a deflated segment with a length that cannot be');
};

/** How long the framed entries of any segment are when they are not deflated; without inflating them. */
export const bodyLength = (bytes: Uint8Array): number =>
  isDeflated(bytes) ? packedOf(bytes).length : bodyOf(bytes).length;

/** The raw segment of a deflated one; a raw one as it is. */
export const inflated = async (bytes: Uint8Array): Promise<Uint8Array> => {
  if (!isDeflated(bytes)) return bytes;
  const { length, packed } = packedOf(bytes);
  const { inflateSync } = await import('./flate.ts');
  // One byte of room more than it says: what is longer shows.
  const out = new Uint8Array(length + 1);
  let body: Uint8Array;
  try {
    body = inflateSync(packed, { out });
  } catch {
    return fail('EBADMSG', 'a deflated segment that does not inflate');
  }
  return body.length === length
    ? rawSegment(body)
    : fail('EBADMSG', 'a deflated segment that is not as long as it says');
};

/** `packed` is `body` deflated, without any header of its own. */
export const deflatedSegment = (body: Uint8Array, packed: Uint8Array): Uint8Array =>
  concatBytes([HEAD, encoding.encode((encoder) => encoding.writeVarUint(encoder, body.length)), packed]);

/**
 * Records: bytes that mostly grow at their end, run logs above all. Appending takes in and hashes what is appended and
 * touches nothing of what is there, so a log of n lines costs n lines and not n²/2.
 * A record is a value: appending gives a new one. Records that grew from one another share the list of parts, each
 * seeing its first `count`; only the longest may add to it.
 */
import { concatBytes, hasher, toHex, type Hasher } from '../protocol/bytes.ts';

export type RecordContent = { as: 'record'; size: number; parts: Uint8Array[]; count: number; sha: Hasher };

/** A record of these parts, in order. */
export const recordOf = (parts: Uint8Array[]): RecordContent => {
  const sha = hasher();
  let size = 0;
  for (const part of parts) {
    sha.update(part);
    size += part.length;
  }
  return { as: 'record', size, parts, count: parts.length, sha };
};

export const appendTo = (held: RecordContent, added: Uint8Array): RecordContent => {
  const parts = held.parts.length === held.count ? held.parts : held.parts.slice(0, held.count);
  // A copy: the caller's bytes may be a view of something large, or change after the call.
  parts.push(added.slice());
  const sha = held.sha.clone().update(added);
  return { as: 'record', size: held.size + added.length, parts, count: parts.length, sha };
};

/** The whole content. Joined once for each value that is read: the join takes the place of the parts. */
export const recordBytes = (record: RecordContent): Uint8Array => {
  if (record.count !== 1 || record.parts.length !== 1) {
    record.parts = [concatBytes(record.parts.slice(0, record.count))];
    record.count = 1;
  }
  return record.parts[0] ?? new Uint8Array();
};

/** SHA-256 of the content, from what was hashed when its parts came. */
export const recordHash = (record: RecordContent): string => toHex(record.sha.clone().digest());

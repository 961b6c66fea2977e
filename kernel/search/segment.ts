/**
 * The postings of a segment, packed in buckets. Pure bytes.
 *   row   its terms as one text, one per line; the bytes of each list; then the lists: (document step, count)*
 * A term's bucket is chosen by its first two characters, so that a beginning of two is in one bucket.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Wanted } from './tokens.ts';
import { meets } from './tokens.ts';

export const MAX_BUCKETS = 256;
/** A large segment is written in so many parts, so that calls are answered between them. */
export const PARTS = 16;

/** A row of the index is missing or cannot be read: the projection has to be made again. */
export class IndexDamaged extends Error {}

/** Term → document, count, document, count … with documents ascending. */
export type Postings = Map<string, number[]>;

/** Few documents lie in few rows: rows are what costs. */
export const bucketsFor = (documents: number): number => (documents <= 64 ? 1 : documents <= 1000 ? 16 : MAX_BUCKETS);

export const bucketOf = (term: string, buckets: number): number => {
  const second = term.length > 1 ? term.charCodeAt(1) : 0;
  const mixed = Math.imul(term.charCodeAt(0), 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  return ((mixed >>> 13) ^ (mixed >>> 23)) & (buckets - 1);
};

/** The buckets that may hold what is wanted; undefined when all may. */
export const bucketOfWanted = ({ term, inside }: Wanted, buckets: number): number | undefined =>
  buckets === 1 ? 0 : inside || term.length < 2 ? undefined : bucketOf(term, buckets);

export const has = (present: Uint8Array, bucket: number): boolean =>
  (((present[bucket >> 3] ?? 0) >> (bucket & 7)) & 1) === 1;

const encodeBucket = (lists: readonly (readonly [string, number[]])[]): Uint8Array => {
  const out = encoding.createEncoder();
  encoding.writeVarString(out, lists.map(([term]) => term).join('\n'));
  const body = encoding.createEncoder();
  let before = 0;
  for (const [, list] of lists) {
    let last = 0;
    for (let i = 0; i < list.length; i += 2) {
      encoding.writeVarUint(body, (list[i] ?? 0) - last);
      encoding.writeVarUint(body, list[i + 1] ?? 0);
      last = list[i] ?? 0;
    }
    const end = encoding.length(body);
    encoding.writeVarUint(out, end - before);
    before = end;
  }
  encoding.writeUint8Array(out, encoding.toUint8Array(body));
  return encoding.toUint8Array(out);
};

/** Rows of the buckets that hold something. */
export const encodeBuckets = (postings: Postings, buckets: number): Map<number, Uint8Array> => {
  const groups = new Map<number, [string, number[]][]>();
  for (const entry of postings) {
    const bucket = bucketOf(entry[0], buckets);
    const group = groups.get(bucket);
    if (group) group.push(entry);
    else groups.set(bucket, [entry]);
  }
  return new Map([...groups].map(([bucket, lists]) => [bucket, encodeBucket(lists)]));
};

/** Each posting of the terms that `take` takes: what it returned for the term, the document, the count. */
export const readBucket = <T>(
  row: Uint8Array,
  take: (term: string) => T | undefined,
  each: (taken: T, doc: number, count: number) => void,
): void => {
  try {
    readRow(row, take, each);
  } catch (cause) {
    throw new IndexDamaged('a row of postings cannot be read', { cause });
  }
};

const readRow = <T>(
  row: Uint8Array,
  take: (term: string) => T | undefined,
  each: (taken: T, doc: number, count: number) => void,
): void => {
  const from = decoding.createDecoder(row);
  const terms = decoding.readVarString(from).split('\n');
  const sizes = terms.map(() => decoding.readVarUint(from));
  let at = from.pos;
  for (const [i, term] of terms.entries()) {
    const end = at + (sizes[i] ?? 0);
    const taken = take(term);
    if (taken !== undefined) {
      from.pos = at;
      for (let doc = 0; from.pos < end;) {
        doc += decoding.readVarUint(from);
        each(taken, doc, decoding.readVarUint(from));
      }
      if (from.pos !== end) throw new Error('a list of postings does not end where it should');
    }
    at = end;
  }
  if (at !== row.length) throw new Error('a row of postings is longer or shorter than it says');
};

export const countInBucket = (row: Uint8Array, wanted: Wanted, counts: Uint32Array): void =>
  readBucket(
    row,
    (term) => meets(term, wanted) || undefined,
    (_taken, doc, count) => {
      counts[doc] = (counts[doc] ?? 0) + count;
    },
  );

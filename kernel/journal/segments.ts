/**
 * Segments: how entries lie in journal rows. A segment is `version u8 · codec u8 · entries`, at most 64 KB unless one
 * entry alone is larger. Row count, not bytes, is what makes IndexedDB slow (1,000,000 rows: 15 s to scan; the same in
 * segments: 0.7 s), and a bigger segment makes a point read slower (1 MB: 4 ms).
 */
import * as decoding from 'lib0/decoding';
import { concatBytes } from '../protocol/bytes.ts';
import { readEntry, type SealedEntry } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';

export const SEGMENT_VERSION = 1;
export const SEGMENT_BYTES = 64 * 1024;
const RAW = 0;
const HEAD = Uint8Array.of(SEGMENT_VERSION, RAW);

export type Segment = { first: number; count: number; bytes: Uint8Array };

/** Pack consecutive entries of one device into as few segments as the size limit allows. */
export const packSegments = (entries: readonly SealedEntry[]): Segment[] => {
  const out: Segment[] = [];
  let run: SealedEntry[] = [];
  let size = HEAD.length;
  const close = (): void => {
    const first = run[0];
    if (!first) return;
    out.push({
      first: first.entry.seq,
      count: run.length,
      bytes: concatBytes([HEAD, ...run.map((sealed) => sealed.bytes)]),
    });
    run = [];
    size = HEAD.length;
  };
  for (const sealed of entries) {
    if (run.length > 0 && size + sealed.bytes.length > SEGMENT_BYTES) close();
    run.push(sealed);
    size += sealed.bytes.length;
  }
  close();
  return out;
};

/** The entries of a segment, one by one: those before a damaged one still come. Throws EBADMSG at the damage. */
export function* readSegment(bytes: Uint8Array): Generator<SealedEntry> {
  const decoder = decoding.createDecoder(bytes);
  const version = decoding.readUint8(decoder);
  if (version !== SEGMENT_VERSION)
    fail('EBADMSG', `segment version ${version}; this kernel reads version ${SEGMENT_VERSION}`);
  if (decoding.readUint8(decoder) !== RAW) fail('EBADMSG', 'a compressed segment; this kernel reads raw ones');
  while (decoding.hasContent(decoder)) yield readEntry(decoder);
}

/** Every entry of a segment, in order. Throws EBADMSG when it is not one. */
export const unpackSegment = (bytes: Uint8Array): SealedEntry[] => [...readSegment(bytes)];

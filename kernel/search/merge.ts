/**
 * Many small segments become one, without their dead documents. In parts of a sixteenth of the buckets: between the
 * parts calls are answered. Nothing counts before the mark names it, so a crash in between costs only the work.
 */
import type { Catalogue, Segment } from './catalogue.ts';
import { pickDocuments, type Documents, type Kept, type Loaded } from './documents.ts';
import { bucketOf, bucketsFor, PARTS, readBucket, type Postings } from './segment.ts';
import type { Mark, Shelf } from './shelf.ts';

/** About as many documents as a segment should have; a merge stops adding once it has half as many. */
export const SEGMENT_DOCUMENTS = 10_000;
const ROOMY = SEGMENT_DOCUMENTS / 2;
/** Segments up to so many living documents, and how many of them are borne before they are merged. */
const LEVELS = [
  { upTo: 64, bear: 8 },
  { upTo: 640, bear: 8 },
  { upTo: ROOMY - 1, bear: 4 },
];

/** The segments to merge next, the oldest first; none when all is well. */
export const due = (segments: Iterable<Segment>): Segment[] => {
  const all = [...segments];
  let from = -1;
  for (const { upTo, bear } of LEVELS) {
    const level = all.filter(({ alive }) => alive > from && alive <= upTo);
    from = upTo;
    if (level.length < bear) continue;
    const taken: Segment[] = [];
    for (let documents = 0; documents < ROOMY && taken.length < level.length;) {
      const next = level[taken.length] as Segment;
      if (taken.length > 0 && documents + next.alive > SEGMENT_DOCUMENTS) break;
      taken.push(next);
      documents += next.alive;
    }
    return taken;
  }
  return [];
};

/** Segment and document of the old ones → document of the new one. */
const renumber = (
  from: readonly Segment[],
  catalogue: Catalogue,
): { docs: Documents; numbers: Map<number, Int32Array> } => {
  const kept: { docs: Documents; doc: number }[] = [];
  const numbers = new Map<number, Int32Array>();
  for (const segment of from) {
    const { docs } = segment;
    const to = new Int32Array(docs.count).fill(-1);
    for (let doc = 0; doc < docs.count; doc++) {
      if (catalogue.isAlive(segment, doc)) to[doc] = kept.push({ docs, doc }) - 1;
    }
    numbers.set(segment.id, to);
  }
  return { docs: pickDocuments(kept), numbers };
};

export const merge = async (
  shelf: Shelf,
  catalogue: Catalogue,
  from: readonly Segment[],
  id: number,
  markWith: (kept: Kept, gone: readonly Kept[]) => Mark,
): Promise<Loaded> => {
  const { docs, numbers } = renumber(from, catalogue);
  const buckets = bucketsFor(docs.count);
  const parts = Math.min(PARTS, buckets);
  const filled: number[] = [];
  for (let part = 0; part < parts; part++) {
    const postings: Postings = new Map();
    for (const segment of from) {
      const to = numbers.get(segment.id) ?? new Int32Array();
      for (const row of await partOf(shelf, segment, part, parts)) {
        readBucket(
          row,
          (term) => (bucketOf(term, parts) === part ? term : undefined),
          (term, doc, count) => {
            const number = to[doc] ?? -1;
            if (number < 0) return;
            const list = postings.get(term);
            if (list) list.push(number, count);
            else postings.set(term, [number, count]);
          },
        );
      }
    }
    filled.push(...(await shelf.addPart(id, postings, buckets, part === 0)));
  }
  const kept = { id, buckets };
  return shelf.seal(markWith(kept, from), kept, docs, filled, from);
};

/** Buckets nest: the low bits of a larger number of buckets are a smaller number's bucket. */
const partOf = async (shelf: Shelf, segment: Segment, part: number, parts: number): Promise<Uint8Array[]> => {
  const step = Math.min(parts, segment.buckets);
  const wanted: { segment: Segment; bucket: number }[] = [];
  for (let bucket = part % step; bucket < segment.buckets; bucket += step) wanted.push({ segment, bucket });
  return (await shelf.read(wanted)).flat();
};

/**
 * One question to the index: the rows it needs, read in one transaction, and what they and the names say of each file.
 * It stands on the segments there were when it was asked. Files are numbers here: a hundred thousand are looked at for
 * each question, and only those that matter become paths.
 */
import type { NodeId } from '../protocol/entry.ts';
import type { Path } from '../protocol/paths.ts';
import type { Catalogue, Segment } from './catalogue.ts';
import { isCut, isText } from './documents.ts';
import type { Visit } from './listing.ts';
import { bucketOfWanted, countInBucket } from './segment.ts';
import type { Shelf } from './shelf.ts';
import type { Wanted } from './tokens.ts';

/** What the index says of a file: nothing, that it is no text, that it has some wanted term in its text, or none. */
export type Answer = 'unknown' | 'bytes' | 'some' | 'none';

/** What is said at one moment, of the tree as it is then: ask all of it before anything is awaited. */
export type Lookup = {
  /** Every file at or below a path that may hold text. */
  visit: (under: Path, visit: Visit) => void;
  id: (file: number) => NodeId;
  answer: (file: number) => Answer;
  /** How often each wanted term is in a text. */
  counts: (file: number) => number[];
  length: (file: number) => number;
  /** Whether it has longer words than a term may be. */
  cut: (file: number) => boolean;
};

export type Found = { rows: number } & Pick<Lookup, 'answer' | 'counts' | 'length' | 'cut'>;

export const NOTHING_FOUND: Found = {
  rows: 0,
  answer: () => 'unknown',
  counts: () => [],
  length: () => 0,
  cut: () => false,
};

type InSegment = { any: boolean; counts: (Uint32Array | undefined)[] };

export const lookUp = async (shelf: Shelf, catalogue: Catalogue, wanted: readonly Wanted[]): Promise<Found> => {
  const segments = [...catalogue.segments.values()];
  const asked = segments.flatMap((segment) =>
    wanted.map((one, index) => ({ segment, one, index, bucket: bucketOfWanted(one, segment.buckets) })),
  );
  const answers = await shelf.read(asked);
  const found = new Map<Segment, InSegment>(segments.map((segment) => [segment, { any: false, counts: [] }]));
  let rows = 0;
  asked.forEach(({ segment, one, index }, i) => {
    const of = found.get(segment) as InSegment;
    for (const row of answers[i] ?? []) {
      rows++;
      of.any = true;
      countInBucket(row, one, (of.counts[index] ??= new Uint32Array(segment.docs.count)));
    }
  });

  let last: Segment | undefined;
  let lastFound: InSegment | undefined;
  const foundIn = (segment: Segment): InSegment | undefined => {
    if (segment !== last) [last, lastFound] = [segment, found.get(segment)];
    return lastFound;
  };
  const placeOf = (file: number): { segment: Segment; doc: number } => ({
    segment: catalogue.segmentOf(file) as Segment,
    doc: catalogue.docOf(file),
  });

  return {
    rows,
    answer: (file) => {
      if (!catalogue.isFit(file)) return 'unknown';
      const { segment, doc } = placeOf(file);
      const of = foundIn(segment);
      // A segment that came after the rows were read is as good as none.
      if (!of) return 'unknown';
      if (!isText(segment.docs, doc)) return 'bytes';
      if (of.any) for (const counts of of.counts) if (counts !== undefined && (counts[doc] ?? 0) > 0) return 'some';
      return 'none';
    },
    counts: (file) => {
      const { segment, doc } = placeOf(file);
      const of = foundIn(segment);
      return wanted.map((_one, i) => of?.counts[i]?.[doc] ?? 0);
    },
    length: (file) => {
      const { segment, doc } = placeOf(file);
      return segment.docs.lengths[doc] ?? 0;
    },
    cut: (file) => {
      const { segment, doc } = placeOf(file);
      return isCut(segment.docs, doc);
    },
  };
};

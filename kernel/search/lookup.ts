/**
 * One question to the index: the rows it needs, read in one transaction, and what they say of each document. It stands
 * on the segments there were when it was asked.
 */
import { isCut, isText, type Catalogue, type Segment } from './catalogue.ts';
import type { FileNode } from './files.ts';
import { bucketOfWanted, countInBucket } from './segment.ts';
import type { Shelf } from './shelf.ts';
import type { Wanted } from './tokens.ts';

/** What the index knows of a file as it is now; no `counts` when it has none of the wanted terms. */
export type Known = { counts: readonly number[] | undefined; length: number; text: boolean; cut: boolean };
export type Lookup = (node: FileNode) => Known | undefined;

export const lookUp = async (
  shelf: Shelf,
  catalogue: Catalogue,
  wanted: readonly Wanted[],
): Promise<{ lookup: Lookup; rows: number }> => {
  const segments = [...catalogue.segments.values()];
  const asked = segments.flatMap((segment) =>
    wanted.map((one, index) => ({ segment, one, index, bucket: bucketOfWanted(one, segment.buckets) })),
  );
  const answers = await shelf.read(asked);
  const found = new Map<Segment, (Uint32Array | undefined)[]>(segments.map((segment) => [segment, []]));
  let rows = 0;
  asked.forEach(({ segment, one, index }, i) => {
    const of = found.get(segment) ?? [];
    for (const row of answers[i] ?? []) {
      rows++;
      const counts = (of[index] ??= new Uint32Array(segment.nodes.length));
      countInBucket(row, one, counts);
    }
  });
  const lookup: Lookup = (node) => {
    const place = catalogue.find(node);
    const of = place && found.get(place.segment);
    // A segment that came after the rows were read is as good as none.
    if (!place || !of) return undefined;
    const { segment, doc } = place;
    const any = of.some((counts) => counts !== undefined && (counts[doc] ?? 0) > 0);
    return {
      counts: any ? wanted.map((_one, i) => of[i]?.[doc] ?? 0) : undefined,
      length: segment.lengths[doc] ?? 0,
      text: isText(segment, doc),
      cut: isCut(segment, doc),
    };
  };
  return { lookup, rows };
};

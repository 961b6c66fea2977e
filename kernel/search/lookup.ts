/**
 * One question to the index: the rows it needs, read in one transaction, and what they say of each document. It stands
 * on the segments there were when it was asked.
 */
import { isCut, isText, type Catalogue, type Segment } from './catalogue.ts';
import type { NodeId } from '../protocol/entry.ts';
import type { FileNode } from './files.ts';
import { bucketOfWanted, countInBucket } from './segment.ts';
import type { Shelf } from './shelf.ts';
import type { Wanted } from './tokens.ts';

/** What the index knows of a file as it is now; no `counts` when it has none of the wanted terms. */
export type Known = { counts: readonly number[] | undefined; length: number; text: boolean; cut: boolean };
export type Lookup = {
  of: (node: FileNode) => Known | undefined;
  /** Files that the index knows with one of the terms, or with a word that was cut; and those in it that it cannot tell of. */
  each: (visit: (node: FileNode, known: Known | undefined) => void) => void;
};

/** By wanted term, how often it is in each document. */
type Lists = (Uint32Array | undefined)[];

export const lookUp = async (
  shelf: Shelf,
  catalogue: Catalogue,
  wanted: readonly Wanted[],
  nodeOf: (id: NodeId) => FileNode | undefined,
): Promise<{ lookup: Lookup; rows: number }> => {
  const segments = [...catalogue.segments.values()];
  const asked = segments.flatMap((segment) =>
    wanted.map((one, index) => ({ segment, one, index, bucket: bucketOfWanted(one, segment.buckets) })),
  );
  const answers = await shelf.read(asked);
  const found = new Map<Segment, Lists>(segments.map((segment) => [segment, []]));
  let rows = 0;
  asked.forEach(({ segment, one, index }, i) => {
    const of = found.get(segment) ?? [];
    for (const row of answers[i] ?? []) {
      rows++;
      const counts = (of[index] ??= new Uint32Array(segment.nodes.length));
      countInBucket(row, one, counts);
    }
  });
  const known = (segment: Segment, doc: number, lists: Lists): Known => ({
    counts: lists.some((counts) => counts !== undefined && counts[doc] !== 0)
      ? wanted.map((_one, i) => lists[i]?.[doc] ?? 0)
      : undefined,
    length: segment.lengths[doc] ?? 0,
    text: isText(segment, doc),
    cut: isCut(segment, doc),
  });
  const of: Lookup['of'] = (node) => {
    const place = catalogue.find(node);
    const lists = place && found.get(place.segment);
    // A segment that came after the rows were read is as good as none.
    return place && lists && known(place.segment, place.doc, lists);
  };
  const each: Lookup['each'] = (visit) => {
    for (const segment of catalogue.segments.values()) {
      const lists = found.get(segment);
      for (let doc = 0; doc < segment.nodes.length; doc++) {
        if (segment.live[doc] === 0) continue;
        const told = !lists || isCut(segment, doc) || lists.some((counts) => counts !== undefined && counts[doc] !== 0);
        const node = told ? nodeOf(segment.nodes[doc] ?? '') : undefined;
        if (node) visit(node, lists && segment.hashes[doc] === node.hash ? known(segment, doc, lists) : undefined);
      }
    }
  };
  return { lookup: { of, each }, rows };
};

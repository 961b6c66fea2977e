/**
 * Which file stands where in the index, in memory: per segment its documents, and for each file the newest place it has.
 * An older place is dead by that alone, a removed file by having none: nothing is rewritten when a file changes.
 */
import type { NodeId } from '../protocol/entry.ts';
import type { FileNode } from './files.ts';
import type { Doc } from './segment.ts';
import type { Loaded } from './shelf.ts';

/** Room for the documents of one segment in the number that stands for a place. */
const SPAN = 8192;

export type Segment = Pick<Loaded, 'id' | 'buckets' | 'present'> & {
  nodes: NodeId[];
  hashes: string[];
  lengths: Uint32Array;
  flags: Uint8Array;
  /** 1 where it is its file's newest place. */
  live: Uint8Array;
  /** Documents that are some file's newest place. */
  alive: number;
};

export type Catalogue = {
  segments: ReadonlyMap<number, Segment>;
  add: (loaded: Loaded) => void;
  drop: (ids: readonly number[]) => void;
  forget: (node: NodeId) => void;
  /** Where the very content that a file has now stands in the index. */
  find: (node: FileNode) => { segment: Segment; doc: number } | undefined;
  docAt: (segment: Segment, doc: number) => Doc;
  size: () => number;
};

export const isText = (segment: Segment, doc: number): boolean => ((segment.flags[doc] ?? 0) & 1) === 1;
export const isCut = (segment: Segment, doc: number): boolean => ((segment.flags[doc] ?? 0) & 2) === 2;

export const createCatalogue = (nodeOf: (id: NodeId) => FileNode | undefined): Catalogue => {
  const segments = new Map<number, Segment>();
  const places = new Map<NodeId, number>();

  const forget: Catalogue['forget'] = (node) => {
    const place = places.get(node);
    const segment = place === undefined ? undefined : segments.get(Math.floor(place / SPAN));
    if (segment && place !== undefined) {
      segment.live[place % SPAN] = 0;
      segment.alive--;
    }
    places.delete(node);
  };

  return {
    segments,
    forget,
    add: ({ id, buckets, present, docs }) => {
      const segment: Segment = {
        id,
        buckets,
        present,
        nodes: [],
        hashes: [],
        lengths: Uint32Array.from(docs, (doc) => doc.length),
        flags: Uint8Array.from(docs, (doc) => (doc.text ? 1 : 0) | (doc.cut ? 2 : 0)),
        live: new Uint8Array(docs.length),
        alive: 0,
      };
      segments.set(id, segment);
      docs.forEach((doc, i) => {
        const node = nodeOf(doc.node);
        // The tree's own strings where they are the same: one copy in memory.
        segment.nodes.push(node?.id ?? doc.node);
        segment.hashes.push(node?.hash === doc.hash ? node.hash : doc.hash);
        if (!node || node.dead) return;
        forget(node.id);
        places.set(node.id, id * SPAN + i);
        segment.live[i] = 1;
        segment.alive++;
      });
    },
    drop: (ids) => {
      for (const id of ids) segments.delete(id);
    },
    find: (node) => {
      const place = places.get(node.id);
      if (place === undefined) return undefined;
      const segment = segments.get(Math.floor(place / SPAN));
      const doc = place % SPAN;
      return segment && segment.hashes[doc] === node.hash ? { segment, doc } : undefined;
    },
    docAt: (segment, doc) => ({
      node: segment.nodes[doc] ?? '',
      hash: segment.hashes[doc] ?? '',
      length: segment.lengths[doc] ?? 0,
      text: isText(segment, doc),
      cut: isCut(segment, doc),
    }),
    size: () => places.size,
  };
};

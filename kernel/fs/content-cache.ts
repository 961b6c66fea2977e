/**
 * The contents last used, bounded by how many and by how many bytes: a few large texts count as what they are. The one
 * used last always stays, whatever its size. It knows what a content weighs, not where it comes from.
 */
import type { NodeId } from '../protocol/entry.ts';
import type { Content } from './contents.ts';

export type ContentCache = {
  get: (id: NodeId) => Content | undefined;
  /** Add or replace; it is the one used last. */
  put: (id: NodeId, content: Content) => void;
  drop: (id: NodeId) => void;
  clear: () => void;
  held: () => { count: number; bytes: number };
};

/** More than are written in the half second until the search index reads them: evicted, each costs a read of the journal. */
export const CACHED = 1024;
export const CACHED_BYTES = 32 << 20;
/** Objects around the bytes. */
const OVERHEAD = 1024;

/** A text is there twice, as a string and in its document, and each character may take two bytes. */
const weigh = (content: Content): number => {
  if (content.as === 'text') return OVERHEAD + 4 * content.text.length;
  if (content.as === 'record') return OVERHEAD + content.size;
  return content.manifests.reduce((sum, manifest) => sum + manifest.length, OVERHEAD);
};

export const createContentCache = (count = CACHED, bytes = CACHED_BYTES): ContentCache => {
  const cache = new Map<NodeId, { content: Content; weight: number }>();
  let total = 0;
  const drop = (id: NodeId): void => {
    total -= cache.get(id)?.weight ?? 0;
    cache.delete(id);
  };
  return {
    get: (id) => cache.get(id)?.content,
    put: (id, content) => {
      drop(id);
      const weight = weigh(content);
      cache.set(id, { content, weight });
      total += weight;
      for (const oldest of cache.keys()) {
        if (oldest === id || (cache.size <= count && total <= bytes)) break;
        drop(oldest);
      }
    },
    drop,
    clear: () => {
      cache.clear();
      total = 0;
    },
    held: () => ({ count: cache.size, bytes: total }),
  };
};

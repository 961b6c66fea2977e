/**
 * Group commit: how many of the change sets that wait go into one transaction. Always one, however large it is.
 */
import type { SealedEntry } from '../protocol/entry.ts';

const GROUP_ENTRIES = 512;
const GROUP_BYTES = 1 << 20;

export const groupOf = (queue: readonly { entries: readonly SealedEntry[] }[]): number => {
  let entries = 0;
  let bytes = 0;
  let sets = 0;
  for (const set of queue) {
    const size = set.entries.reduce((sum, sealed) => sum + sealed.bytes.length, 0);
    if (sets > 0 && (entries + set.entries.length > GROUP_ENTRIES || bytes + size > GROUP_BYTES)) break;
    entries += set.entries.length;
    bytes += size;
    sets++;
  }
  return sets;
};

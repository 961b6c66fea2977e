/**
 * Rows for entries that arrived. A segment that is taken whole, and is deflated or large, is stored with the bytes it
 * came in; the rest is packed as entries written here are.
 */
import type { SealedEntry } from '../protocol/entry.ts';
import type { Line } from './line.ts';
import { isDeflated, packSegments, SEGMENT_BYTES, type Segment } from './segments.ts';

export type Row = Segment;

export const rowsOf = ({ held, entries, segments }: Line, count: number): Row[] => {
  const rows: Row[] = [];
  let loose: SealedEntry[] = [];
  const pack = (): void => {
    rows.push(...packSegments(loose));
    loose = [];
  };
  for (let i = 0; i < count;) {
    const first = held.seq + 1 + i;
    const whole = segments.get(first);
    const fits = whole && i + whole.entries.length <= count;
    const long = whole && (isDeflated(whole.bytes) || whole.body > SEGMENT_BYTES / 2);
    if (fits && long && (whole.body <= SEGMENT_BYTES - 2 || whole.entries.length === 1)) {
      pack();
      // Copied: a structured clone of a view stores all that is behind it.
      rows.push({ first, count: whole.entries.length, bytes: whole.bytes.slice() });
      i += whole.entries.length;
    } else loose.push(entries[i++] as SealedEntry);
  }
  pack();
  return rows;
};

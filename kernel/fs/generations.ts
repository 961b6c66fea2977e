/**
 * Which revisions make a file's content when several devices wrote it. Pure: rows in, rows out.
 *
 * The rows of a history are in the order in which they came here, and each says what its author had seen. A content
 * starts with a `create` or `put`; what is edited or appended belongs to the newest start that its author had seen. What
 * stands is the newest start of all, by time, with everything that belongs to it, whoever wrote it and whenever it came:
 * so devices that hold the same revisions hold the same content. What stands nowhere any more is still in the journal.
 */
import { splitId, type HistRow } from './hist-store.ts';

export type Line = Pick<HistRow, 'id' | 'index' | 'op' | 'at' | 'tick' | 'seen'>;

export type Standing<R> = {
  /** What makes the content, oldest first: its start, then what was edited or appended. */
  members: R[];
  /** The newest revision of each content that somebody replaced without having seen it, oldest first. */
  lost: R[];
};

export const startsContent = ({ op }: Pick<HistRow, 'op'>): boolean => op === 'create' || op === 'put';
export const changesContent = (row: Pick<HistRow, 'op'>): boolean =>
  startsContent(row) || row.op === 'edit' || row.op === 'append';

/** The total order: time, then the counter within a millisecond, then the device. Causes come before effects. */
export const inTime = (a: Omit<Line, 'op'>, b: Omit<Line, 'op'>): number => {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.tick !== b.tick) return a.tick - b.tick;
  return a.id === b.id ? 0 : splitId(a.id).device < splitId(b.id).device ? -1 : 1;
};

/** Whether the author of `row` had seen `other`. */
export const hadSeen = (row: Line, other: Line): boolean => {
  if (other.index >= row.index) return false;
  if (!row.seen) return true;
  const { device, seq } = splitId(other.id);
  return device === splitId(row.id).device || seq <= (row.seen[device] ?? 0);
};

/** What its author had before him when he made `row`, and the row itself. */
export const upTo = <R extends Line>(rows: readonly R[], row: Line): R[] =>
  rows.filter((other) => other.index === row.index || hadSeen(row, other));

/**
 * What stands when exactly these rows have happened. `keyOf` is the same for starts that are one: two devices that
 * forked the same bundle made the same file with the same first update.
 */
export const standing = <R extends Line>(
  rows: readonly R[],
  keyOf: (start: R) => string = ({ id }) => id,
): Standing<R> => {
  const ordered = rows.filter((row) => changesContent(row)).toSorted(inTime);
  const starts = ordered.filter((row) => startsContent(row));
  const newest = starts.at(-1);
  if (!newest) return { members: [], lost: [] };
  const keys = new Map(starts.map((start) => [start, keyOf(start)]));
  const keyFor = (row: R): string | undefined =>
    keys.get(row) ?? keys.get(starts.findLast((start) => hadSeen(row, start)) ?? row);

  const stands = keys.get(newest);
  const members = starts.filter((start) => keys.get(start) === stands).slice(0, 1);
  // Whoever writes a whole content, or settles a conflict by `restore`, puts aside what he has seen.
  const deciding = rows.filter((row) => startsContent(row) || row.op === 'restore');
  const decided = (row: R): boolean => {
    const same = keys.has(row) ? starts.filter((start) => keys.get(start) === keys.get(row)) : [row];
    return deciding.some((later) => same.some((one) => hadSeen(later, one)));
  };
  const lost = new Map<string, R>();
  for (const row of ordered) {
    const key = keyFor(row);
    if (key === stands) {
      if (!keys.has(row)) members.push(row);
    } else if (key !== undefined && !decided(row)) {
      lost.delete(key);
      lost.set(key, row);
    }
  }
  return { members, lost: [...lost.values()] };
};

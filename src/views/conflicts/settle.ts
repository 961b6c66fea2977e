/**
 * Settling a conflict: what can be done about each kind, and keeping the one side or the other. Keeping is a `restore`
 * on the path; the kernel then marks the record settled.
 */
import type { Conflict } from '../../../kernel/protocol/formats/records.ts';
import { isUnder, join, nameOf, parentOf, type Path } from '../../../kernel/protocol/paths.ts';

export type Act = 'keep' | 'other' | 'rename' | 'remove';

const ACTS: Record<Conflict['kind'], readonly Act[]> = {
  kept: ['keep', 'remove', 'rename'],
  name: ['keep', 'rename', 'remove'],
  folder: ['keep', 'rename'],
  content: ['keep', 'other', 'rename', 'remove'],
};

/** What the operator may do. `there`: something stands at the path. Records of the kernel are kept and not renamed. */
export const actsFor = (conflict: Conflict, there: boolean): Act[] =>
  there && isUnder(conflict.path, '/workspace')
    ? ACTS[conflict.kind].filter((act) => act !== 'other' || conflict.revision !== undefined)
    : [];

export const TITLES: Record<Conflict['kind'], string> = {
  kept: 'Removed on one device, changed on another',
  name: 'Two files took one name',
  folder: 'Two folders were moved into each other',
  content: 'Two contents for one file',
};

/** `plan~3fa2b1c4.md` → `plan.md`: the name two files took, and under which the other one stands. */
export const contestedPath = (path: Path): Path =>
  join(parentOf(path), nameOf(path).replace(/~[0-9a-f]+(\.[^.]*)?$/, '$1'));

/** Open ones first, each newest first. */
export const inTurn = (conflicts: readonly Conflict[]): { open: Conflict[]; settled: Conflict[] } => {
  const newest = conflicts.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  return {
    open: newest.filter(({ state }) => state === 'open'),
    settled: newest.filter(({ state }) => state !== 'open'),
  };
};

/**
 * Settling a conflict: what can be done about each kind, and keeping the one side or the other. Keeping is a `restore`
 * on the path; the kernel then marks the record settled.
 */
import type { Stat } from '../../../kernel/protocol/files.ts';
import type { Conflict } from '../../../kernel/protocol/formats/records.ts';
import { isUnder, parentOf, type Path } from '../../../kernel/protocol/paths.ts';

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

/** The files beside a path that are in a conflict too: the other holder of a name is one of them. */
export const besides = (path: Path, listed: readonly Stat[]): Stat[] =>
  listed.filter((stat) => stat.path !== path && parentOf(stat.path) === parentOf(path) && stat.conflict !== undefined);

/** Open ones first, each newest first. */
export const inTurn = (conflicts: readonly Conflict[]): { open: Conflict[]; settled: Conflict[] } => {
  const newest = conflicts.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  return {
    open: newest.filter(({ state }) => state === 'open'),
    settled: newest.filter(({ state }) => state !== 'open'),
  };
};

/**
 * Where devices disagreed and both sides were kept: said of the node until somebody settles it, by `restore` on it or by
 * removing, renaming or writing it again. All of it follows from the tree; nothing is remembered here.
 */
import type { Conflict } from '../protocol/formats/records.ts';
import { compareStamps, SHOWN, type Row, type Stamp, type TreeNode } from './node-table.ts';
import { wasKept } from './presence.ts';
import type { TreeState } from './tree-state.ts';

export type Disagreement = Pick<Conflict, 'kind' | 'words'> & { row: Row; at: number; revision?: string };

export const disagreementOf = (state: TreeState, row: Row): Disagreement | undefined => {
  const { table } = state;
  const presence = state.presence.get(row);
  const skipped = state.moves.skipped.get(row);
  const lost = state.lost.get(row);
  const settledAfter = (stamp: Stamp): boolean =>
    presence?.restored !== undefined && compareStamps(presence.restored, stamp) > 0;
  if (!table.has(row, SHOWN)) return undefined;
  if (presence?.removed && wasKept(presence)) {
    const words = 'Removed on one device and changed on another, so it was kept.';
    return { row, kind: 'kept', at: presence.removed.at, words };
  }
  if (lost && !settledAfter({ at: lost.at, tick: 0, device: '' })) {
    const words = `Replaced on two devices at once. The other content is revision ${lost.revision}.`;
    return { row, kind: 'content', at: lost.at, words, revision: lost.revision };
  }
  if (skipped && !settledAfter(skipped)) {
    const words = 'Moved on two devices so that two folders would lie in each other; the later move was passed over.';
    return { row, kind: 'folder', at: skipped.at, words };
  }
  const name = table.names[row] ?? '';
  if (state.folders.shownName(row) !== name) {
    const words = `Another device took the name ${name} first, so this one is shown under a name of its own.`;
    return { row, kind: 'name', at: (table.placed[row] ?? 0) * 1000, words };
  }
  return undefined;
};

export const disagreements = (state: TreeState): Disagreement[] => {
  const rows = new Set<Row>([...state.presence.keys(), ...state.lost.keys(), ...state.moves.skipped.keys()]);
  for (const [, { contested }] of state.folders.contested()) {
    for (const group of contested?.values() ?? []) for (const row of group) rows.add(row);
  }
  return [...rows].flatMap((row) => disagreementOf(state, row) ?? []);
};

/** Files that two devices made at one path with the same content, and that nobody touched since: the later ones. */
export const twins = (state: TreeState): TreeNode[] => {
  const alike = (one: TreeNode, other: TreeNode): boolean =>
    one.kind === 'file' && other.kind === 'file' && other.count === 1 && other.as === one.as && other.hash === one.hash;
  return [...state.folders.contested()].flatMap(([, { contested }]) =>
    [...(contested?.values() ?? [])].flatMap((group) => {
      const [first, ...others] = group.map((row) => state.view(row));
      return others.filter((other) => first !== undefined && alike(first, other));
    }),
  );
};

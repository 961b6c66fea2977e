/** The visible rows of the tree from what was listed and what is open: folders first, then by name. Pure. */
import type { Stat } from '../../../kernel/protocol/files.ts';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import type { TreeRow } from '../../ui/TreeItem.tsx';
import { rootNote } from './places.ts';

export type Listed = ReadonlyMap<Path, readonly Stat[]>;

/** The workspace stands first; what the kernel keeps after it. */
const ROOT_ORDER = ['/workspace', '/programs', '/system', '/proc'];

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Folders before files, each by name; the roots in their own order. */
export const inOrder = (folder: Path, entries: readonly Stat[]): Stat[] =>
  entries.toSorted((a, b) => {
    if (folder === '/') return ROOT_ORDER.indexOf(a.path) - ROOT_ORDER.indexOf(b.path);
    if (a.kind !== b.kind) return a.kind === 'dir' ? -1 : 1;
    return collator.compare(nameOf(a.path), nameOf(b.path));
  });

export const treeRows = (listed: Listed, open: ReadonlySet<Path>): TreeRow[] => {
  const rows: TreeRow[] = [];
  const below = (folder: Path, depth: number): void => {
    const entries = inOrder(folder, listed.get(folder) ?? []);
    entries.forEach((stat, index) => {
      const row: TreeRow = { id: stat.path, name: nameOf(stat.path), depth, place: [index + 1, entries.length] };
      const disagreed = stat.conflict === undefined ? {} : { conflict: true };
      if (stat.kind === 'file') {
        rows.push({ ...row, actor: stat.actor, ...disagreed });
        return;
      }
      const expanded = open.has(stat.path);
      const note = rootNote(stat.path);
      rows.push({
        ...row,
        expanded,
        busy: expanded && !listed.has(stat.path),
        ...(note ? { note } : {}),
        ...disagreed,
      });
      if (expanded) below(stat.path, depth + 1);
    });
  };
  below('/', 0);
  return rows;
};

/** The new rows, with the old object wherever a row says the same: what did not change is not drawn again. */
export const unchanged = (before: readonly TreeRow[], now: readonly TreeRow[]): readonly TreeRow[] => {
  const known = new Map(before.map((row) => [row.id, row]));
  return now.map((row) => {
    const old = known.get(row.id);
    return old && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
};

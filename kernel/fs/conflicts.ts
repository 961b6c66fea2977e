/**
 * What devices disagreed about, as files under /system/conflicts: one when it is found, marked settled once the tree no
 * longer says so. Two devices write the same file for the same disagreement. Also takes away the second of two files that
 * two devices made alike. It says which changes are due; writing them is the file system's.
 */
import { hashHex } from '../protocol/bytes.ts';
import type { Change } from '../protocol/files.ts';
import { CONFLICTS, conflictFile, type Conflict } from '../protocol/formats/records.ts';
import { join, type Path } from '../protocol/paths.ts';
import { disagreements, twins, type Disagreement } from './disagreements.ts';
import type { Tree, TreeNode } from './tree.ts';

const recordOf = (tree: Tree, { row, kind, words, at, revision }: Disagreement): Conflict => {
  const node = tree.view(row);
  return {
    id: hashHex(`${kind}|${node.id}|${revision ?? at}`).slice(0, 16),
    kind,
    state: 'open',
    path: tree.pathOf(node),
    words,
    at: new Date(at).toISOString(),
    by: node.actor,
    ...(revision ? { revision } : {}),
  };
};

const textOf = (conflict: Conflict): string => `${JSON.stringify(conflict, null, 2)}\n`;

export type Known = { node: TreeNode; path: Path; conflict: Conflict };

/**
 * Changes that bring the records in line with the tree, and how many disagreements stand. `known` are the records there
 * are, as they read.
 */
export const conflictChanges = (tree: Tree, known: readonly Known[]): { changes: Change[]; stand: number } => {
  const changes: Change[] = [];
  const alike = twins(tree);
  for (const twin of alike) changes.push({ op: 'remove', path: tree.pathOf(twin) });
  const going = new Set(alike.map(({ row }) => row));
  const open = new Map(
    disagreements(tree)
      .filter(({ row }) => !going.has(row))
      .map((one) => recordOf(tree, one))
      .filter(({ path }) => !path.startsWith(`${CONFLICTS}/`))
      .map((one) => [one.id, one]),
  );
  for (const [id, conflict] of open) {
    const path = conflictFile(id);
    if (!tree.resolve(path)) {
      changes.push({ op: 'put', path, content: textOf(conflict), base: null, attrs: { fork: `conflict-${id}` } });
    }
  }
  for (const { node, path, conflict } of known) {
    if (conflict.state === 'open' && !open.has(conflict.id)) {
      changes.push({ op: 'put', path, content: textOf({ ...conflict, state: 'settled' }), base: node.revision });
    }
  }
  return { changes, stand: open.size };
};

/** The records in the tree. */
export const conflictNodes = (tree: Tree): { node: TreeNode; path: Path }[] => {
  const folder = tree.resolve(CONFLICTS);
  return folder ? [...tree.children(folder)].map(([name, node]) => ({ node, path: join(CONFLICTS, name) })) : [];
};

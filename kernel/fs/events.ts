/**
 * What watchers are told of a change set: one event for each file [F11], in the order the files were first touched.
 * Made while the set is staged, so that it names the set's own revisions and not what came after. A folder that moved
 * takes its files along: each of them gets its event.
 */
import type { NodeId } from '../protocol/entry.ts';
import type { WatchEvent } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { Author, Staged } from './stage.ts';
import type { Tree, TreeNode } from './tree.ts';

type Told = {
  node: TreeNode;
  change: 'write' | 'move' | 'remove';
  from?: Path;
  /** Nobody saw it before this set. */ made: boolean;
};

const filesBelow = function* (tree: Tree, folder: TreeNode): Generator<TreeNode> {
  for (const [, child] of tree.children(folder)) {
    if (child.kind === 'file') yield child;
    else yield* filesBelow(tree, child);
  }
};

export const eventsOf = (
  tree: Tree,
  { touched }: Staged,
  { actor, run }: Author,
  source: WatchEvent['source'] = 'local',
): WatchEvent[] => {
  const told = new Map<NodeId, Told>();
  const tell = (node: TreeNode, op: Staged['touched'][number]['op'], from: Path | undefined): void => {
    const before = told.get(node.id);
    const made = before?.made ?? (op === 'create' || op === 'mkdir');
    const origin = before?.from ?? from;
    const moved = !made && origin !== undefined;
    told.set(node.id, {
      node,
      made,
      change: op === 'remove' ? 'remove' : moved ? 'move' : 'write',
      ...(moved ? { from: origin } : {}),
    });
  };
  for (const { node, op, from } of touched) {
    tell(node, op, from);
    if (node.kind !== 'dir' || from === undefined) continue;
    const base = tree.pathOf(node);
    for (const file of filesBelow(tree, node)) tell(file, 'move', from + tree.pathOf(file).slice(base.length));
  }
  return [...told.values()].map(({ node, change, from }) => ({
    path: tree.pathOf(node),
    change,
    actor,
    revision: node.revision,
    source,
    ...(run ? { run } : {}),
    ...(from ? { from } : {}),
  }));
};

/**
 * Who is, and who ever was, in a folder. The tree keeps the dead and remembers who left; going back needs them.
 * The only place outside the tree that looks at how a folder holds its members.
 */
import type { NodeId } from '../protocol/entry.ts';
import type { Tree, TreeNode } from './tree.ts';

/** Who stands in the folder now. */
export const liveIn = (tree: Tree, folder: TreeNode): TreeNode[] => tree.children(folder).map(([, node]) => node);

/** Everybody who is or once was directly in the folder, who left it last at the end. */
export const everIn = (tree: Tree, folder: TreeNode): TreeNode[] => {
  const past = [...(tree.folders.get(folder.row)?.past.values() ?? [])].flat();
  const ids = new Set([...liveIn(tree, folder).map(({ id }) => id), ...past]);
  return [...ids].flatMap((id) => tree.get(id) ?? []);
};

/** Everybody who is or once was anywhere below the folder: folders before what is in them. */
export const everBelow = (tree: Tree, folder: TreeNode): TreeNode[] => {
  const found = new Map<NodeId, TreeNode>();
  const enter = (from: TreeNode): void => {
    for (const node of everIn(tree, from)) {
      if (found.has(node.id)) continue;
      found.set(node.id, node);
      if (node.kind === 'dir') enter(node);
    }
  };
  enter(folder);
  return [...found.values()];
};

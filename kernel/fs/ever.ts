/**
 * Who is, and who ever was, in a folder. The tree keeps the dead and remembers who left; going back needs them.
 * The only place outside the tree that looks at how a folder holds its members.
 */
import type { Tree, TreeNode } from './tree.ts';

const nodesOf = (tree: Tree, ids: Iterable<string>): TreeNode[] => [...ids].flatMap((id) => tree.get(id) ?? []);

/** Who stands in the folder now. */
export const liveIn = (tree: Tree, folder: TreeNode): TreeNode[] => nodesOf(tree, folder.children.values());

/** Everybody who is or once was directly in the folder, who left it last at the end. */
export const everIn = (tree: Tree, folder: TreeNode): TreeNode[] =>
  nodesOf(tree, new Set([...folder.children.values(), ...[...folder.past.values()].flat()]));

/** Everybody who is or once was anywhere below the folder: folders before what is in them. */
export const everBelow = (tree: Tree, folder: TreeNode): TreeNode[] => {
  const found = new Set<TreeNode>();
  const enter = (from: TreeNode): void => {
    for (const node of everIn(tree, from)) {
      if (found.has(node)) continue;
      found.add(node);
      if (node.kind === 'dir') enter(node);
    }
  };
  enter(folder);
  return [...found];
};

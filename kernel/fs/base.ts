/**
 * [F3] May a `put` replace what stands at its path? Only what its author has read: a base that is stale or missing is
 * refused in words that name the other author and revision.
 */
import { fail } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { Tree, TreeNode } from './tree.ts';

const saw = (node: TreeNode, path: Path) => ({
  path,
  detail: { revision: node.revision, actor: node.actor, at: new Date(node.at).toISOString() },
});

/** Throws where it may not; `node` is what stands there. */
export const checkBase = (
  tree: Tree,
  node: TreeNode | undefined,
  { path, base }: Extract<Change, { op: 'put' }>,
): void => {
  if (node?.kind === 'dir') fail('EISDIR', `${path} is a folder.`, { path });
  if (!node) {
    if (typeof base !== 'string') return;
    const [gone] = tree.holders(path);
    if (!gone)
      fail('ENOENT', `${path} does not exist, so it cannot have been read. Give base: null to create it.`, { path });
    else
      fail(
        'ESTALE',
        `${path} was removed or moved by ${gone.actor} (revision ${gone.revision}) after you read it.`,
        saw(gone, path),
      );
  } else if (base === null)
    fail('EEXIST', `${path} exists already. Read it and give its revision as base to replace it.`, { path });
  else if (base === undefined)
    fail(
      'ESTALE',
      `${path} exists. Read it first and give its revision as base, so that nobody's work is overwritten unseen.`,
      saw(node, path),
    );
  else if (base !== node.revision) {
    const when = new Date(node.at).toISOString();
    fail(
      'ESTALE',
      `${path} was changed by ${node.actor} at ${when} (revision ${node.revision}) after you read it. Read it again and redo your change.`,
      saw(node, path),
    );
  }
};

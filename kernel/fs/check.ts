/**
 * A change set as whoever checks it sees it: staged, and not yet in its place. A check that refuses takes all of it back.
 */
import type { NodeId } from '../protocol/entry.ts';
import type { Result } from '../protocol/errors.ts';
import type { Path } from '../protocol/paths.ts';
import { eventsOf } from './events.ts';
import type { Author, Staged } from './stage.ts';
import type { Tree } from './tree.ts';

export type StagedSet = {
  /** The text that the set leaves at a path; undefined where it leaves none. */
  textAt: (path: Path) => string | undefined;
  /** Where the contents stood that the set puts back. */
  sources: readonly Path[];
  /** Every path that it changes or leaves, also of what moves along with a folder. */
  paths: () => Set<Path>;
  /** How many revisions a file had before the set. */
  countBefore: (node: NodeId) => number;
};
export type Check = (set: StagedSet) => Result<unknown>;

export const stagedSet = (
  tree: Tree,
  staged: Staged,
  author: Author,
  entries: ReadonlyMap<NodeId, number>,
): StagedSet => ({
  textAt: (path) => {
    const node = tree.resolve(path);
    const content = node && staged.contents.get(node.id);
    return content?.as === 'text' ? content.text : undefined;
  },
  sources: staged.sources ?? [],
  paths: () =>
    new Set([...staged.touched, ...eventsOf(tree, staged, author)].flatMap(({ path, from }) => [path, from ?? path])),
  countBefore: (node) => (tree.get(node)?.count ?? 0) - (entries.get(node) ?? 0),
});

/**
 * Looking through the past: every file that ever stood below a folder, and the contents each had. Reads what was durable
 * when it was made; whoever looked says so only if `stands` afterwards [F6].
 */
import { decodeText } from '../protocol/bytes.ts';
import type { NodeId } from '../protocol/entry.ts';
import type { Path } from '../protocol/paths.ts';
import { everBelow } from './ever.ts';
import { changesContent } from './generations.ts';
import type { HistRow } from './hist-store.ts';
import type { Sources } from './restore-plan.ts';
import type { Tree, TreeNode } from './tree.ts';

export type Former = {
  /** Files that have a past and are or were below a folder, the last changed first. */
  files: (under: Path) => TreeNode[];
  /** Revisions that made a content, newest first. */
  contents: (node: TreeNode) => AsyncGenerator<HistRow>;
  /** The text of such a revision; undefined when it was none. */
  text: (node: TreeNode, row: HistRow) => Promise<string | undefined>;
  /** What was shown is durable: nothing was rolled back since. */
  stands: () => Promise<boolean>;
};

export const createFormer = (tree: Tree, { contents, histories }: Sources, stands: () => Promise<boolean>): Former => ({
  files: (under) => {
    const found = new Map<NodeId, TreeNode>();
    for (const holder of tree.holders(under)) {
      found.set(holder.id, holder);
      if (holder.kind === 'dir') for (const node of everBelow(tree, holder)) found.set(node.id, node);
    }
    const hasPast = ({ kind, dead, count }: TreeNode): boolean => kind === 'file' && (dead || count > 1);
    return [...found.values()].filter(hasPast).sort((a, b) => b.at - a.at);
  },
  contents: async function* (node) {
    for await (const rows of histories.newest(node)) for (const row of rows) if (changesContent(row)) yield row;
  },
  text: async (node, row) => {
    if (row.as === 'blob') return undefined;
    const { content: past } = await contents.asOf(node, row);
    return past.as === 'text' ? past.text : decodeText(await contents.bytesOf(past));
  },
  stands,
});

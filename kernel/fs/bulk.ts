/**
 * The texts of many files at once, for whoever reads all of them: files that were never changed lie next to each other in
 * the journal, so a few reads bring hundreds; what is in memory is not read. Nothing is kept in memory. What was changed since it was made, or does not
 * match its hash, is left out: it is read on its own.
 */
import { decodeText, hashHex, toUtf8 } from '../protocol/bytes.ts';
import { revisionOf, type NodeId, type RevisionId } from '../protocol/entry.ts';
import type { Log } from '../protocol/log.ts';
import { firstText } from './text-form.ts';
import type { Content } from './contents.ts';
import type { TreeNode } from './tree.ts';

export type Bulk = ReadonlyMap<NodeId, { revision: RevisionId; hash: string; text: string | undefined }>;

type Held = (node: TreeNode) => Content | undefined;

export const readBulk = async (nodes: readonly TreeNode[], log: Log, held: Held): Promise<Bulk> => {
  const found = new Map<NodeId, { revision: RevisionId; hash: string; text: string | undefined }>();
  for (const node of nodes) {
    const content = held(node);
    if (content?.as === 'text') found.set(node.id, { revision: node.revision, hash: node.hash, text: content.text });
  }
  const fresh = new Map(
    nodes
      .filter(
        ({ id, kind, dead, as, count }) => !found.has(id) && kind === 'file' && !dead && as !== 'blob' && count === 1,
      )
      .map((node) => [node.revision, node]),
  );
  if (fresh.size === 0) return found;
  // A damaged entry stands in the way of its neighbours: each is read on its own then, and says what is wrong with it.
  const entries = await log.entries([...fresh.keys()]).catch(() => []);
  for (const { entry } of entries) {
    const revision = revisionOf(entry);
    const node = fresh.get(revision);
    if (!node || entry.change.op !== 'create' || entry.node !== node.id) continue;
    const { as, hash } = entry.change;
    const text = as === 'text' ? firstText(entry.payload) : decodeText(entry.payload);
    if (as === 'text' && text === undefined) continue;
    const bytes = as === 'text' ? toUtf8(text ?? '') : entry.payload;
    if (as !== 'blob' && hashHex(bytes) === hash) found.set(node.id, { revision, hash, text });
  }
  return found;
};

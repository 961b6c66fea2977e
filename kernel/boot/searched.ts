/** What search is handed of the file system: the tree, and texts. */
import type { Fs } from '../fs/fs.ts';
import type { HistRow } from '../fs/hist-store.ts';
import { fail } from '../protocol/errors.ts';
import type { Content, Files } from '../search/files.ts';

export const searched = (fs: Fs): Files => ({
  at: fs.nodeAt,
  get: fs.node,
  childrenOf: (folder) => fs.childrenOf(folder),
  pathOf: (id) => {
    const node = fs.node(id);
    return node && fs.pathOf(node);
  },
  read: async (path) => {
    const before = fs.stat(path);
    const read = await fs.read(path, { as: 'text' });
    if (read.ok) {
      const { content, stat } = read.value;
      const { revision, actor, at, hash = '' } = stat;
      return typeof content === 'string' ? { revision, actor, at, hash, text: content } : undefined;
    }
    const after = fs.stat(path);
    // Not text, and still the same: that is known of it.
    return read.error.code === 'EINVAL' && after?.hash !== undefined && after.hash === before?.hash
      ? { revision: after.revision, actor: after.actor, at: after.at, hash: after.hash, text: undefined }
      : undefined;
  },
  readMany: async (ids) => {
    const texts = await fs.bulk(ids.flatMap((id) => fs.node(id) ?? []));
    const found = new Map<string, Content>();
    for (const [id, content] of texts) {
      const node = fs.node(id);
      if (node?.revision !== content.revision) continue;
      found.set(id, { ...content, actor: node.actor, at: new Date(node.at).toISOString() });
    }
    return found;
  },
  past: async () => {
    const { files, contents, text, stands } = await fs.former();
    const of = (id: string) => fs.node(id) ?? fail('EIO', 'A file that was there is not in the tree.');
    return {
      files,
      stands,
      contents: (id) => contents(of(id)),
      text: (id, version) => text(of(id), version as HistRow),
    };
  },
  settled: () => fs.list('/', { limit: 1 }),
});

/** What search is handed of the file system: the tree, and texts. */
import type { Fs } from '../fs/fs.ts';
import type { Files } from '../search/files.ts';

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
      return typeof content === 'string'
        ? { revision: stat.revision, hash: stat.hash ?? '', text: content }
        : undefined;
    }
    const after = fs.stat(path);
    // Not text, and still the same: that is known of it.
    return read.error.code === 'EINVAL' && after?.hash !== undefined && after.hash === before?.hash
      ? { revision: after.revision, hash: after.hash, text: undefined }
      : undefined;
  },
  settled: () => fs.list('/', { limit: 1 }),
});

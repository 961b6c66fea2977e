/** The index of names, kept beside the tree: what is called so, and all files below a folder that is. */
import type { NodeId } from '../protocol/entry.ts';
import { parentOf } from '../protocol/paths.ts';
import type { FileNode, Files } from './files.ts';
import { createNames } from './names.ts';
import type { Wanted } from './tokens.ts';

export type Named = {
  /** This may be new, gone, or called otherwise. */
  note: (id: NodeId) => void;
  /** Look at everything there is; each file that may hold text is told. */
  all: (file: (node: FileNode) => void) => void;
  /** Every file whose own name, or that of a folder above, meets one of the wanted terms. May tell of one twice. */
  each: (wanted: readonly Wanted[], file: (node: FileNode) => void) => void;
};

export const createNamed = (files: Files): Named => {
  const names = createNames();

  const below = (folder: FileNode, visit: (node: FileNode) => void): void => {
    for (const [, node] of files.childrenOf(folder)) {
      visit(node);
      if (node.kind === 'dir') below(node, visit);
    }
  };

  return {
    note: (id) => {
      const node = files.get(id);
      if (!node || node.dead) return names.drop(id);
      names.put(id, node.name);
      // Folders that came with a file are not told of by themselves.
      for (let path = parentOf(files.pathOf(id) ?? '/'); path !== '/'; path = parentOf(path)) {
        const folder = files.at(path);
        if (!folder || names.has(folder.id)) break;
        names.put(folder.id, folder.name);
      }
    },
    all: (file) => {
      const root = files.at('/');
      if (root)
        below(root, (node) => {
          names.put(node.id, node.name);
          if (node.kind === 'file' && node.as !== 'blob') file(node);
        });
    },
    each: (wanted, file) => {
      for (const id of names.find(wanted)) {
        const node = files.get(id);
        if (node?.kind === 'dir') below(node, (inner) => inner.kind === 'file' && file(inner));
        else if (node) file(node);
      }
    },
  };
};

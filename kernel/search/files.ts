/**
 * What search is handed: the tree as it is now, and the text of a file. It walks names itself, so that nothing of a
 * path is stored and a moved folder costs nothing.
 */
import type { ContentKind, NodeId, RevisionId } from '../protocol/entry.ts';
import { join, parentOf, type Path } from '../protocol/paths.ts';
import { eachTerm, fold, meets, type Wanted } from './tokens.ts';

export type FileNode = {
  id: NodeId;
  kind: 'file' | 'dir';
  name: string;
  dead: boolean;
  as?: ContentKind | undefined;
  hash: string;
};

/** `text` is undefined when the file holds bytes that are none. */
export type Content = { revision: RevisionId; hash: string; text: string | undefined };

export type Files = {
  at: (path: Path) => FileNode | undefined;
  get: (id: NodeId) => FileNode | undefined;
  childrenOf: (folder: FileNode) => Iterable<[string, FileNode]>;
  pathOf: (id: NodeId) => Path | undefined;
  /** Durable text; undefined when the file is gone or cannot be read. */
  read: (path: Path) => Promise<Content | undefined>;
  /** What the tree shows from here on was durable, or is rolled back. */
  settled: () => Promise<unknown>;
};

const NOBODY: readonly boolean[] = [];

/** Which wanted terms a name meets, beside those that the folders above it meet. */
const namedBy = (name: string, wanted: readonly Wanted[], above: readonly boolean[]): readonly boolean[] => {
  const folded = fold(name);
  if (!wanted.some(({ term }) => folded.includes(term))) return above;
  const met = wanted.map((_one, i) => above[i] ?? false);
  eachTerm(folded, (term) => wanted.forEach((one, i) => (met[i] ||= meets(term, one))));
  return met;
};

/** A file, the folder it is in, and by index of the wanted term whether it begins a word of the path. */
export type Visit = (node: FileNode, folder: Path, named: readonly boolean[]) => void;

/** Every file below a folder that may hold text. A callback: a generator through all levels costs several times more. */
export const visitBelow = (files: Files, under: Path, wanted: readonly Wanted[], visit: Visit): void => {
  const enter = (folder: FileNode, at: Path, above: readonly boolean[]): void => {
    for (const [name, node] of files.childrenOf(folder)) {
      const named = namedBy(name, wanted, above);
      if (node.kind === 'dir') enter(node, join(at, name), named);
      else if (node.as !== 'blob') visit(node, at, named);
    }
  };
  const start = files.at(under);
  if (!start) return;
  const named = namedBy(under, wanted, NOBODY);
  if (start.kind === 'dir') enter(start, under, named);
  else if (start.as !== 'blob') visit(start, parentOf(under), named);
};

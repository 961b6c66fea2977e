/**
 * What search is handed: the tree as it is now, and the text of a file. It walks names itself, so that nothing of a
 * path is stored and a moved folder costs nothing.
 */
import type { Actor } from '../protocol/actor.ts';
import type { ContentKind, NodeId, RevisionId } from '../protocol/entry.ts';
import { join, nameOf, parentOf, type Path } from '../protocol/paths.ts';
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
export type Content = { revision: RevisionId; actor: Actor; at: string; hash: string; text: string | undefined };

/** A content that a file had: who made it, when, and where the file stood then. */
export type Version = { id: RevisionId; path: Path; actor: Actor; at: string; hash: string };

/** The past, as it was when it was asked for; what was found there holds if it `stands` afterwards. */
export type Past = {
  /** Files that have a past and are or were below a folder, the last changed first. */
  files: (under: Path) => FileNode[];
  /** Newest first. */
  contents: (id: NodeId) => AsyncGenerator<Version>;
  text: (id: NodeId, version: Version) => Promise<string | undefined>;
  stands: () => Promise<boolean>;
};

export type Files = {
  at: (path: Path) => FileNode | undefined;
  get: (id: NodeId) => FileNode | undefined;
  childrenOf: (folder: FileNode) => Iterable<[string, FileNode]>;
  pathOf: (id: NodeId) => Path | undefined;
  /** Durable text; undefined when the file is gone or cannot be read. */
  read: (path: Path) => Promise<Content | undefined>;
  /** Many at once, where that is cheaper; the others are left out and have to be read. */
  readMany: (ids: readonly NodeId[]) => Promise<ReadonlyMap<NodeId, Content>>;
  past: () => Promise<Past>;
  /** Asks whether the tree is as it was when this was called. */
  still: () => () => boolean;
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

/** Every file below a folder that may hold text. A callback: a generator through all levels costs several times more. */
export const visitBelow = (files: Files, under: Path, visit: (node: FileNode, path: Path) => void): void => {
  const enter = (folder: FileNode, at: Path): void => {
    for (const [name, node] of files.childrenOf(folder)) {
      if (node.kind === 'dir') enter(node, join(at, name));
      else if (node.as !== 'blob') visit(node, join(at, name));
    }
  };
  const start = files.at(under);
  if (start?.kind === 'dir') enter(start, under);
  else if (start && start.as !== 'blob') visit(start, under);
};

/** Where a file stands, and by index of the wanted term whether it begins a word of the path; none where neither does. */
export type Placed = { path: Path; named: readonly boolean[] };

/** Places of files that may hold text and are below a folder; what is said of folders is worked out once for a query. */
export const placing = (
  files: Files,
  under: Path,
  wanted: readonly Wanted[],
): ((node: FileNode) => Placed | undefined) => {
  const inside = under === '/' ? '/' : `${under}/`;
  const folders = new Map<Path, readonly boolean[]>();
  const folderNamed = (folder: Path): readonly boolean[] => {
    if (folder === '/') return NOBODY;
    let named = folders.get(folder);
    if (!named) folders.set(folder, (named = namedBy(nameOf(folder), wanted, folderNamed(parentOf(folder)))));
    return named;
  };
  return (node) => {
    if (node.dead || node.kind === 'dir' || node.as === 'blob') return undefined;
    const path = files.pathOf(node.id);
    if (path === undefined || !(path === under || path.startsWith(inside))) return undefined;
    return { path, named: namedBy(node.name, wanted, folderNamed(parentOf(path))) };
  };
};

/** What search is handed: the tree as it is now, and the texts of files, now and before. */
import type { Actor } from '../protocol/actor.ts';
import type { ContentKind, NodeId, RevisionId } from '../protocol/entry.ts';
import type { Path } from '../protocol/paths.ts';

export type FileNode = {
  id: NodeId;
  kind: 'file' | 'dir';
  parent: NodeId;
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
  /** By the names they are shown under. */
  childrenOf: (folder: Pick<FileNode, 'id'>) => Iterable<[string, FileNode]>;
  pathOf: (id: NodeId) => Path | undefined;
  /** Durable text; undefined when the file is gone or cannot be read. */
  read: (path: Path) => Promise<Content | undefined>;
  /** Many at once, where that is cheaper; the others are left out and have to be read. */
  readMany: (ids: readonly NodeId[]) => Promise<ReadonlyMap<NodeId, Content>>;
  past: () => Promise<Past>;
  /** What the tree shows from here on was durable, or is rolled back. */
  settled: () => Promise<unknown>;
};

/**
 * The workspace as one line of bash sees it: nodes loaded from the kernel when they are first needed.
 * A folder's stats come in one `list`; when a command walks down the tree, a whole subtree comes in one.
 * Nodes know their parent and not their path, so moving a folder moves everything below it.
 * It makes no changes and knows nothing of the shell.
 */
import type { SysError } from '../protocol/errors.ts';
import type { Stat } from '../protocol/files.ts';
import { segments, type Path } from '../protocol/paths.ts';
import type { LinePort } from './line.ts';
import { fromSys } from './posix.ts';

export type FileNode = {
  kind: 'file';
  name: string;
  parent: DirNode | undefined;
  /** As the kernel has it; absent when this line made the file. */
  origin?: Stat | undefined;
  /** The content without `tail`, once read or written. */
  bytes?: Uint8Array | undefined;
  /** `bytes` is new content; what the kernel has no longer matters. */
  dirty: boolean;
  /** Appended by this line. */
  tail: Uint8Array[];
};

export type DirNode = {
  kind: 'dir';
  name: string;
  parent: DirNode | undefined;
  /** Where the kernel has it; absent when this line made the folder. */
  origin?: Path | undefined;
  at?: string | undefined;
  children?: Map<string, Node> | undefined;
  loading?: Promise<Map<string, Node>> | undefined;
  /** A command has listed it, so a command that now lists a child is walking. */
  listed: boolean;
};

export type Node = FileNode | DirNode;

export const KERNEL_ROOTS = ['workspace', 'system', 'programs', 'proc'];

/** A subtree larger than this is loaded folder by folder. */
const WALK_LIMIT = 5_000;
const PAGE = 10_000;
const DEEP = 64;

export const newFile = (name: string, parent: DirNode, bytes: Uint8Array): FileNode => ({
  kind: 'file',
  name,
  parent,
  bytes,
  tail: [],
  dirty: true,
});

export const newDir = (name: string, parent: DirNode | undefined, origin?: Path, at?: string): DirNode => ({
  kind: 'dir',
  name,
  parent,
  origin,
  at,
  children: origin === undefined ? new Map() : undefined,
  listed: false,
});

/** Where a node is now; undefined when it has been taken out of the tree. */
export const pathOf = (node: Node): Path | undefined => {
  const names: string[] = [];
  let here: Node = node;
  while (here.parent) {
    if (here.parent.children?.get(here.name) !== here) return undefined;
    names.unshift(here.name);
    here = here.parent;
  }
  return here.name === '/' ? `/${names.join('/')}` : undefined;
};

export type Tree = {
  lookup: (path: Path) => Promise<Node | undefined>;
  /** `walk` says that a command lists the folder, so its folders may be next. */
  children: (dir: DirNode, walk: boolean) => Promise<Map<string, Node>>;
};

export const createTree = (port: LinePort, refused: (error: SysError) => void): Tree => {
  const root = newDir('/', undefined);
  for (const name of KERNEL_ROOTS) root.children?.set(name, newDir(name, root, `/${name}`));

  const nodeOf = (stat: Stat, parent: DirNode): Node => {
    const name = stat.path.slice(stat.path.lastIndexOf('/') + 1);
    if (stat.kind === 'dir') return newDir(name, parent, stat.path, stat.at);
    return { kind: 'file', name, parent, origin: stat, tail: [], dirty: false };
  };

  const page = async (path: Path, o: { depth?: number; limit: number; cursor?: string }) => {
    const listed = await port.invoke('list', { path, ...o });
    if (!listed.ok) {
      if (listed.error.code === 'ENOENT') return { entries: [], cursor: undefined };
      refused(listed.error);
      // One folder that may not be listed must not end a walk over its neighbours.
      if (listed.error.code === 'EACCES') return { entries: [], cursor: undefined };
      throw fromSys(listed.error, 'scandir', path);
    }
    const { entries, cursor } = listed.value;
    return { entries: (entries as Stat[]).filter((stat) => stat.path !== path), cursor };
  };

  /** Fill the whole subtree, or nothing when it is too large for one answer. */
  const loadDeep = async (dir: DirNode, path: Path): Promise<Map<string, Node> | undefined> => {
    const { entries, cursor } = await page(path, { depth: DEEP, limit: WALK_LIMIT });
    if (cursor !== undefined) return undefined;
    const top = new Map<string, Node>();
    const dirs = new Map<Path, { node: DirNode | undefined; children: Map<string, Node> }>([
      [path, { node: dir, children: top }],
    ]);
    const depth = segments(path).length;
    for (const stat of entries.toSorted((a, b) => a.path.length - b.path.length)) {
      const above = dirs.get(stat.path.slice(0, stat.path.lastIndexOf('/')));
      if (!above?.node) continue;
      const node = nodeOf(stat, above.node);
      above.children.set(node.name, node);
      if (node.kind !== 'dir' || segments(stat.path).length - depth >= DEEP) continue;
      node.children = new Map();
      node.listed = true;
      dirs.set(stat.path, { node, children: node.children });
    }
    return top;
  };

  const loadFlat = async (dir: DirNode, path: Path): Promise<Map<string, Node>> => {
    const children = new Map<string, Node>();
    let cursor: string | undefined;
    do {
      const next: Awaited<ReturnType<typeof page>> = await page(
        path,
        cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor },
      );
      for (const stat of next.entries) {
        const node = nodeOf(stat, dir);
        children.set(node.name, node);
      }
      cursor = next.cursor;
    } while (cursor !== undefined);
    return children;
  };

  const load = async (dir: DirNode, walk: boolean): Promise<Map<string, Node>> => {
    const path = dir.origin ?? '/';
    const deep = walk && dir.parent?.listed === true && dir.parent !== root ? await loadDeep(dir, path) : undefined;
    return (dir.children = deep ?? (await loadFlat(dir, path)));
  };

  const children = async (dir: DirNode, walk: boolean): Promise<Map<string, Node>> => {
    try {
      return dir.children ?? (await (dir.loading ??= load(dir, walk)));
    } finally {
      dir.loading = undefined;
      if (walk) dir.listed = true;
    }
  };

  const lookup = async (path: Path): Promise<Node | undefined> => {
    let here: Node = root;
    for (const name of segments(path)) {
      if (here.kind === 'file') return undefined;
      const next: Node | undefined = (await children(here, false)).get(name);
      if (!next) return undefined;
      here = next;
    }
    return here;
  };

  return { lookup, children };
};

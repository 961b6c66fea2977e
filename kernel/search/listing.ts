/**
 * The names of all files, folded once and kept by folder, so that a query looks at 100,000 names without asking the tree
 * or making a string. A folder in which a name or place may have changed is read from the tree again before the next
 * query; a folder that moved takes what is known of its insides along. It does not know what is in the files.
 */
import type { NodeId } from '../protocol/entry.ts';
import { join, nameOf, parentOf, type Path } from '../protocol/paths.ts';
import type { FileNode, Files } from './files.ts';
import { packNames, type Names } from './names.ts';
import { NOT_NAMED, type Naming } from './naming.ts';
import type { NodeNumbers } from './node-numbers.ts';

type Folder = {
  id: NodeId;
  parent: Folder | undefined;
  dirs: { name: string; folder: Folder }[];
  names: Names;
  /** By place in `names`. */
  files: Uint32Array;
};

/** A file by number, the folder it is in, and by index of the wanted term whether it begins a word of the path. */
export type Visit = (file: number, folder: Path, name: string, named: readonly boolean[]) => void;

export class Listing {
  private readonly numbers: NodeNumbers;
  private readonly tree: Pick<Files, 'at' | 'get' | 'childrenOf'>;
  /** Called for each file that may hold text when its folder is read. */
  private readonly seen: (file: number, node: FileNode) => void;
  private readonly folders = new Map<NodeId, Folder>();
  private homes: (Folder | undefined)[] = [];
  private readonly due = new Set<NodeId>();
  private root: Folder | undefined;

  constructor(
    numbers: NodeNumbers,
    tree: Pick<Files, 'at' | 'get' | 'childrenOf'>,
    seen: (file: number, node: FileNode) => void,
  ) {
    this.numbers = numbers;
    this.tree = tree;
    this.seen = seen;
  }

  /** Nothing that is known holds: the tree is another. */
  forget(): void {
    this.root = undefined;
  }

  /** A node may be shown elsewhere, or differently, than before. */
  placed(node: FileNode): void {
    this.due.add(node.parent);
    const before = node.kind === 'dir' ? this.folders.get(node.id)?.parent : this.homes[this.numbers.of(node.id)];
    if (before) this.due.add(before.id);
  }

  /** Whether a file is listed if and where it should be, as far as its content tells. */
  lists(file: number, node: FileNode): boolean {
    return this.homes[file]?.id === (node.as === 'blob' || node.dead ? undefined : node.parent);
  }

  has(file: number): boolean {
    return this.homes[file] !== undefined;
  }

  /**
   * Bring it in line with the tree; true when all of it was read. Synchronous, like every look at the tree that has to be
   * of one moment.
   */
  sync(): boolean {
    const all = this.root === undefined;
    if (!this.root) {
      this.folders.clear();
      this.homes = [];
      const root = this.tree.at('/');
      if (root) this.read((this.root = this.made(root.id, undefined)));
    } else for (const id of this.due) this.readAgain(id);
    this.due.clear();
    return all;
  }

  private readAgain(id: NodeId): void {
    const folder = this.folders.get(id);
    if (folder) return this.read(folder);
    // One that is not known yet is read with the one it is in.
    const node = this.tree.get(id);
    if (node && !node.dead && node.parent !== id) this.readAgain(node.parent);
  }

  private made(id: NodeId, parent: Folder | undefined): Folder {
    const folder: Folder = { id, parent, dirs: [], names: packNames([]), files: new Uint32Array() };
    this.folders.set(id, folder);
    return folder;
  }

  private read(folder: Folder): void {
    const names: string[] = [];
    const files: number[] = [];
    const dirs: Folder['dirs'] = [];
    const unread: Folder[] = [];
    for (const file of folder.files) if (this.homes[file] === folder) this.homes[file] = undefined;
    for (const [name, node] of this.tree.childrenOf(folder)) {
      if (node.kind === 'dir') {
        const known = this.folders.get(node.id);
        const child = known ?? this.made(node.id, folder);
        child.parent = folder;
        dirs.push({ name, folder: child });
        if (!known) unread.push(child);
      } else if (node.as !== 'blob') {
        const file = this.numbers.of(node.id);
        this.homes[file] = folder;
        names.push(name);
        files.push(file);
        this.seen(file, node);
      }
    }
    for (const { folder: old } of folder.dirs) {
      if (this.tree.get(old.id)?.dead !== false) this.folders.delete(old.id);
    }
    Object.assign(folder, { dirs, names: packNames(names), files: Uint32Array.from(files) });
    for (const child of unread) this.read(child);
  }

  /** Every listed file at or below a path. */
  visit(under: Path, naming: Naming, visit: Visit): void {
    const enter = (folder: Folder, path: Path, above: readonly boolean[]): void => {
      const { names, files } = folder;
      const named = naming.inFolder(names, above);
      for (let i = 0; i < files.length; i++)
        visit(files[i] as number, path, names.list[i] as string, named?.[i] ?? above);
      for (const { name, folder: child } of folder.dirs) enter(child, join(path, name), naming.inName(name, above));
    };
    const start = this.tree.at(under);
    const above = naming.inName(under, NOT_NAMED);
    if (start?.kind === 'dir') {
      const folder = this.folders.get(start.id);
      if (folder) enter(folder, under, above);
    } else if (start) {
      const home = this.folders.get(start.parent);
      const i = home?.names.list.indexOf(nameOf(under)) ?? -1;
      if (home && i >= 0) visit(home.files[i] as number, parentOf(under), nameOf(under), above);
    }
  }
}

/**
 * What one line of bash has done so far, kept in memory and handed to the kernel as one change set.
 * Every file gets at most one content change: whole content over the revision that was first seen, or what was
 * appended. Content changes name the place a file had before the line, and come before moves and removals.
 * It checks shell manners (a folder is not a file) and leaves every question of rights to the kernel.
 */
import { concatBytes, equalBytes, hashHex } from '../protocol/bytes.ts';
import type { SysError } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import { isUnder, nameOf, parentOf, type Path } from '../protocol/paths.ts';
import { asContent } from './encodings.ts';
import type { LinePort } from './line.ts';
import { fromSys, posixError } from './posix.ts';
import { createSteps } from './steps.ts';
import { createTree, newDir, newFile, pathOf, type DirNode, type FileNode, type Node } from './tree.ts';

export type Staging = {
  lookup: (path: Path) => Promise<Node | undefined>;
  children: (path: Path) => Promise<Map<string, Node>>;
  read: (path: Path) => Promise<Uint8Array>;
  put: (path: Path, bytes: Uint8Array) => Promise<void>;
  append: (path: Path, bytes: Uint8Array) => Promise<void>;
  mkdir: (path: Path, parents: boolean) => Promise<void>;
  move: (from: Path, to: Path) => Promise<void>;
  remove: (path: Path, recursive: boolean) => Promise<void>;
  changes: () => Promise<Change[]>;
};

/** Content read in one line is kept up to this many bytes; beyond it, files are read again. */
const CACHE_BYTES = 64 * 2 ** 20;

export const sizeOf = (node: FileNode): number =>
  node.tail.reduce((sum, part) => sum + part.length, node.bytes?.length ?? node.origin?.size ?? 0);

export const createStaging = (port: LinePort, refused: (error: SysError) => void): Staging => {
  const tree = createTree(port, refused);
  const steps = createSteps();
  const changed = new Set<FileNode>();
  let cached = 0;

  const fetch = async (node: FileNode, origin: NonNullable<FileNode['origin']>): Promise<Uint8Array> => {
    const read = await port.invoke('read', { path: origin.path, as: 'bytes' });
    if (!read.ok) {
      if (read.error.code !== 'ENOENT') refused(read.error);
      throw fromSys(read.error, 'open', origin.path);
    }
    const { content, stat } = read.value;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    // What the line goes on from is what it read, not what an earlier listing said.
    if (!node.dirty) node.origin = stat;
    return bytes;
  };

  const bytesOf = async (node: FileNode): Promise<Uint8Array> => {
    if (!node.bytes) {
      const base = node.origin ? await fetch(node, node.origin) : new Uint8Array();
      cached += base.length;
      if (cached <= CACHE_BYTES) node.bytes = base;
      return node.tail.length === 0 ? base : concatBytes([base, ...node.tail]);
    }
    if (node.tail.length === 0) return node.bytes;
    const whole = concatBytes([node.bytes, ...node.tail]);
    if (node.dirty) fill(node, whole);
    return whole;
  };

  const dirAt = async (path: Path, operation: string, target = path): Promise<DirNode> => {
    const node = await tree.lookup(path);
    if (!node) throw posixError('ENOENT', operation, target);
    if (node.kind === 'file') throw posixError('ENOTDIR', operation, target);
    return node;
  };

  const fileAt = async (path: Path, operation: string): Promise<FileNode | undefined> => {
    const node = await tree.lookup(path);
    if (node?.kind === 'dir') throw posixError('EISDIR', operation, path);
    return node;
  };

  const attach = async (node: Node, parent: DirNode, name: string): Promise<void> => {
    const siblings = await tree.children(parent, false);
    node.parent = parent;
    node.name = name;
    siblings.set(name, node);
  };
  const detach = (node: Node): void => void node.parent?.children?.delete(node.name);

  const fill = (node: FileNode, bytes: Uint8Array): void => {
    node.bytes = bytes;
    node.tail = [];
    node.dirty = true;
    changed.add(node);
  };

  const create = async (path: Path, bytes: Uint8Array): Promise<void> => {
    const parent = await dirAt(parentOf(path), 'open', path);
    // `rm f; echo x > f` goes on in the same file, so that its history does.
    const node = steps.unremove(path) ?? newFile(nameOf(path), parent, bytes);
    await attach(node, parent, nameOf(path));
    fill(node, bytes);
  };

  const put: Staging['put'] = async (path, bytes) => {
    const node = await fileAt(path, 'open');
    if (node) fill(node, bytes);
    else await create(path, bytes);
  };

  const append: Staging['append'] = async (path, bytes) => {
    const node = await fileAt(path, 'open');
    if (!node) return create(path, bytes);
    if (bytes.length === 0) return;
    node.tail.push(bytes);
    changed.add(node);
  };

  const mkdir: Staging['mkdir'] = async (path, parents) => {
    const there = await tree.lookup(path);
    if (there && !(parents && there.kind === 'dir')) throw posixError('EEXIST', 'mkdir', path);
    if (there) return;
    if (parents && !(await tree.lookup(parentOf(path)))) await mkdir(parentOf(path), true);
    const parent = await dirAt(parentOf(path), 'mkdir', path);
    const node = newDir(nameOf(path), parent);
    await attach(node, parent, node.name);
    steps.mkdir(node, path);
  };

  const drop = async (node: Node, path: Path): Promise<void> => {
    if (node.kind === 'dir') {
      for (const [name, child] of await tree.children(node, true)) await drop(child, `${path}/${name}`);
    }
    steps.remove(node, path);
    detach(node);
  };

  const remove: Staging['remove'] = async (path, recursive) => {
    const node = await tree.lookup(path);
    if (!node) throw posixError('ENOENT', 'rm', path);
    if (node.kind === 'dir' && !recursive && (await tree.children(node, false)).size > 0) {
      throw posixError('ENOTEMPTY', 'rm', path);
    }
    await drop(node, path);
  };

  const move: Staging['move'] = async (from, to) => {
    const node = await tree.lookup(from);
    if (!node) throw posixError('ENOENT', 'mv', from);
    if (from === to) return;
    if (isUnder(to, from)) throw posixError('EINVAL', 'mv', to, 'a folder cannot be moved into itself');
    const parent = await dirAt(parentOf(to), 'mv', to);
    const there = await tree.lookup(to);
    if (there && there.kind !== node.kind) throw posixError(there.kind === 'dir' ? 'EISDIR' : 'ENOTDIR', 'mv', to);
    if (there?.kind === 'dir') {
      // Only an empty folder gives way.
      if ((await tree.children(there, false)).size > 0) throw posixError('ENOTEMPTY', 'mv', to);
      await drop(there, to);
    }
    if (there?.kind === 'file' && node.kind === 'file') {
      // `… > f.new; mv f.new f`: the old file gets new content, and keeps its history.
      if (!node.origin) {
        fill(there, await bytesOf(node));
        detach(node);
        return;
      }
      await drop(there, to);
    }
    detach(node);
    steps.move(node, from, to);
    await attach(node, parent, nameOf(to));
  };

  const contentChange = async (
    node: FileNode,
    origin: NonNullable<FileNode['origin']>,
  ): Promise<Change | undefined> => {
    const path = origin.path;
    if (!node.dirty) {
      const content = asContent(concatBytes(node.tail));
      // Bytes cannot be appended to a text file; the whole is put instead.
      if (typeof content === 'string' || origin.as !== 'text') return { op: 'append', path, content };
    }
    const bytes = await bytesOf(node);
    const same =
      origin.as !== 'blob' && origin.hash
        ? hashHex(bytes) === origin.hash
        : origin.size === bytes.length && equalBytes(await fetch(node, origin), bytes);
    return same ? undefined : { op: 'put', path, content: asContent(bytes), base: origin.revision };
  };

  const changes = async (): Promise<Change[]> => {
    const edits: Change[] = [];
    const made: Change[] = [];
    for (const node of changed) {
      const path = pathOf(node);
      if (path === undefined) continue;
      const edit = node.origin ? await contentChange(node, node.origin) : undefined;
      if (edit) edits.push(edit);
      if (node.origin) continue;
      const bytes = await bytesOf(node);
      made.push({ op: 'put', path, content: asContent(bytes), base: null });
    }
    return [...edits, ...steps.changes(), ...made];
  };

  return {
    lookup: tree.lookup,
    children: async (path) => {
      const dir = await dirAt(path, 'scandir');
      return tree.children(dir, true);
    },
    read: async (path) => {
      const node = await fileAt(path, 'open');
      if (!node) throw posixError('ENOENT', 'open', path);
      return bytesOf(node);
    },
    put,
    append,
    mkdir,
    move,
    remove,
    changes,
  };
};

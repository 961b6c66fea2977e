/**
 * The tree: which node stands where under what name. A projection of the journal, kept in memory and written to `dirs`.
 * Nodes are known by id, so a rename or a move never touches content. Deleting marks; nothing is ever dropped, so any
 * path a file once had still leads to it (`past`). `apply` is the only way it changes, and each returns its undo.
 */
import { hashHex } from '../protocol/bytes.ts';
import { revisionOf, type ContentKind, type Entry, type NodeId, type RevisionId } from '../protocol/entry.ts';
import type { Actor } from '../protocol/actor.ts';
import type { Attrs, Stat } from '../protocol/files.ts';
import { join, segments, type Path } from '../protocol/paths.ts';

export const ROOT: NodeId = hashHex('allod:root').slice(0, 32);

export type TreeNode = {
  id: NodeId;
  kind: 'file' | 'dir';
  parent: NodeId;
  name: string;
  dead: boolean;
  as?: ContentKind;
  size: number;
  hash: string;
  attrs: Attrs;
  revision: RevisionId;
  actor: Actor;
  at: number;
  /** How many revisions it has: position of the next one in its history. */
  count: number;
  /** Live children by name, and those that once bore a name here. Directories only. */
  children: Map<string, NodeId>;
  past: Map<string, NodeId[]>;
};

export type Undo = () => void;

const freshNode = (id: NodeId, kind: TreeNode['kind'], parent: NodeId, name: string): TreeNode => ({
  id,
  kind,
  parent,
  name,
  dead: false,
  size: 0,
  hash: '',
  attrs: {},
  revision: '',
  actor: 'daemon:setup',
  at: 0,
  count: 0,
  children: new Map(),
  past: new Map(),
});

export type Tree = {
  nodes: Map<NodeId, TreeNode>;
  get: (id: NodeId) => TreeNode | undefined;
  /** The live node at a path. */
  resolve: (path: Path) => TreeNode | undefined;
  /** Every node that has or once had a path: the live one first, then former ones, the newest first. */
  holders: (path: Path) => TreeNode[];
  pathOf: (node: TreeNode) => Path;
  stat: (node: TreeNode, path?: Path) => Stat;
  apply: (entry: Entry) => Undo;
  counts: () => { files: number; folders: number };
  /** The id a new directory gets: the same on every device, so that folders made apart are one folder. */
  dirId: (parent: NodeId, name: string) => NodeId;
  /** Directories whose row in `dirs` is out of date. */
  dirty: Set<NodeId>;
};

export const createTree = (): Tree => {
  const nodes = new Map<NodeId, TreeNode>([[ROOT, freshNode(ROOT, 'dir', ROOT, '')]]);
  const dirty = new Set<NodeId>();
  const get = (id: NodeId): TreeNode | undefined => nodes.get(id);

  const resolve: Tree['resolve'] = (path) => {
    let node = nodes.get(ROOT);
    for (const name of segments(path)) {
      const id: NodeId | undefined = node?.children.get(name);
      node = id === undefined ? undefined : nodes.get(id);
    }
    return node;
  };

  const holders: Tree['holders'] = (path) => {
    let here = [ROOT];
    for (const name of segments(path)) {
      const named = here.flatMap((id) => {
        const folder = nodes.get(id);
        const live = folder?.children.get(name);
        return [...(live === undefined ? [] : [live]), ...(folder?.past.get(name) ?? []).toReversed()];
      });
      here = [...new Set(named)];
    }
    return here.flatMap((id) => nodes.get(id) ?? []);
  };

  const pathOf = (node: TreeNode): Path => {
    if (node.id === ROOT) return '/';
    const parent = nodes.get(node.parent);
    return parent ? join(pathOf(parent), node.name) : `/${node.name}`;
  };

  const stat: Tree['stat'] = (node, path) => ({
    path: path ?? pathOf(node),
    kind: node.kind,
    size: node.size,
    revision: node.revision,
    actor: node.actor,
    at: new Date(node.at).toISOString(),
    attrs: { ...node.attrs },
    ...(node.kind === 'file' ? { as: node.as ?? 'record', hash: node.hash } : {}),
  });

  const link = (parent: TreeNode, name: string, id: NodeId): void => {
    parent.children.set(name, id);
    dirty.add(parent.id);
  };
  const unlink = (parent: TreeNode, name: string, id: NodeId): void => {
    if (parent.children.get(name) === id) parent.children.delete(name);
    parent.past.set(name, [...(parent.past.get(name) ?? []).filter((other) => other !== id), id]);
    dirty.add(parent.id);
  };

  const change = (node: TreeNode, entry: Entry): void => {
    const { change } = entry;
    const parent = (): TreeNode | undefined => nodes.get(node.parent);
    switch (change.op) {
      case 'mkdir':
      case 'create': {
        node.dead = false;
        const home = parent();
        if (home) link(home, node.name, node.id);
        if (change.op === 'create') {
          Object.assign(node, { as: change.as, size: change.size, hash: change.hash, attrs: { ...change.attrs } });
        }
        break;
      }
      case 'put':
        Object.assign(node, { as: change.as, size: change.size, hash: change.hash });
        break;
      case 'edit':
      case 'append':
        Object.assign(node, { size: change.size, hash: change.hash });
        break;
      case 'move': {
        const from = parent();
        const to = nodes.get(change.parent);
        if (from) unlink(from, node.name, node.id);
        Object.assign(node, { parent: change.parent, name: change.name });
        if (to && !node.dead) link(to, node.name, node.id);
        break;
      }
      case 'remove': {
        node.dead = true;
        const home = parent();
        if (home) unlink(home, node.name, node.id);
        break;
      }
      case 'restore': {
        node.dead = false;
        const home = parent();
        if (home) link(home, node.name, node.id);
        break;
      }
      case 'rename':
      case 'reparent':
      case 'attr':
        if (change.op !== 'attr') break;
        node.attrs = { ...node.attrs, [change.key]: change.value };
        break;
      case 'session':
        break;
    }
  };

  /** A copy deep enough to be put back whole. */
  const snapshot = (node: TreeNode): Undo => {
    const copy = { ...node, attrs: { ...node.attrs }, children: new Map(node.children), past: new Map(node.past) };
    return () => void Object.assign(node, copy);
  };
  /** Maps of a wide folder are not copied for one changed name. */
  const snapshotNames = (folder: TreeNode, names: readonly string[]): Undo => {
    const before = names.map((name) => [name, folder.children.get(name), folder.past.get(name)] as const);
    return () => {
      for (const [name, live, past] of before) {
        if (live === undefined) folder.children.delete(name);
        else folder.children.set(name, live);
        if (past === undefined) folder.past.delete(name);
        else folder.past.set(name, past);
      }
    };
  };

  const counts: Tree['counts'] = () => {
    const all = { files: 0, folders: 0 };
    for (const node of nodes.values()) {
      if (node.dead || node.id === ROOT) continue;
      if (node.kind === 'file') all.files++;
      else all.folders++;
    }
    return all;
  };

  const apply = (entry: Entry): Undo => {
    if (entry.change.op === 'session') return () => undefined;
    const { change: op } = entry;
    const undos: Undo[] = [];
    let node = nodes.get(entry.node);
    if (!node) {
      if (op.op !== 'mkdir' && op.op !== 'create')
        throw new Error(`entry ${revisionOf(entry)} is about a node that does not exist`);
      node = freshNode(entry.node, op.op === 'mkdir' ? 'dir' : 'file', op.parent, op.name);
      nodes.set(node.id, node);
      undos.push(() => void nodes.delete(entry.node));
    } else if (node.kind === 'dir') {
      const { children, past, ...rest } = node;
      const kept = node;
      undos.push(() => void Object.assign(kept, rest, { children, past }));
    } else undos.push(snapshot(node));
    for (const [id, name] of [[node.parent, node.name], op.op === 'move' ? [op.parent, op.name] : []] as const) {
      const folder = id === undefined ? undefined : nodes.get(id);
      if (folder && name !== undefined) undos.push(snapshotNames(folder, [name]));
    }
    change(node, entry);
    Object.assign(node, { revision: revisionOf(entry), actor: entry.actor, at: entry.at, count: node.count + 1 });
    dirty.add(node.parent);
    if (node.kind === 'dir') dirty.add(node.id);
    return () => {
      for (const undo of undos.reverse()) undo();
    };
  };

  return {
    nodes,
    get,
    resolve,
    holders,
    pathOf,
    stat,
    apply,
    counts,
    dirty,
    dirId: (parent, name) => hashHex(`dir|${parent}|${name}`).slice(0, 32),
  };
};

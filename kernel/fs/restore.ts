/**
 * Staging a `restore`: nodes come back as themselves, with their histories, and folders with what they held. It emits
 * entries through the hands it is given, all in one synchronous step of `stage`; what must be read was read by
 * `planRestore`. Nothing of anybody's is overwritten by a name: what stands in the way is said, or steps aside when it
 * is itself on its way to another place.
 */
import { concatBytes, hashHex, toUtf8 } from '../protocol/bytes.ts';
import type { NodeId, Op, RevisionId } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import { isUnder, join, nameOf, parentOf, type Path } from '../protocol/paths.ts';
import { decodeManifest, encodeManifest } from './chunks.ts';
import type { Content } from './contents.ts';
import { everIn, liveIn } from './ever.ts';
import { recordBytes } from './record.ts';
import type { Former, Plan, Restore } from './restore-plan.ts';
import type { Staged } from './stage.ts';
import type { Tree, TreeNode } from './tree.ts';

/** What `stage` lets a restore do. */
export type Hands = {
  tree: Tree;
  emit: (node: NodeId, change: Op, payload?: Uint8Array) => { node: TreeNode; revision: RevisionId };
  staged: Staged;
  /** The folder at a path, made when it is missing. */
  folder: (path: Path) => TreeNode;
  /** A whole new content, with the smallest change of a text. */
  replace: (node: TreeNode, path: Path, bytes: Uint8Array) => void;
  remove: (path: Path) => void;
};

export const restore = (hands: Hands, { path }: Restore, plan: Plan): void => {
  const { tree, emit, staged } = hands;
  const touch = (touched: Staged['touched'][number]): void => void staged.touched.push(touched);

  const place = (node: TreeNode, parent: TreeNode, name: string): void => {
    if (parent.id !== node.parent || name !== node.name) emit(node.id, { op: 'move', parent: parent.id, name });
  };

  /** The folder to come back into: the one that stands there, or the one that went with it, or a new one. */
  const homeFor = (node: TreeNode, home: Path): TreeNode => {
    const standing = tree.resolve(home);
    if (standing?.kind === 'file')
      return fail('ENOTDIR', `${home} is a file now, so nothing can come back below it.`, { path: home });
    if (standing) return standing;
    const own = tree.get(node.parent);
    return own?.dead && tree.pathOf(own) === home ? revive(own, home) : hands.folder(home);
  };

  /** A dead node stands at `to` again. */
  const revive = (node: TreeNode, to: Path): TreeNode => {
    const home = homeFor(node, parentOf(to));
    place(node, home, nameOf(to));
    emit(node.id, { op: 'restore' });
    touch({ node, path: to, op: 'restore' });
    return node;
  };

  const putBack = (node: TreeNode, at: Path, { row, past }: Former): void => {
    (staged.sources ??= []).push(row.path);
    if (past.as === 'text') return hands.replace(node, at, toUtf8(past.text));
    if (node.as === past.as && node.hash === row.hash) return;
    const payload =
      past.as === 'record' ? recordBytes(past) : encodeManifest(past.manifests.flatMap((one) => decodeManifest(one)));
    const content: Content = past.as === 'record' ? past : { as: 'blob', manifests: [payload] };
    const hash = past.as === 'record' ? row.hash : hashHex(concatBytes([payload]));
    staged.contents.set(node.id, content);
    emit(node.id, { op: 'put', as: past.as, size: row.size, hash }, payload);
    touch({ node, path: at, op: 'put' });
  };

  /** What a folder held when it went: of each name the last, where it was removed by the same set or run. */
  const reviveWith = (folder: TreeNode, at: Path, gone: RevisionId): void => {
    const { removals } = plan as Extract<Plan, { kind: 'removed' }>;
    const mark = removals.get(gone);
    const together = ({ revision }: TreeNode): boolean => {
      const other = removals.get(revision);
      // Neither was there when this set began: both were removed by it.
      if (!mark || !other) return !mark && !other;
      return (mark.cause !== '' && mark.cause === other.cause) || (mark.run !== '' && mark.run === other.run);
    };
    const held = new Map<string, TreeNode>();
    for (const node of everIn(tree, folder)) {
      if (node.dead && node.parent === folder.id && together(node)) held.set(node.name, node);
    }
    for (const [name, node] of held) {
      const went = node.revision;
      revive(node, join(at, name));
      if (node.kind === 'dir') reviveWith(node, join(at, name), went);
    }
  };

  const removed = (): void => {
    const standing = tree.resolve(path);
    if (standing) {
      if (tree.stat(standing, path).conflict === undefined)
        fail('EEXIST', `${path} is there already. To have it as it was, give \`at\`: a revision or a date.`, { path });
      const name = nameOf(path);
      // Another has the name it wants: the one that it is shown under becomes its own.
      if (standing.name !== name) emit(standing.id, { op: 'move', parent: standing.parent, name });
      emit(standing.id, { op: 'restore' });
      touch({ node: standing, path, op: 'restore' });
      return;
    }
    const holders = tree.holders(path);
    const [gone] = holders
      .filter((node) => node.dead && tree.pathOf(node) === path)
      .sort((a, b) => b.at - a.at || Number(b.revision.split('.')[1]) - Number(a.revision.split('.')[1]));
    if (!gone) {
      const moved = holders.find((node) => !node.dead);
      return moved
        ? fail('ENOENT', `Nothing was removed at ${path}: what stood here is now ${tree.pathOf(moved)}.`, { path })
        : fail('ENOENT', `Nothing was ever removed at ${path}.`, { path });
    }
    const went = gone.revision;
    revive(gone, path);
    if (gone.kind === 'dir') reviveWith(gone, path, went);
  };

  const file = ({ node, former }: Extract<Plan, { kind: 'file' }>): void => {
    const standing = tree.resolve(path);
    if (standing?.kind === 'dir') fail('EISDIR', `${path} is a folder now.`, { path });
    if (!standing && !node.dead)
      fail('ENOENT', `This file stands at ${tree.pathOf(node)} now. Restore it there, or move it back first.`, {
        path,
      });
    putBack(standing ?? revive(node, path), path, former);
  };

  const asThen = ({ goals, homes }: Extract<Plan, { kind: 'folder' }>): void => {
    const wanted = new Set(goals.map(({ node }) => node.id));
    const made: TreeNode[] = [];
    /** Where those stood that had to make room, before they did. */
    const aside = new Map<NodeId, Path>();
    const move = (node: TreeNode, to: Path): void => {
      const from = aside.get(node.id) ?? tree.pathOf(node);
      place(node, hands.folder(parentOf(to)), nameOf(to));
      aside.delete(node.id);
      touch({ node, path: to, from, op: 'move' });
    };
    /** Who was not here then goes back to where it came from, or is removed. */
    const leave = (node: TreeNode): void => {
      const home = homes.get(node.id);
      const parent = home && tree.get(home.parent);
      if (home && parent) {
        const to = join(tree.pathOf(parent), home.name);
        if (tree.resolve(to))
          fail('EEXIST', `${tree.pathOf(node)} came from ${to}, where something else stands now. Move one of them.`, {
            path: to,
          });
        move(node, to);
      } else if (node.kind === 'file') hands.remove(tree.pathOf(node));
      else {
        clear(node);
        made.push(node);
      }
    };
    const clear = (folder: TreeNode): void => {
      for (const node of liveIn(tree, folder)) if (!wanted.has(node.id)) leave(node);
    };
    const makeRoom = (to: Path): void => {
      const standing = tree.resolve(to);
      const parent = standing && tree.get(standing.parent);
      if (!standing || !parent) return;
      if (!isUnder(to, path)) fail('EEXIST', `${to} exists already.`, { path: to });
      if (!aside.has(standing.id)) aside.set(standing.id, to);
      emit(standing.id, { op: 'move', parent: parent.id, name: `.aside-${standing.id.slice(0, 16)}` });
    };

    const folder = tree.resolve(path);
    if (folder?.kind === 'file') fail('ENOTDIR', `${path} is a file now.`, { path });
    if (folder && goals[0]?.path === path) leave(folder);
    else if (folder) clear(folder);
    // Wherever a folder went since: it comes back without what was put into it.
    for (const { node } of goals) if (node.kind === 'dir' && !node.dead) clear(node);
    for (const { node, path: to, former } of goals) {
      if (node.dead || tree.pathOf(node) !== to) {
        makeRoom(to);
        if (node.dead) revive(node, to);
        else move(node, to);
      }
      if (former) putBack(node, to, former);
    }
    // Made since, and empty now: deeper ones first.
    for (const node of made.sort((a, b) => tree.pathOf(b).length - tree.pathOf(a).length)) {
      if (liveIn(tree, node).length > 0) continue;
      const from = aside.get(node.id);
      hands.remove(tree.pathOf(node));
      if (from !== undefined) touch({ node, path: from, op: 'remove' });
    }
  };

  if (plan.kind === 'removed') removed();
  else if (plan.kind === 'file') file(plan);
  else asThen(plan);
};

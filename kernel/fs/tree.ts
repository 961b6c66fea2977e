/**
 * The tree: which node stands where under what name. A projection of the journal in memory. Nodes are known by id, so a
 * rename or a move never touches content. Nothing is ever dropped, so any path a file once had still leads to it.
 * Here is how it is read; `apply` is the only way it changes.
 */
import { hashHex } from '../protocol/bytes.ts';
import type { ContentKind, DeviceId, Entry, NodeId, VersionVector } from '../protocol/entry.ts';
import type { Stat } from '../protocol/files.ts';
import { join, segments, type Path } from '../protocol/paths.ts';
import { applyEntries, applyEntry, sees, type Applied } from './apply-entry.ts';
import { disagreementOf } from './disagreements.ts';
import { EXISTS, FOLDER, SHOWN, TreeNode, type Row } from './node-table.ts';
import { ROOT_ROW, TreeState, type Lost } from './tree-state.ts';

export { TreeNode } from './node-table.ts';
export { ROOT, type Undo } from './tree-state.ts';
export type { Applied } from './apply-entry.ts';

/** The id a new folder gets: the same on every device, so that folders made apart are one folder. */
export const folderId = (parent: NodeId, name: string): NodeId => hashHex(`dir|${parent}|${name}`).slice(0, 32);

export class Tree extends TreeState {
  get(id: NodeId): TreeNode | undefined {
    const row = this.table.find(id);
    return row >= 0 && this.table.has(row, EXISTS) ? this.view(row) : undefined;
  }

  /** The live node of this name in a folder. */
  child(folder: TreeNode, name: string): TreeNode | undefined {
    const row = this.folders.get(folder.row)?.names.get(name);
    return row === undefined ? undefined : this.view(row);
  }

  /** Live children by the names they are shown under, in no order. */
  children(folder: { id: NodeId }): [string, TreeNode][] {
    const row = folder instanceof TreeNode ? folder.row : this.table.find(folder.id);
    return [...(this.folders.get(row)?.names ?? [])].map(([name, child]) => [name, this.view(child)]);
  }

  size(folder: TreeNode): number {
    return this.folders.get(folder.row)?.names.size ?? 0;
  }

  /** The live node at a path. */
  resolve(path: Path): TreeNode | undefined {
    let row: Row | undefined = ROOT_ROW;
    for (const name of segments(path)) row = row === undefined ? row : this.folders.get(row)?.names.get(name);
    return row === undefined ? undefined : this.view(row);
  }

  /** Every node that has or once had a path: the live one first, then former ones, the newest first. */
  holders(path: Path): TreeNode[] {
    let here: Row[] = [ROOT_ROW];
    for (const name of segments(path)) {
      const named = here.flatMap((row) => {
        const folder = this.folders.get(row);
        const live = folder?.names.get(name);
        const former = (folder?.past.get(name) ?? []).toReversed().map((id) => this.table.find(id));
        return [...(live === undefined ? [] : [live]), ...former.filter((other) => other >= 0)];
      });
      here = [...new Set(named)];
    }
    return here.map((row) => this.view(row));
  }

  /** Where it stands, or last stood. */
  pathOf(node: TreeNode): Path {
    return this.pathOfRow(node.row);
  }

  /** As its names were given: what its author saw, whatever else wanted a name since. */
  namedPath(node: TreeNode): Path {
    const parent = this.table.parents[node.row] ?? ROOT_ROW;
    return node.row === ROOT_ROW ? '/' : join(this.namedPath(this.view(parent)), node.name);
  }

  private pathOfRow(row: Row): Path {
    if (row === ROOT_ROW) return '/';
    return join(this.pathOfRow(this.table.parents[row] ?? ROOT_ROW), this.folders.shownName(row));
  }

  stat(node: TreeNode, path?: Path): Stat {
    const conflict = disagreementOf(this, node.row);
    return {
      path: path ?? this.pathOf(node),
      kind: node.kind,
      size: node.size,
      revision: node.revision,
      actor: node.actor,
      at: new Date(node.at).toISOString(),
      attrs: { ...node.attrs },
      ...(node.kind === 'file' ? { as: node.as ?? 'record', hash: node.hash } : {}),
      ...(conflict ? { conflict: conflict.words } : {}),
    };
  }

  counts(): { files: number; folders: number } {
    const all = { files: 0, folders: 0 };
    for (let row = 1; row < this.table.count; row++) {
      if (!this.table.has(row, SHOWN)) continue;
      if (this.table.has(row, FOLDER)) all.folders++;
      else all.files++;
    }
    return all;
  }

  /** Apply one entry; nothing when it is about no node, or about one that is not there. */
  apply(entry: Entry): Applied | undefined {
    return applyEntry(this, entry);
  }

  /** What this device's next entry will say that it has seen of the others. */
  sees(device: DeviceId, vector: VersionVector): void {
    sees(this, device, vector);
  }

  /** Apply what came from elsewhere. */
  applyAll(entries: readonly Entry[], applied: (entry: Entry, done: Applied) => void): void {
    applyEntries(this, entries, applied);
  }

  /** What the content of a file that was changed apart came to. */
  setContent(node: TreeNode, content: { as: ContentKind; size: number; hash: string }, lost?: Lost): void {
    node.setContent(content.as, content.size, content.hash);
    if (lost) this.lost.set(node.row, lost);
    this.touch(node.row);
  }
}

export const createTree = (): Tree => new Tree();

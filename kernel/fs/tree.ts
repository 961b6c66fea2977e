/**
 * The tree: which node stands where under what name. A projection of the journal in memory, in the end the same for the
 * same entries whatever order they came in: a name and a place are last-writer-wins registers, folders move as
 * `folder-moves.ts` says, removal as `presence.ts` says, one name for several as `folders.ts` says.
 * Nodes are known by id, so a rename or a move never touches content. Nothing is ever dropped, so any path a file once
 * had still leads to it. `apply` is the only way it changes, and each change can be taken back until the next one.
 */
import { hashHex } from '../protocol/bytes.ts';
import {
  type DeviceId,
  type Entry,
  type NodeId,
  type Op,
  type RevisionId,
  type VersionVector,
} from '../protocol/entry.ts';
import type { Conflict } from '../protocol/formats/records.ts';
import type { Stat } from '../protocol/files.ts';
import { join, segmentProblem, segments, type Path } from '../protocol/paths.ts';
import { FolderMoves, type FolderMove } from './folder-moves.ts';
import { Folders } from './folders.ts';
import {
  compareStamps,
  DEAD,
  EXISTS,
  FOLDER,
  LOADED,
  MIXED,
  NodeTable,
  SHOWN,
  TreeNode,
  type Row,
  type Stamp,
} from './node-table.ts';
import { acted, isDead, removed, restored, wasKept, type Presence } from './presence.ts';

export { TreeNode } from './node-table.ts';

export const ROOT: NodeId = hashHex('allod:root').slice(0, 32);
const ROOT_ROW: Row = 0;

export type Undo = () => void;
/** What an entry did: how to take it back, and what its author had not seen of this file, if anything (`HistRow.seen`). */
export type Applied = { undo: Undo; seen?: Record<string, number> };

/** When its registers were last set, where that was after it was made. */
export type Registers = { name?: Stamp; place?: Stamp; attrs?: Record<string, Stamp> };
/** A content of a file that lost against another made apart. */
export type Lost = { revision: RevisionId; at: number };
export type Disagreement = Pick<Conflict, 'kind' | 'words'> & {
  row: Row;
  stamp: Stamp | undefined;
  revision?: RevisionId;
};

/** The id a new folder gets: the same on every device, so that folders made apart are one folder. */
export const folderId = (parent: NodeId, name: string): NodeId => hashHex(`dir|${parent}|${name}`).slice(0, 32);

export class Tree {
  readonly table = new NodeTable();
  readonly folders = new Folders(this.table);
  readonly moves = new FolderMoves(this.table);
  readonly presence = new Map<Row, Presence>();
  readonly registers = new Map<Row, Registers>();
  readonly lost = new Map<Row, Lost>();
  /** What each device had seen of the others when it wrote its newest entry. */
  readonly seenBy = new Map<DeviceId, VersionVector>();
  /** Nodes to write, by the folder they lie in; a folder alone when only its former names changed. */
  readonly dirty = new Map<Row, Set<Row>>();
  /** Entries about nodes that are not there: the stored projection does not fit the journal, or they are forged. */
  orphans = 0;

  constructor() {
    const root = this.table.row(ROOT);
    this.table.flags[root] = FOLDER | SHOWN | EXISTS | LOADED;
    this.table.actors.of('daemon:setup');
  }

  get(id: NodeId): TreeNode | undefined {
    const row = this.table.find(id);
    return row >= 0 && this.table.has(row, EXISTS) ? this.view(row) : undefined;
  }

  view(row: Row): TreeNode {
    return new TreeNode(this.table, row);
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

  private pathOfRow(row: Row): Path {
    if (row === ROOT_ROW) return '/';
    return join(this.pathOfRow(this.table.parents[row] ?? ROOT_ROW), this.folders.shownName(row));
  }

  stat(node: TreeNode, path?: Path): Stat {
    const conflict = this.conflictOf(node.row);
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
    const done = this.applyAlone(entry);
    if (done?.moved) {
      const undo = this.relocate([done.moved]);
      return { ...done, undo: () => (undo(), done.undo()) };
    }
    return done;
  }

  /** Apply what came from elsewhere; moves of folders that come one after another are put in their place together. */
  applyAll(entries: readonly Entry[], applied: (entry: Entry, done: Applied) => void): void {
    let moved: Omit<FolderMove, 'from'>[] = [];
    const relocate = (): void => {
      if (moved.length > 0) this.relocate(moved);
      moved = [];
    };
    for (const entry of entries) {
      if (entry.change.op !== 'move' && entry.change.op !== 'reparent') relocate();
      const done = this.applyAlone(entry);
      if (done?.moved) moved.push(done.moved);
      if (done) applied(entry, done);
    }
    relocate();
  }

  private applyAlone(entry: Entry): (Applied & { moved?: Omit<FolderMove, 'from'> }) | undefined {
    const { change, device } = entry;
    if (change.op === 'session' || change.op === 'remove') this.sees(device, change.seen);
    if (change.op === 'session') return undefined;
    const found = this.table.find(entry.node);
    const makes = change.op === 'mkdir' || change.op === 'create';
    if (!makes && !(found >= 0 && this.table.has(found, EXISTS))) {
      this.orphans++;
      return undefined;
    }
    const row = this.table.row(entry.node);
    const undos: Undo[] = [this.saveRow(row)];
    const isNew = !this.table.has(row, EXISTS);
    const stamp: Stamp = { at: entry.at, tick: entry.tick, device };
    const seen = isNew ? undefined : this.unseen(row, device);
    this.hide(row);
    if (isNew && makes) this.make(row, change, stamp);
    this.noteAct(row, change, stamp, entry.seq, isNew);
    const moved = this.change(row, change, stamp, isNew, seen !== undefined, undos);
    this.noteRevision(row, entry, stamp);
    this.refresh(row);
    if (!this.table.has(row, SHOWN)) undos.push(this.notePast(row));
    this.touch(row);
    const undo = (): void => {
      this.hide(row);
      for (const one of undos.reverse()) one();
      this.refresh(row);
      this.touch(row);
    };
    return { undo, ...(seen ? { seen } : {}), ...(moved ? { moved } : {}) };
  }

  private make(row: Row, change: Extract<Op, { op: 'mkdir' | 'create' }>, stamp: Stamp): void {
    const { table } = this;
    table.flags[row] = EXISTS | (change.op === 'mkdir' ? FOLDER | LOADED : 0);
    table.parents[row] = this.folderRow(change.parent);
    table.names[row] = this.nameFor(row, change.name);
    table.placed[row] = stamp.at;
    table.revisions[row] = 0;
    table.at[row] = -1;
    if (change.op === 'create' && Object.keys(change.attrs).length > 0) table.attrs.set(row, { ...change.attrs });
  }

  /** A folder that an entry names. One that nobody made is shown at the root by its id: better there than nowhere. */
  private folderRow(id: NodeId): Row {
    const row = this.table.row(id);
    if (this.table.has(row, EXISTS)) return row;
    this.table.flags[row] = EXISTS | FOLDER | LOADED | DEAD;
    this.table.parents[row] = ROOT_ROW;
    this.table.names[row] = id;
    this.orphans++;
    return row;
  }

  /** A name from elsewhere that could not be part of a path is replaced, not refused: what it names is kept. */
  private nameFor(row: Row, name: string): string {
    return segmentProblem(name) === undefined ? name : this.table.id(row);
  }

  private change(
    row: Row,
    change: Op,
    stamp: Stamp,
    isNew: boolean,
    apart: boolean,
    undos: Undo[],
  ): Omit<FolderMove, 'from'> | undefined {
    const { table } = this;
    switch (change.op) {
      case 'create':
      case 'put':
      case 'edit':
      case 'append':
        // What stands after contents were changed apart, no entry says: the file system makes it from all of them.
        if (apart) table.mark(row, MIXED, true);
        else
          this.view(row).setContent(
            'as' in change ? change.as : (this.view(row).as ?? 'text'),
            change.size,
            change.hash,
          );
        if (change.op === 'create' && !isNew) this.placeAgain(row, change, stamp);
        if (!apart && this.lost.delete(row)) this.touch(row);
        return undefined;
      case 'mkdir':
        if (!isNew) this.sinceFirst(row, stamp);
        return undefined;
      case 'attr':
        this.setAttr(row, change.key, change.value, stamp);
        return undefined;
      case 'move':
      case 'rename':
      case 'reparent':
        return this.moveTo(row, change, stamp, undos);
      default:
        return undefined;
    }
  }

  /** Made on two devices as one node: of two places, the smaller; since when, the earlier. */
  private placeAgain(row: Row, change: { parent: NodeId; name: string }, stamp: Stamp): void {
    const { table } = this;
    const set = this.registers.get(row);
    const name = this.nameFor(row, change.name);
    if (!set?.place && change.parent < this.view(row).parent) table.parents[row] = this.folderRow(change.parent);
    if (!set?.name && name < (table.names[row] ?? '')) table.names[row] = name;
    this.sinceFirst(row, stamp);
  }

  /** Made twice and never moved, it has its place since the first time. */
  private sinceFirst(row: Row, stamp: Stamp): void {
    const set = this.registers.get(row);
    if (!set?.place && !set?.name) this.table.placed[row] = Math.min(this.table.placed[row] ?? 0, stamp.at);
  }

  private setAttr(row: Row, key: string, value: string, stamp: Stamp): void {
    const set = this.registers.get(row) ?? {};
    const before = set.attrs?.[key];
    if (before && compareStamps(before, stamp) > 0) return;
    this.registers.set(row, { ...set, attrs: { ...set.attrs, [key]: stamp } });
    this.table.attrs.set(row, { ...this.table.attrs.get(row), [key]: value });
  }

  private moveTo(
    row: Row,
    change: Extract<Op, { op: 'move' | 'rename' | 'reparent' }>,
    stamp: Stamp,
    undos: Undo[],
  ): Omit<FolderMove, 'from'> | undefined {
    const { table } = this;
    const set = { ...this.registers.get(row) };
    const newer = (before: Stamp | undefined): boolean => !before || compareStamps(before, stamp) < 0;
    undos.push(this.notePast(row));
    if ('name' in change && newer(set.name)) {
      table.names[row] = this.nameFor(row, change.name);
      table.placed[row] = Math.max(table.placed[row] ?? 0, stamp.at);
      set.name = stamp;
    }
    let moved: Omit<FolderMove, 'from'> | undefined;
    if ('parent' in change) {
      const to = this.folderRow(change.parent);
      if (table.has(row, FOLDER)) moved = { stamp, row, to };
      else if (newer(set.place)) {
        table.parents[row] = to;
        table.placed[row] = Math.max(table.placed[row] ?? 0, stamp.at);
      }
      if (newer(set.place)) set.place = stamp;
    }
    this.registers.set(row, set);
    return moved;
  }

  /** Put moves of folders in their place, and show what moved where it is now. */
  private relocate(batch: readonly Omit<FolderMove, 'from'>[]): Undo {
    const { table, moves } = this;
    const rows = [...moves.affected(batch)];
    const before = rows.map((row) => table.parents[row] ?? ROOT_ROW);
    const undos: Undo[] = [];
    for (const row of rows) this.hide(row);
    moves.insert(batch);
    rows.forEach((row, i) => {
      const from = before[i] ?? ROOT_ROW;
      if (table.parents[row] === from) return;
      undos.push(this.folders.notePast(from, table.names[row] ?? '', table.id(row)));
      this.touchIn(from, row);
      this.touch(row);
    });
    for (const { row, stamp } of batch) table.placed[row] = Math.max(table.placed[row] ?? 0, stamp.at);
    for (const row of rows) {
      this.refresh(row);
      if (!table.has(row, SHOWN)) undos.push(this.notePast(row));
    }
    // Only a move made here can be taken back, and it is the newest.
    return () => {
      for (const row of rows) this.hide(row);
      moves.takeBack();
      for (const undo of undos.reverse()) undo();
      for (const row of rows) this.refresh(row);
    };
  }

  private noteAct(row: Row, change: Op, stamp: Stamp, seq: number, isNew: boolean): void {
    const { table } = this;
    const own = table.devices.list[table.device[row] ?? 0];
    const known = this.presence.get(row);
    // While one device alone acts and nobody removes, the newest revision says it all.
    const marks = change.op === 'remove' || change.op === 'restore';
    if (!known && (isNew || (own === stamp.device && !marks))) return;
    const before = known ?? { acts: own === undefined ? {} : { [own]: table.seqs[row] ?? 0 }, covers: {} };
    const after =
      change.op === 'remove'
        ? removed(before, stamp, seq, change.seen)
        : change.op === 'restore'
          ? restored(before, stamp, seq)
          : acted(before, stamp, seq);
    this.presence.set(row, after);
    table.mark(row, DEAD, isDead(after));
  }

  /** What others did with the node that this author had not seen; nothing when he had seen it all. */
  private unseen(row: Row, device: DeviceId): Record<string, number> | undefined {
    const { table } = this;
    const own = table.devices.list[table.device[row] ?? 0] ?? '';
    const acts = this.presence.get(row)?.acts ?? { [own]: table.seqs[row] ?? 0 };
    const seen = this.seenBy.get(device) ?? {};
    const others = Object.entries(acts).filter(([other]) => other !== device);
    if (others.every(([other, seq]) => seq <= (seen[other] ?? 0))) return undefined;
    return Object.fromEntries(others.map(([other]) => [other.slice(0, 12), seen[other] ?? 0]));
  }

  private sees(device: DeviceId, vector: VersionVector): void {
    const known = { ...this.seenBy.get(device) };
    for (const [other, seq] of Object.entries(vector)) known[other] = Math.max(known[other] ?? 0, seq);
    this.seenBy.set(device, known);
  }

  private noteRevision(row: Row, entry: Entry, stamp: Stamp): void {
    const { table } = this;
    table.revisions[row] = (table.revisions[row] ?? 0) + 1;
    if ((table.at[row] ?? -1) >= 0 && compareStamps(table.stamp(row), stamp) > 0) return;
    table.at[row] = entry.at;
    table.ticks[row] = entry.tick;
    table.device[row] = table.devices.of(entry.device);
    table.seqs[row] = entry.seq;
    table.actor[row] = table.actors.of(entry.actor);
  }

  private notePast(row: Row): Undo {
    const parent = this.table.parents[row] ?? ROOT_ROW;
    this.touchIn(parent, row);
    return this.folders.notePast(parent, this.table.names[row] ?? '', this.table.id(row));
  }

  /** Everything about a node that is not in a column too. */
  private saveRow(row: Row): Undo {
    const columns = this.table.save(row);
    const kept = [this.presence, this.registers, this.lost] as Map<Row, unknown>[];
    const values = kept.map((map) => map.get(row));
    return () => {
      columns();
      kept.forEach((map, i) => (values[i] === undefined ? map.delete(row) : map.set(row, values[i])));
      // As it was before it was hidden: `refresh` shows it.
      this.table.mark(row, SHOWN, false);
    };
  }

  /** A folder stays while something in it is there. */
  private isThere(row: Row): boolean {
    return this.table.has(row, EXISTS) && (!this.table.has(row, DEAD) || (this.table.shown[row] ?? 0) > 0);
  }

  private refresh(row: Row): void {
    if (this.isThere(row)) this.show(row);
    else this.hide(row);
  }

  private show(row: Row): void {
    if (this.table.has(row, SHOWN) || row === ROOT_ROW) return;
    this.table.mark(row, SHOWN, true);
    this.folders.show(row);
    const parent = this.table.parents[row] ?? ROOT_ROW;
    this.table.shown[parent] = (this.table.shown[parent] ?? 0) + 1;
    if (!this.table.has(parent, SHOWN)) {
      this.show(parent);
      this.touch(parent);
    }
  }

  private hide(row: Row): void {
    if (!this.table.has(row, SHOWN) || row === ROOT_ROW) return;
    this.folders.hide(row);
    this.table.mark(row, SHOWN, false);
    const parent = this.table.parents[row] ?? ROOT_ROW;
    this.table.shown[parent] = Math.max(0, (this.table.shown[parent] ?? 0) - 1);
    if (this.table.has(parent, DEAD) && !this.isThere(parent)) {
      this.hide(parent);
      this.notePast(parent);
    }
  }

  /** To be written with the folder it lies in. */
  private touch(row: Row): void {
    this.touchIn(this.table.parents[row] ?? ROOT_ROW, row);
    if (this.table.has(row, FOLDER)) this.dirtyIn(row);
  }
  private touchIn(parent: Row, row: Row): void {
    this.dirtyIn(parent).add(row);
  }
  private dirtyIn(folder: Row): Set<Row> {
    const rows = this.dirty.get(folder) ?? new Set();
    this.dirty.set(folder, rows);
    return rows;
  }

  /** What the content of a file that was changed apart came to. */
  setContent(node: TreeNode, content: { as: TreeNode['as'] & string; size: number; hash: string }, lost?: Lost): void {
    node.setContent(content.as as NonNullable<TreeNode['as']>, content.size, content.hash);
    if (lost) this.lost.set(node.row, lost);
    this.touch(node.row);
  }

  private conflictOf(row: Row): Disagreement | undefined {
    const { table } = this;
    const presence = this.presence.get(row);
    const skipped = this.moves.skipped.get(row);
    const lost = this.lost.get(row);
    const settledAfter = (stamp: Stamp | undefined): boolean =>
      presence?.restored !== undefined && stamp !== undefined && compareStamps(presence.restored, stamp) > 0;
    if (presence && table.has(row, SHOWN) && wasKept(presence)) {
      const words = 'Removed on one device and changed on another, so it was kept.';
      return { row, kind: 'kept', stamp: presence.removed, words };
    }
    if (lost && !settledAfter({ at: lost.at, tick: 0, device: '' })) {
      const words = `Replaced on two devices at once. The other content is revision ${lost.revision}.`;
      return { row, kind: 'content', stamp: table.stamp(row), words, revision: lost.revision };
    }
    if (skipped && !settledAfter(skipped)) {
      const words = 'Moved on two devices so that two folders would lie in each other; the later move was passed over.';
      return { row, kind: 'folder', stamp: skipped, words };
    }
    if (table.has(row, SHOWN) && this.folders.shownName(row) !== table.names[row]) {
      const words = `Another device took the name ${table.names[row]} first, so this one is shown under a name of its own.`;
      return { row, kind: 'name', stamp: table.stamp(row), words };
    }
    return undefined;
  }

  /** Something that happens to this node may open or settle a disagreement. */
  concerned(row: Row): boolean {
    return this.presence.get(row)?.removed !== undefined
      ? this.table.has(row, SHOWN) || this.table.has(row, MIXED)
      : this.lost.has(row) ||
          this.moves.skipped.has(row) ||
          this.folders.get(this.table.parents[row] ?? 0)?.contested !== undefined;
  }

  /** Where devices disagreed and nobody has looked yet. */
  conflicts(): Disagreement[] {
    const rows = new Set<Row>([...this.presence.keys(), ...this.lost.keys(), ...this.moves.skipped.keys()]);
    for (const [, { contested }] of this.folders.contested()) {
      for (const group of contested?.values() ?? []) for (const row of group) rows.add(row);
    }
    return [...rows].flatMap((row) => this.conflictOf(row) ?? []);
  }

  /** Files that two devices made at one path with the same content, and that nobody touched since: the later ones. */
  twins(): TreeNode[] {
    const twins: TreeNode[] = [];
    for (const [, folder] of this.folders.contested()) {
      for (const group of folder.contested?.values() ?? []) {
        const [first, ...others] = group.map((row) => this.view(row));
        for (const other of others)
          if (
            first?.kind === 'file' &&
            other.kind === 'file' &&
            other.count === 1 &&
            other.hash === first.hash &&
            other.as === first.as
          )
            twins.push(other);
      }
    }
    return twins;
  }
}

export const createTree = (): Tree => new Tree();

/**
 * What the tree is made of, and where nodes are shown: the rows and what stands beside them, folders and their names. A
 * node is shown while it is there; a folder also while something in it is. It keeps note of what has to be written. What
 * an entry does to it is `apply-entry.ts`.
 */
import { hashHex } from '../protocol/bytes.ts';
import type { DeviceId, NodeId, RevisionId, VersionVector } from '../protocol/entry.ts';
import { FolderMoves } from './folder-moves.ts';
import { Folders } from './folders.ts';
import { DEAD, EXISTS, FOLDER, LOADED, NodeTable, SHOWN, TreeNode, type Row, type Stamp } from './node-table.ts';
import type { Presence } from './presence.ts';

export const ROOT: NodeId = hashHex('allod:root').slice(0, 32);
export const ROOT_ROW: Row = 0;

export type Undo = () => void;
/** When its registers were last set, where that was after it was made. */
export type Registers = { name?: Stamp; place?: Stamp; attrs?: Record<string, Stamp> };
/** A content of a file that lost against another made apart. */
export type Lost = { revision: RevisionId; at: number };

export class TreeState {
  readonly table = new NodeTable();
  readonly folders = new Folders(this.table);
  readonly moves = new FolderMoves(this.table);
  readonly presence = new Map<Row, Presence>();
  readonly registers = new Map<Row, Registers>();
  readonly lost = new Map<Row, Lost>();
  /** What each device had seen of the others when it wrote its newest entry. */
  readonly seenBy = new Map<DeviceId, VersionVector>();
  /** The newest entry of each device that was applied: what comes again does nothing. */
  readonly applied = new Map<DeviceId, number>();
  /** Nodes to write, by the folder they lie in; a folder alone when only its former names changed. */
  readonly dirty = new Map<Row, Set<Row>>();
  /** Entries about nodes that are not there: the stored projection does not fit the journal, or they are forged. */
  orphans = 0;

  constructor() {
    const root = this.table.row(ROOT);
    this.table.flags[root] = FOLDER | SHOWN | EXISTS | LOADED;
    this.table.actors.of('daemon:setup');
  }

  view(row: Row): TreeNode {
    return new TreeNode(this.table, row);
  }

  /** A folder that an entry names. One that nobody made is shown at the root by its id: better there than nowhere. */
  folderRow(id: NodeId): Row {
    const row = this.table.row(id);
    if (this.table.has(row, EXISTS)) return row;
    this.table.flags[row] = EXISTS | FOLDER | LOADED | DEAD;
    this.table.parents[row] = ROOT_ROW;
    this.table.names[row] = id;
    this.orphans++;
    return row;
  }

  /** A folder stays while something in it is there. */
  isThere(row: Row): boolean {
    return this.table.has(row, EXISTS) && (!this.table.has(row, DEAD) || (this.table.shown[row] ?? 0) > 0);
  }

  refresh(row: Row): void {
    if (this.isThere(row)) this.show(row);
    else this.hide(row);
  }

  show(row: Row): void {
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

  hide(row: Row): void {
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
  touch(row: Row): void {
    this.touchIn(this.table.parents[row] ?? ROOT_ROW, row);
    if (this.table.has(row, FOLDER)) this.dirtyIn(row);
  }
  touchIn(parent: Row, row: Row): void {
    this.dirtyIn(parent).add(row);
  }
  dirtyIn(folder: Row): Set<Row> {
    const rows = this.dirty.get(folder) ?? new Set();
    this.dirty.set(folder, rows);
    return rows;
  }

  notePast(row: Row): Undo {
    const parent = this.table.parents[row] ?? ROOT_ROW;
    this.touchIn(parent, row);
    return this.folders.notePast(parent, this.table.names[row] ?? '', this.table.id(row));
  }

  /** Everything about a node that is not in a column too. */
  saveRow(row: Row): Undo {
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
}

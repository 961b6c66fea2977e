/**
 * Where folders are: a move of a folder is applied in the total order of all such moves, and one that would put a folder
 * into itself is passed over, so that no two devices can make a cycle or lose a subtree. Moves that arrive late are put
 * in their place: those after them are undone, and done again in the new order (Kleppmann, Mulligan, Gomes, Beresford:
 * "A highly-available move operation for replicated trees", 2021). Files need none of it: they hold nothing.
 */
import { compareStamps, NONE, type NodeTable, type Row, type Stamp } from './node-table.ts';

/** `from` is where it was before; NONE when the move was passed over. */
export type FolderMove = { stamp: Stamp; row: Row; to: Row; from: Row };

export class FolderMoves {
  readonly log: FolderMove[] = [];
  /** Moves from here on are not on disk as they are. */
  unsaved = 0;
  /** Folders whose newest move was passed over, and that move. */
  readonly skipped = new Map<Row, Stamp>();
  private readonly table: NodeTable;

  constructor(table: NodeTable) {
    this.table = table;
  }

  /** Folders that a batch may move: its own, and those moved after its earliest. */
  affected(batch: readonly Omit<FolderMove, 'from'>[]): Set<Row> {
    const rows = new Set(batch.map(({ row }) => row));
    for (let i = this.place(batch); i < this.log.length; i++) rows.add((this.log[i] as FolderMove).row);
    return rows;
  }

  /** Undo what comes after the earliest of the batch, merge, do it all in order. Only parents change. */
  insert(batch: readonly Omit<FolderMove, 'from'>[]): void {
    const { log } = this;
    const from = this.place(batch);
    for (let i = log.length - 1; i >= from; i--) this.undo(log[i] as FolderMove);
    const later = log.splice(from).concat(batch.map((move) => ({ ...move, from: NONE })));
    later.sort((a, b) => compareStamps(a.stamp, b.stamp));
    for (const move of later) {
      this.apply(move);
      log.push(move);
    }
    this.unsaved = Math.min(this.unsaved, from);
  }

  /** Take back the newest move: it was made here and refused. */
  takeBack(): void {
    const last = this.log.pop();
    if (!last) return;
    this.undo(last);
    this.unsaved = Math.min(this.unsaved, this.log.length);
    const before = this.log.findLast(({ row }) => row === last.row);
    if (before?.from === NONE) this.skipped.set(last.row, before.stamp);
    else this.skipped.delete(last.row);
  }

  private place(batch: readonly Omit<FolderMove, 'from'>[]): number {
    let at = this.log.length;
    for (const { stamp } of batch) {
      while (at > 0 && compareStamps((this.log[at - 1] as FolderMove).stamp, stamp) > 0) at--;
    }
    return at;
  }

  private undo({ row, from }: FolderMove): void {
    if (from !== NONE) this.table.parents[row] = from;
  }

  private apply(move: FolderMove): void {
    const { parents } = this.table;
    for (let above = move.to; ; above = parents[above] ?? 0) {
      if (above === move.row) {
        move.from = NONE;
        this.skipped.set(move.row, move.stamp);
        return;
      }
      if (above === 0) break;
    }
    move.from = parents[move.row] ?? 0;
    parents[move.row] = move.to;
    this.skipped.delete(move.row);
  }
}

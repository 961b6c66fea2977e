/**
 * Files that wait to be indexed, those that wait the longest first, some hundred at a time. While some are counted, the
 * next are read. One may change again after it was read: whoever takes it compares hashes.
 */
import type { NodeId } from '../protocol/entry.ts';
import type { Content, Files } from './files.ts';

/** So many are read and counted before calls are answered. */
export const AT_ONCE = 256;

export type Some = { ids: readonly NodeId[]; contents: Promise<ReadonlyMap<NodeId, Content>> };

/** Reading takes several turns of the database, and each waits until a count is done. */
const AHEAD = 3;

export class Waiting {
  private readonly files: Pick<Files, 'readMany'>;
  private readonly ids = new Set<NodeId>();
  private ahead: Some[] = [];

  constructor(files: Pick<Files, 'readMany'>) {
    this.files = files;
  }

  get size(): number {
    return this.ids.size + this.ahead.reduce((sum, { ids }) => sum + ids.length, 0);
  }

  add(id: NodeId): void {
    this.ids.add(id);
  }

  /** They wait no longer; nothing when none does. */
  take(): Some | undefined {
    while (this.ahead.length < AHEAD && this.ids.size > 0) this.ahead.push(this.read());
    return this.ahead.shift();
  }

  /** They do wait, all the same; and what was read with them is not trusted. */
  giveBack(taken: Iterable<NodeId>): void {
    for (const ids of [taken, ...this.ahead.map((some) => some.ids)]) for (const id of ids) this.ids.add(id);
    this.ahead = [];
  }

  private read(): Some {
    const ids: NodeId[] = [];
    for (const id of this.ids) if (ids.push(id) === AT_ONCE) break;
    for (const id of ids) this.ids.delete(id);
    const contents = this.files.readMany(ids);
    // Who takes them is told what failed; nobody may.
    contents.catch(() => undefined);
    return { ids, contents };
  }
}

/**
 * Histories: every revision of every file. Rows not yet flushed are kept here; the rest lie in `hist`.
 */
import type { Entry, NodeId } from '../protocol/entry.ts';
import { revisionOf } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Revision } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { Database } from '../store/schema.ts';
import { readHistory, type HistRow } from './projection.ts';
import type { TreeNode } from './tree.ts';

export type Histories = {
  /** Note an entry just applied to `node`; undone by `forget`. */
  note: (entry: Entry, node: TreeNode, path: Path) => void;
  forget: (count: number) => void;
  /** All rows of a file, oldest first. */
  of: (node: TreeNode) => Promise<HistRow[]>;
  pending: () => readonly HistRow[];
  /** The first `count` pending rows are on disk now. */
  flushed: (count: number) => void;
  clear: () => void;
};

/** `onDamage`: rows that must be on disk are not; the caller has the projection rebuilt. */
export const createHistories = (db: Database, onDamage: () => void): Histories => {
  let pending: HistRow[] = [];
  return {
    note: (entry, node, path) => {
      pending.push({
        node: node.id,
        index: node.count - 1,
        id: revisionOf(entry),
        path,
        op: entry.change.op,
        actor: entry.actor,
        at: new Date(entry.at).toISOString(),
        message: entry.message,
        size: node.size,
        hash: node.hash,
        ...(entry.run ? { run: entry.run } : {}),
        ...(entry.cause ? { cause: entry.cause } : {}),
      });
    },
    forget: (count) => void pending.splice(pending.length - count, count),
    of: async (node) => {
      const { count } = node;
      const stored = await readHistory(db, node.id, count);
      const next = stored.length;
      const rows = [...stored, ...pending.filter((row) => row.node === node.id && row.index >= next)];
      if (rows.length < count || rows.some((row, index) => row.index !== index)) {
        onDamage();
        fail(
          'EAGAIN',
          'The stored history of this file was damaged and is being made again from the journal. Try again.',
        );
      }
      return rows;
    },
    pending: () => pending,
    flushed: (count) => void pending.splice(0, count),
    clear: () => {
      pending = [];
    },
  };
};

export const toRevision = ({ node: _n, index: _i, ...revision }: HistRow): Revision => revision;
export type { NodeId };

/**
 * Taking in what other devices wrote: durable first, then applied under the writers' lock, then told to watchers. What
 * devices disagreed about becomes files under /system/conflicts, kept in line with what is there.
 */
import { decodeText } from '../protocol/bytes.ts';
import type { Entry, NodeId } from '../protocol/entry.ts';
import { ok, type Result } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import type { Conflict } from '../protocol/formats/records.ts';
import type { Log } from '../protocol/log.ts';
import type { Absorbed, Parcel } from '../protocol/parcel.ts';
import type { Database } from '../store/schema.ts';
import { absentChunks } from './blobs.ts';
import type { Committed } from './bus.ts';
import { namedBy } from './chunks.ts';
import { conflictChanges, conflictNodes, type Known } from './conflicts.ts';
import type { Contents } from './contents.ts';
import { changeSets, committedBy, placesBefore } from './foreign.ts';
import { recordBytes } from './record.ts';
import { refused } from './reads.ts';
import type { Author } from './stage.ts';
import { isContent, type Standing } from './standing.ts';

export type Merging = {
  merge: (parcels: readonly Parcel[]) => Promise<Result<Absorbed>>;
  /** Bring /system/conflicts in line with the tree. */
  review: () => Promise<void>;
  /** A change set may have settled something. */
  committed: () => void;
};

type Options = {
  db: Database;
  log: Log;
  standing: Standing;
  contents: Contents;
  exclusive: <T>(body: () => Promise<T>) => Promise<T>;
  /** Stage changes, under the lock. */
  place: (changes: readonly Change[], author: Author) => Promise<{ done: Committed; durable: Promise<void> }>;
  announce: (done: Committed) => void;
};

const MERGER: Author = { actor: 'daemon:merge', message: 'Noted where devices disagree', run: '', cause: '' };

export const createMerging = ({ db, log, standing, contents, exclusive, place, announce }: Options): Merging => {
  /** Disagreements that the last review found open. */
  let open = 0;
  let due = false;
  let reviewing: Promise<unknown> = Promise.resolve();

  const absorb = async (entries: readonly Entry[]): Promise<Committed[]> => {
    const tree = standing.tree();
    const before = placesBefore(tree, entries);
    const apart = new Set<NodeId>();
    tree.applyAll(entries, (entry, done) => {
      standing.note(entry, done);
      if (!isContent(entry)) return;
      // What is held is of before.
      contents.drop(entry.node);
      if (done.seen) apart.add(entry.node);
    });
    // The journal says so itself, in front of the next entry of this device.
    const { [log.device]: _own, ...others } = log.vector();
    tree.sees(log.device, others);
    await standing.settleContents(apart);
    return changeSets(entries)
      .map((set) => committedBy(tree, set, before))
      .filter(({ staged }) => staged.touched.length > 0);
  };

  const review = async (): Promise<void> => {
    if (log.damage()) return;
    const reviewed = await exclusive(async () => {
      const tree = standing.tree();
      const known: Known[] = [];
      for (const { node, path } of conflictNodes(tree)) {
        const content = await contents.load(node);
        const text = content.as === 'record' ? decodeText(recordBytes(content)) : undefined;
        if (text !== undefined) known.push({ node, path, conflict: JSON.parse(text) as Conflict });
      }
      const { changes, stand } = conflictChanges(tree, known);
      open = stand;
      return changes.length > 0 ? place(changes, MERGER) : undefined;
    });
    if (!reviewed) return;
    await reviewed.durable;
    announce(reviewed.done);
  };

  return {
    merge: async (parcels) => {
      try {
        const { merged, committed } = await exclusive(async () => {
          await log.settled();
          const merged = await log.merge(parcels);
          return { merged, committed: await absorb(merged.entries.map(({ entry }) => entry)) };
        });
        for (const done of committed) announce(done);
        if (committed.length > 0) await review();
        const named = new Set(merged.entries.flatMap(namedBy).map(({ hash }) => hash));
        return ok({ ...merged, chunks: await absentChunks(db, [...named]) });
      } catch (cause) {
        return refused(cause);
      }
    },
    review,
    committed: () => {
      // Only a merge opens one; a write may settle it. One look after another, and one after the last write.
      if (open === 0 || due) return;
      due = true;
      reviewing = reviewing.then(async () => {
        due = false;
        await review().catch(() => undefined);
      });
    },
  };
};

/**
 * What the file system asks of the journal. The journal implements it, the file system is handed it: neither room
 * imports the other.
 */
import type { SysError } from './errors.ts';
import type { Merged, Parcel } from './parcel.ts';
import type { DeviceId, Entry, RevisionId, SealedEntry, VersionVector } from './entry.ts';

/** An entry before it has its place: the journal adds device, sequence, time and chain. */
export type Draft = Pick<Entry, 'node' | 'actor' | 'message' | 'run' | 'cause' | 'change' | 'payload'>;

/** One atomic change set under construction. Synchronous from `add` to `commit`: nothing may come between. */
export type Batch = {
  /** The entry with its device, sequence number and time; chained and hashed only on commit. */
  add: (draft: Draft) => Entry;
  /** Queue for disk. Resolves when durable; rejects with a SysFailure when the whole set was rolled back. */
  commit: () => Promise<void>;
  /** Give the sequence numbers back; nothing happened. */
  discard: () => void;
};

export type Log = {
  device: DeviceId;
  /** Why nothing may be written any more: the journal is damaged. Every batch is refused with it. */
  damage: () => SysError | undefined;
  batch: () => Batch;
  /** Everything committed up to now is durable or rolled back. */
  settled: () => Promise<void>;
  /** One entry, from disk. */
  entry: (revision: RevisionId) => Promise<SealedEntry | undefined>;
  /** Several entries; neighbours in one segment cost one read. Missing ones are left out. */
  entries: (revisions: readonly RevisionId[]) => Promise<SealedEntry[]>;
  /**
   * Take in entries of other devices: checked, kept apart where they fail, durable. Called by the one writer, with nothing
   * of its own on the way to the disk.
   */
  merge: (parcels: readonly Parcel[]) => Promise<Merged>;
  /** The last durable sequence number of each device. */
  vector: () => VersionVector;
};

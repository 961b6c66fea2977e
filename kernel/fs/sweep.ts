/**
 * Chunks that no journal entry names: a put stores its chunks before its entry, and may fail in between. They are counted
 * here, and dropped when nobody writes.
 * [F23] A chunk that any entry names, of whatever device and however old, is never dropped: the whole journal is asked,
 * once, and then what was added to it. An entry that may name chunks is taken to name them. The last look and the deletion
 * hold the writer's lock, so no put is between its chunks and its entry then; where the journal cannot be read to its end,
 * nothing is dropped.
 */
import type { SealedEntry, VersionVector } from '../protocol/entry.ts';
import type { Log } from '../protocol/log.ts';
import type { ChunkRow, Database } from '../store/schema.ts';
import { request, transact, transactFenced } from '../store/transact.ts';
import { namedBy } from './chunks.ts';

/** Counts and bytes of the chunks on this device; those that no entry names are counted apart, and in both. */
export type ChunkUse = { chunks: number; bytes: number; unreferenced: { chunks: number; bytes: number } };

export type Sweeper = {
  use: () => Promise<ChunkUse>;
  /** Drop what no entry names; how many chunks that were. */
  sweep: () => Promise<number>;
};

export type SweepOptions = {
  db: Database;
  epoch: number;
  log: Pick<Log, 'settled'>;
  /** Every durable entry after these, of every device; each device's in order. */
  scan: (after: VersionVector, each: (entries: readonly SealedEntry[]) => void) => Promise<void>;
  /** Under the lock that every write holds from its chunks to its place in the journal. */
  exclusive: <T>(body: () => Promise<T>) => Promise<T>;
};

export const createSweeper = ({ db, epoch, log, scan, exclusive }: SweepOptions): Sweeper => {
  /** Named chunks and their sizes, from what was read of the journal so far. Entries are never taken back once durable. */
  const named = new Map<string, number>();
  const read: VersionVector = {};

  const readOn = (): Promise<void> =>
    scan({ ...read }, (entries) => {
      for (const sealed of entries) {
        for (const ref of namedBy(sealed)) named.set(ref.hash, ref.size);
        const { device, seq } = sealed.entry;
        read[device] = Math.max(read[device] ?? 0, seq);
      }
    });
  const stored = async (): Promise<string[]> =>
    (await transact(db, ['chunks'], 'readonly', ({ chunks }) => request(chunks.getAllKeys()))) as string[];
  const sizeOf = async (chunk: string): Promise<number> => {
    const row = await transact(db, ['chunks'], 'readonly', ({ chunks }) => request(chunks.get(chunk)));
    return (row as ChunkRow | undefined)?.b.length ?? 0;
  };

  return {
    use: async () => {
      const chunks = await stored();
      if (chunks.length > 0) await readOn();
      const use: ChunkUse = { chunks: chunks.length, bytes: 0, unreferenced: { chunks: 0, bytes: 0 } };
      for (const chunk of chunks) {
        const size = named.get(chunk);
        const bytes = size ?? (await sizeOf(chunk));
        use.bytes += bytes;
        if (size !== undefined) continue;
        use.unreferenced.chunks++;
        use.unreferenced.bytes += bytes;
      }
      return use;
    },
    sweep: async () => {
      const before = await stored();
      if (before.length === 0) return 0;
      await readOn();
      if (before.every((chunk) => named.has(chunk))) return 0;
      return exclusive(async () => {
        await log.settled();
        await readOn();
        const left = before.filter((chunk) => !named.has(chunk));
        await transactFenced(db, epoch, ['chunks'], async ({ chunks }) => {
          await Promise.all(left.map((chunk) => request(chunks.delete(chunk))));
        });
        return left.length;
      });
    },
  };
};

/** A minute after the start what an earlier one left behind is looked for; puts that fail later are the next start's. */
const WAKE_MS = 60_000;

type Idle = { busy: () => boolean; setTimer: (run: () => void, ms: number) => () => void };

/** Sweep once, when nobody writes. `stop` resolves when nothing of it touches the database any more. */
export const startSweep = (sweeper: Sweeper, { busy, setTimer }: Idle): { stop: () => Promise<void> } => {
  let slot: Promise<unknown> = Promise.resolve();
  let cancel: () => void;
  const schedule = (): void => {
    cancel = setTimer(() => {
      if (busy()) schedule();
      // No room, another kernel leads, a damaged journal: nothing was dropped, and the next start looks again.
      else slot = sweeper.sweep().catch(() => undefined);
    }, WAKE_MS);
  };
  schedule();
  return {
    stop: async () => {
      cancel();
      await slot;
    },
  };
};

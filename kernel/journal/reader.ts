/**
 * Reading the journal: one entry by revision, several at once, a scan in order, and a check of the whole chain.
 */
import { equalBytes } from '../protocol/bytes.ts';
import { ZERO_HASH, type DeviceId, type RevisionId, type SealedEntry } from '../protocol/entry.ts';
import { fail, SysFailure } from '../protocol/errors.ts';
import { request, transact } from '../store/transact.ts';
import type { Database, JournalRow } from '../store/schema.ts';
import { entryAt, readSegment, unpackSegment } from './segments.ts';

/** Where a chain stops being sound, and why. */
export type ChainFault = { seq: number; message: string };
export type ChainCheck = { entries: number; fault?: ChainFault };

export type Reader = {
  entries: (revisions: readonly RevisionId[]) => Promise<SealedEntry[]>;
  /** The newest entry of a device. */
  last: (device: number) => Promise<SealedEntry | undefined>;
  /** Entries of a device after `seq`, oldest first, a segment at a time. */
  scan: (device: number, after: number, each: (entries: SealedEntry[]) => void) => Promise<void>;
  /** Walk the chain from the beginning: sequence, previous hash, payload hash. */
  verify: (device: number) => Promise<ChainCheck>;
};

const SCAN_ROWS = 64;

const parse = (revision: RevisionId): { device: string; seq: number } | undefined => {
  const [device, seq] = revision.split('.');
  const number = Number(seq);
  return device && Number.isSafeInteger(number) && number > 0 ? { device, seq: number } : undefined;
};

const byNumber = (db: Database, lower: unknown, upper: unknown, lowerOpen = false): IDBKeyRange =>
  db.keyRange.bound(lower, upper, lowerOpen, false);

export const createReader = (db: Database, numbers: Map<DeviceId, number>): Reader => {
  const numberOf = (prefix: string): number | undefined => {
    for (const [id, number] of numbers) if (id.startsWith(prefix)) return number;
    return undefined;
  };

  /** The row that holds `seq`: the last one that starts at or before it. */
  const rowFor = async (journal: IDBObjectStore, device: number, seq: number): Promise<JournalRow | undefined> => {
    const cursor = await request(journal.openCursor(byNumber(db, [device, 0], [device, seq]), 'prev'));
    const row = cursor?.value as JournalRow | undefined;
    return row && seq < row.s + row.c ? row : undefined;
  };

  const rowsAfter = (device: number, after: number): Promise<JournalRow[]> =>
    transact(db, ['journal'], 'readonly', async ({ journal }) => {
      const holding = await rowFor(journal, device, after + 1);
      const from = holding ? holding.s : after + 1;
      return request(journal.getAll(byNumber(db, [device, from], [device, Infinity]), SCAN_ROWS)) as Promise<
        JournalRow[]
      >;
    });

  const scanRows = async (device: number, after: number, each: (row: JournalRow) => void): Promise<void> => {
    for (let seq = after; ;) {
      const rows = await rowsAfter(device, seq);
      for (const row of rows) {
        each(row);
        seq = row.s + row.c - 1;
      }
      if (rows.length < SCAN_ROWS) return;
    }
  };

  return {
    scan: (device, after, each) =>
      scanRows(device, after, (row) => each(unpackSegment(row.b).filter((sealed) => sealed.entry.seq > after))),

    last: async (device) => {
      const row = await transact(db, ['journal'], 'readonly', async ({ journal }) => {
        const cursor = await request(journal.openCursor(byNumber(db, [device, 0], [device, Infinity]), 'prev'));
        return cursor?.value as JournalRow | undefined;
      });
      return row && unpackSegment(row.b).at(-1);
    },

    entries: async (revisions) => {
      const found = new Map<RevisionId, SealedEntry>();
      await transact(db, ['journal'], 'readonly', async ({ journal }) => {
        // Neighbours lie in one row: it is fetched once.
        let held: JournalRow | undefined;
        for (const revision of revisions) {
          const place = parse(revision);
          const number = place && numberOf(place.device);
          if (!place || number === undefined) continue;
          const holds = held !== undefined && held.d === number && place.seq >= held.s && place.seq < held.s + held.c;
          if (!holds) held = await rowFor(journal, number, place.seq);
          if (!held) continue;
          const sealed = entryAt(held.b, place.seq - held.s);
          if (sealed.entry.seq !== place.seq) fail('EBADMSG', `the row of entry ${place.seq} is not what its key says`);
          found.set(revision, sealed);
        }
      });
      return revisions.flatMap((revision) => found.get(revision) ?? []);
    },

    verify: async (device) => {
      let prev: Uint8Array = ZERO_HASH;
      let entries = 0;
      let fault: ChainFault | undefined;
      try {
        await scanRows(device, 0, (row) => {
          if (fault) return;
          const first = entries + 1;
          for (const one of readSegment(row.b)) {
            const { seq } = one.entry;
            if (fault) return;
            if (seq !== entries + 1)
              fault = { seq: entries + 1, message: `entry ${entries + 1} is missing; ${seq} follows` };
            else if (!equalBytes(one.entry.prev, prev))
              fault = { seq, message: `entry ${seq} does not point to the entry before it` };
            else {
              entries = seq;
              prev = one.hash;
            }
          }
          if (!fault && (row.s !== first || row.c !== entries - first + 1))
            fault = { seq: first, message: `the row of entry ${first} is not what its key says` };
        });
      } catch (cause) {
        const message = cause instanceof SysFailure ? cause.error.message : String(cause);
        fault = { seq: entries + 1, message };
      }
      return fault ? { entries, fault } : { entries };
    },
  };
};

/**
 * Reading the journal: one entry by revision, several at once, a scan in order, and a check of the whole chain.
 */
import { equalBytes } from '../protocol/bytes.ts';
import { ZERO_HASH, type DeviceId, type RevisionId, type SealedEntry } from '../protocol/entry.ts';
import { fail, SysFailure } from '../protocol/errors.ts';
import { request, transact } from '../store/transact.ts';
import type { Database, JournalRow } from '../store/schema.ts';
import { inflated } from './deflated.ts';
import { bodyOf, entryAt, readSegment } from './segments.ts';

/** Where a chain stops being sound, and why. */
export type ChainFault = { seq: number; message: string };
export type ChainCheck = { entries: number; fault?: ChainFault };

export type Reader = {
  entries: (revisions: readonly RevisionId[]) => Promise<SealedEntry[]>;
  /** The newest entry of a device. */
  last: (device: number) => Promise<SealedEntry | undefined>;
  /** Entries of a device after `seq`, oldest first, a segment at a time. Throws EBADMSG where the chain is not sound. */
  scan: (device: number, after: number, each: (entries: SealedEntry[]) => void) => Promise<void>;
  /** The same, as they are asked for. */
  follow: (device: number, after: number) => AsyncGenerator<SealedEntry[]>;
  /** Rows as they lie on disk, from the one that holds the entry after `after`. */
  rows: (device: number, after: number, count: number) => Promise<JournalRow[]>;
  /** Walk the chain from the beginning: sequence, previous hash, payload hash. `pause` comes between its steps. */
  verify: (device: number, pause?: () => Promise<void>) => Promise<ChainCheck>;
};

export const isDamage = (cause: unknown): cause is SysFailure =>
  cause instanceof SysFailure && cause.error.code === 'EBADMSG';

/** A row as it was before it was deflated. Never inside a transaction [S1]. */
const opened = async (row: JournalRow): Promise<JournalRow> => ({ ...row, b: await inflated(row.b) });

/** How far a chain was read, and the hash the next entry must point to; unknown in front of the first one read. */
type Chain = { seq: number; hash?: Uint8Array };

/** The entries of a row that follow what was read so far; throws EBADMSG at the first that does not. */
function* following(row: JournalRow, chain: Chain): Generator<SealedEntry> {
  let place = row.s;
  for (const one of readSegment(row.b)) {
    const { seq, prev } = one.entry;
    if (seq !== place++) fail('EBADMSG', `the row of entry ${row.s} is not what its key says`);
    if (seq === chain.seq) chain.hash ??= one.hash;
    // Read before: rows may be merged between two looks.
    if (seq <= chain.seq) continue;
    if (seq > chain.seq + 1) fail('EBADMSG', `entry ${chain.seq + 1} is missing; ${seq} follows`);
    if (chain.hash && !equalBytes(prev, chain.hash))
      fail('EBADMSG', `entry ${seq} does not point to the entry before it`);
    chain.seq = seq;
    chain.hash = one.hash;
    yield one;
  }
  if (place !== row.s + row.c) fail('EBADMSG', `the row of entry ${row.s} is not what its key says`);
}

const SCAN_ROWS = 64;
const VERIFY_ROWS = 16;
/** Entries looked for side by side: ten rows that lie apart took ten turns one after another. */
const AT_ONCE = 16;

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

  /** The rows that hold these entries, each once. */
  const rowsFor = async (
    journal: IDBObjectStore,
    places: readonly { number: number; seq: number }[],
  ): Promise<JournalRow[]> => {
    if (places.length === 0) return [];
    const [only] = places;
    if (only && places.length === 1) return [await rowFor(journal, only.number, only.seq)].flatMap((row) => row ?? []);
    const cursors = await Promise.all(
      places.map(({ number, seq }) => request(journal.openKeyCursor(byNumber(db, [number, 0], [number, seq]), 'prev'))),
    );
    const keys = cursors.flatMap((cursor) => (cursor ? [cursor.primaryKey as [number, number]] : []));
    const rows = await Promise.all(
      [...new Map(keys.map((key) => [key.join(), key])).values()].map((key) => request(journal.get(key))),
    );
    return rows.flatMap((row) => (row as JournalRow | undefined) ?? []);
  };

  const rowsAfter = (device: number, after: number, count: number): Promise<JournalRow[]> =>
    transact(db, ['journal'], 'readonly', async ({ journal }) => {
      const holding = await rowFor(journal, device, after + 1);
      const from = holding ? holding.s : after + 1;
      return request(journal.getAll(byNumber(db, [device, from], [device, Infinity]), count)) as Promise<JournalRow[]>;
    });

  async function* follow(device: number, after: number): AsyncGenerator<SealedEntry[]> {
    const chain: Chain = { seq: after };
    for (;;) {
      const rows = await rowsAfter(device, chain.seq, SCAN_ROWS);
      for (const row of rows) {
        const sound: SealedEntry[] = [];
        let fault: SysFailure | undefined;
        try {
          for (const one of following(await opened(row), chain)) sound.push(one);
        } catch (cause) {
          if (!isDamage(cause)) throw cause;
          fault = cause;
        }
        yield sound;
        if (fault) throw fault;
      }
      if (rows.length < SCAN_ROWS) return;
    }
  }

  return {
    follow,
    rows: rowsAfter,

    scan: async (device, after, each) => {
      for await (const entries of follow(device, after)) each(entries);
    },

    last: async (device) => {
      const row = await transact(db, ['journal'], 'readonly', async ({ journal }) => {
        const cursor = await request(journal.openCursor(byNumber(db, [device, 0], [device, Infinity]), 'prev'));
        return cursor?.value as JournalRow | undefined;
      });
      return row && [...following(await opened(row), { seq: row.s - 1 })].at(-1);
    },

    entries: async (revisions) => {
      const places: { seq: number; row: JournalRow }[] = [];
      await transact(db, ['journal'], 'readonly', async ({ journal }) => {
        places.length = 0;
        const wanted = revisions.flatMap((revision) => {
          const place = parse(revision);
          const number = place && numberOf(place.device);
          return place && number !== undefined ? [{ number, seq: place.seq }] : [];
        });
        // Neighbours lie in one row, which is fetched and opened once; rows that lie apart are fetched side by side.
        const rows: JournalRow[] = [];
        const held = (number: number, seq: number): JournalRow | undefined =>
          rows.findLast((row) => row.d === number && seq >= row.s && seq < row.s + row.c);
        for (let from = 0; from < wanted.length; from += AT_ONCE) {
          const some = wanted.slice(from, from + AT_ONCE);
          const lacking = some.filter(({ number, seq }) => !held(number, seq));
          rows.push(...(await rowsFor(journal, lacking)));
          for (const { number, seq } of some) {
            const row = held(number, seq);
            if (row) places.push({ seq, row });
          }
        }
      });
      const found: SealedEntry[] = [];
      let held: JournalRow | undefined;
      let body: Uint8Array = new Uint8Array();
      for (const { seq, row } of places) {
        if (row !== held) body = bodyOf((await opened(row)).b);
        held = row;
        const sealed = entryAt(body, seq - row.s);
        if (sealed.entry.seq !== seq) fail('EBADMSG', `the row of entry ${seq} is not what its key says`);
        found.push(sealed);
      }
      return found;
    },

    verify: async (device, pause) => {
      const chain: Chain = { seq: 0, hash: ZERO_HASH };
      try {
        for (;;) {
          const rows = await rowsAfter(device, chain.seq, VERIFY_ROWS);
          for (const row of rows) for (const _ of following(await opened(row), chain));
          if (rows.length < VERIFY_ROWS) break;
          await pause?.();
        }
      } catch (cause) {
        // A database that does not answer says nothing about the journal.
        if (!isDamage(cause)) throw cause;
        return { entries: chain.seq, fault: { seq: chain.seq + 1, message: cause.error.message } };
      }
      return { entries: chain.seq };
    },
  };
};

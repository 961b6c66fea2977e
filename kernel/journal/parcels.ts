/**
 * What a peer lacks, as parcels [J14]. Rows go as they lie on disk, deflated ones too; only the first and the last may be
 * cut. Every device gets its part of each answer: what an entry waits for is then never crowded out, and asking again
 * until nothing new comes ends with everything.
 */
import { revisionOf, type DeviceId, type SealedEntry, type VersionVector } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Parcel, SignedHead } from '../protocol/parcel.ts';
import type { Database, JournalRow } from '../store/schema.ts';
import { inflated } from './deflated.ts';
import type { Device } from './devices.ts';
import { publicKeys } from './known-devices.ts';
import type { Foreign } from './foreign.ts';
import { keptHeads } from './heads.ts';
import { signHead } from './identity.ts';
import type { ChainHead } from './line.ts';
import { isDamage, type Reader } from './reader.ts';
import { packSegments, unpackSegment } from './segments.ts';

const ANSWER_BYTES = 4 << 20;
const LEAST_BYTES = 64 * 1024;
const ROWS = 16;

type Sending = { db: Database; reader: Reader; device: Device; own: ChainHead; foreign: Foreign };

/** The newest place in a row where a parcel may end. */
type Ending = (row: JournalRow, from: number) => Promise<number | undefined>;

const entriesOf = async (row: JournalRow): Promise<SealedEntry[]> => unpackSegment(await inflated(row.b));

/** The part of a row from one entry to another, both in it. */
const cut = async (row: JournalRow, from: number, to: number): Promise<Uint8Array[]> => {
  if (from <= row.s && to >= row.s + row.c - 1) return [row.b];
  const entries = (await entriesOf(row)).filter(({ entry: { seq } }) => seq >= from && seq <= to);
  return packSegments(entries).map(({ bytes }) => bytes);
};

/** Rows after `after`, as many as fit, and then up to the next place where a parcel may end. */
const gather = async (
  reader: Reader,
  number: number,
  after: number,
  end: number,
  bytes: number,
  ending: Ending,
): Promise<{ segments: Uint8Array[]; last: number } | undefined> => {
  const rows: JournalRow[] = [];
  let size = 0;
  let last: number | undefined;
  for (let reached = after; reached < end && (size < bytes || last === undefined);) {
    const more = await reader.rows(number, reached, ROWS);
    for (const row of more) {
      if (row.s > end || (size >= bytes && last !== undefined)) break;
      rows.push(row);
      size += row.b.length;
      reached = row.s + row.c - 1;
      if (size >= bytes || reached >= end) last = (await ending(row, after + 1)) ?? last;
    }
    if (more.length === 0) break;
  }
  if (last === undefined) return undefined;
  const segments: Uint8Array[] = [];
  for (const row of rows) if (row.s <= last) segments.push(...(await cut(row, after + 1, last)));
  return { segments, last };
};

export const makeParcels = async (have: VersionVector, sending: Sending): Promise<Parcel[]> => {
  const { db, reader, device, own, foreign } = sending;
  if (!device.privateKey)
    fail('ENOSYS', 'This browser cannot sign (Ed25519), so nothing can be shared from it. Use a newer one.');
  const chains: [DeviceId, ChainHead][] = [[device.id, own], ...foreign.heads];
  const lacking = chains.filter(([id, { seq }]) => seq > (have[id] ?? 0));
  const bytes = Math.max(LEAST_BYTES, ANSWER_BYTES / Math.max(1, lacking.length));
  const keys = await publicKeys(db);

  const ownParcel = async (after: number): Promise<Parcel | undefined> => {
    const setEnd: Ending = async (row, from) =>
      (await entriesOf(row)).findLast(({ entry }) => !entry.more && entry.seq >= from && entry.seq <= own.seq)?.entry
        .seq;
    const found = await gather(reader, device.number, after, own.seq, bytes, setEnd);
    if (!found) return undefined;
    const [last] = await reader.entries([revisionOf({ device: device.id, seq: found.last })]);
    if (!last) return undefined;
    const head = await signHead(device, found.last, last.hash);
    return { device: device.id, publicKey: device.publicKey, head, segments: found.segments };
  };

  const foreignParcel = async (id: DeviceId, end: number, after: number): Promise<Parcel | undefined> => {
    const number = foreign.numbers.get(id) ?? 0;
    const heads = (await keptHeads(db, number)).filter(({ seq }) => seq > after && seq <= end);
    const newest = heads.at(-1);
    const publicKey = keys[id];
    if (!newest || !publicKey) return undefined;
    const signedEnd: Ending = async (row) => heads.findLast(({ seq }) => seq < row.s + row.c)?.seq;
    const found = await gather(reader, number, after, newest.seq, bytes, signedEnd);
    const head: SignedHead | undefined = heads.find(({ seq }) => seq === found?.last);
    return found && head && { device: id, publicKey, head, segments: found.segments };
  };

  const parcels: Parcel[] = [];
  for (const [id, { seq }] of lacking) {
    const after = have[id] ?? 0;
    try {
      const parcel = id === device.id ? await ownParcel(after) : await foreignParcel(id, seq, after);
      if (parcel) parcels.push(parcel);
    } catch (cause) {
      // What is damaged here is not passed on; the rest is.
      if (!isDamage(cause) || id === device.id) throw cause;
    }
  }
  return parcels;
};

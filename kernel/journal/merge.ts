/**
 * Taking in what other devices wrote: only what a signature vouches for, continues what is held, and has everything
 * its author had seen. Checked outside any transaction, then written in one. Loaded when the first parcel comes.
 * It knows chains, not what an entry does to the tree. [J13] to [J17]
 */
import { revisionOf, type DeviceId, type RevisionId, type SealedEntry, type VersionVector } from '../protocol/entry.ts';
import type { Fork } from '../protocol/log.ts';
import type { Merged, Parcel } from '../protocol/parcel.ts';
import type { Database, JournalRow } from '../store/schema.ts';
import { request, transactFenced, type Stores } from '../store/transact.ts';
import { equalBytes } from '../protocol/bytes.ts';
import { fail } from '../protocol/errors.ts';
import { laterOf, type Stamp } from './clock.ts';
import { closeOver, inOrder, seenBy } from './closure.ts';
import { checkedKey } from './damage.ts';
import { numberDevices, type PublicKeys } from './known-devices.ts';
import { headOf, type Foreign } from './foreign.ts';
import { keepHeads } from './heads.ts';
import { openParcels, type SoundParcel } from './incoming.ts';
import { joinParcels, type ChainHead, type Joined, type Line } from './line.ts';
import { quarantine, rememberForks, type Refused } from './quarantine.ts';
import type { Reader } from './reader.ts';
import { rowsOf, type Row } from './arrived-rows.ts';
import { packSegments } from './segments.ts';

export type Merging = {
  db: Database;
  epoch: number;
  now: () => number;
  reader: Reader;
  self: DeviceId;
  /** Where this device's own chain ends on disk. */
  own: ChainHead;
  foreign: Foreign;
};

/** What is written of one device. `from`: rows from here on are damaged and replaced. */
type Share = { line: Line; count: number; rows: Row[]; from?: number };

const SHORT = 12;

/** Revisions name a device by its first 12 hex characters: two devices that share them cannot both be held. */
const clashing = (known: Iterable<DeviceId>, device: DeviceId): boolean =>
  [...known].some((other) => other !== device && other.slice(0, SHORT) === device.slice(0, SHORT));

const byDevice = (parcels: readonly SoundParcel[]): Map<DeviceId, SoundParcel[]> => {
  const groups = new Map<DeviceId, SoundParcel[]>();
  for (const one of parcels) groups.set(one.parcel.device, [...(groups.get(one.parcel.device) ?? []), one]);
  // In the order of their names: what is decided must not hang on the order of arrival.
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
};

const join = async (merging: Merging, parcels: readonly SoundParcel[], refused: Refused[]): Promise<Joined[]> => {
  const { foreign, reader, self, own } = merging;
  const joined: Joined[] = [];
  const names = new Set(foreign.numbers.keys());
  for (const [device, group] of byDevice(parcels)) {
    if (clashing(names, device)) {
      const message = 'Another device here has the same first 12 characters';
      for (const { parcel, first: seq } of group) refused.push({ device, seq, message, parcel });
      continue;
    }
    names.add(device);
    joined.push(
      await joinParcels(group, {
        device,
        own: device === self,
        held: device === self ? own : (foreign.heads.get(device) ?? headOf(undefined)),
        forkedAt: foreign.forks.find((fork) => fork.device === device)?.seq ?? Infinity,
        heldHash: async (seq) => (await reader.entries([revisionOf({ device, seq })]))[0]?.hash,
      }),
    );
  }
  return joined;
};

/** Stamps of the entries that authors had seen: held ones from disk, all at once, and those that arrived. */
const stamps = async (
  { reader }: Merging,
  lines: readonly Line[],
  held: VersionVector,
): Promise<(device: DeviceId, seq: number) => Stamp | undefined> => {
  const wanted = new Set<RevisionId>();
  for (const { entries } of lines) {
    for (const one of entries) {
      for (const [device, seq] of seenBy(one)) if (seq <= (held[device] ?? 0)) wanted.add(revisionOf({ device, seq }));
    }
  }
  const known = new Map<RevisionId, Stamp>();
  if (wanted.size > 0) for (const { entry } of await reader.entries([...wanted])) known.set(revisionOf(entry), entry);
  const arrived = new Map(lines.map((line) => [line.device, line]));
  return (device, seq) => {
    const line = arrived.get(device);
    return line && seq > line.held.seq
      ? line.entries[seq - line.held.seq - 1]?.entry
      : known.get(revisionOf({ device, seq }));
  };
};

/** The rows of what is taken; where a damaged row has a sound front, that is written again with it. */
const share = async ({ db, reader, foreign }: Merging, line: Line, count: number): Promise<Share> => {
  const rows = rowsOf(line, count);
  const number = foreign.numbers.get(line.device);
  if (!foreign.damaged.has(line.device) || number === undefined || count === 0) return { line, count, rows };
  const next = line.held.seq + 1;
  const holding = await db.journal.where('[d+s]').between([number, 0], [number, next], true, true).last();
  const from = holding && holding.s + holding.c > next ? holding.s : next;
  const front: RevisionId[] = [];
  for (let seq = from; seq < next; seq++) front.push(revisionOf({ device: line.device, seq }));
  return { line, count, rows: [...packSegments(await reader.entries(front)), ...rows], from };
};

const commit = async (
  { db, epoch, now, foreign }: Merging,
  shares: readonly Share[],
  refused: readonly Refused[],
  found: readonly Fork[],
): Promise<{ numbers: Map<DeviceId, number>; forks: Fork[] }> => {
  const met: PublicKeys = {};
  for (const { line } of shares.filter(({ count }) => count > 0)) {
    const [first] = line.parcels;
    if (first) met[line.device] = first.parcel.publicKey;
  }
  let attempts = 0;
  const body = async ({ journal, sys, quar }: Stores): Promise<{ numbers: Map<DeviceId, number>; forks: Fork[] }> => {
    const again = attempts++ > 0;
    const numbers = await numberDevices(sys, met);
    const put = async (d: number, { first: s, count: c, bytes: b }: Row): Promise<void> => {
      const there = again ? ((await request(journal.get([d, s]))) as JournalRow | undefined) : undefined;
      // [S6] Tried before on a connection that was lost: what is there with these bytes was written then.
      if (there && equalBytes(there.b, b)) return;
      await request(journal.add({ d, s, c, b }));
    };
    for (const { line, count, rows, from } of shares) {
      const d = numbers.get(line.device);
      if (d === undefined) continue;
      if (from !== undefined) {
        await request(journal.delete(db.keyRange.bound([d, from], [d, Infinity])));
        await request(sys.delete(checkedKey(d)));
      }
      await Promise.all(rows.map((row) => put(d, row)));
      const end = line.held.seq + count;
      const heads = line.parcels.map(({ parcel }) => parcel.head).filter(({ seq }) => seq <= end);
      if (met[line.device] || foreign.heads.has(line.device)) await keepHeads(db, sys, d, heads);
    }
    await quarantine(quar, refused, now());
    return { numbers, forks: await rememberForks(sys, found) };
  };
  return transactFenced(db, epoch, ['journal', 'sys', 'quar'], body, { strict: true, repeatable: true });
};

export const mergeParcels = async (parcels: readonly Parcel[], merging: Merging): Promise<Merged> => {
  const { self, own, foreign } = merging;
  const { sound, refused } = await openParcels(parcels);
  const joined = await join(merging, sound, refused);
  const lines = joined.map(({ line }) => line);
  const held: VersionVector = { [self]: own.seq };
  for (const [device, { seq }] of foreign.heads) held[device] = seq;
  const { taken, missing, early } = closeOver(lines, held, await stamps(merging, lines, held));

  const found: Fork[] = [];
  for (const { line, gap, fork, refused: more } of joined) {
    const count = taken.get(line.device) ?? 0;
    if (gap && count === line.entries.length) missing[line.device] = line.held.seq + count;
    if (fork) found.push(fork);
    refused.push(...more);
  }
  for (const one of early) {
    const parcel = lines
      .find(({ device }) => device === one.device)
      ?.parcels.find(({ parcel: { head } }) => head.seq >= one.seq);
    refused.push({ ...one, parcel: parcel?.parcel ?? fail('EBADMSG', one.message) });
  }
  const shares: Share[] = [];
  for (const line of lines) shares.push(await share(merging, line, taken.get(line.device) ?? 0));

  const entries: SealedEntry[] = [];
  if (lines.length > 0 || refused.length > 0) {
    const { numbers, forks } = await commit(merging, shares, refused, found);
    foreign.forks = forks;
    for (const [device, number] of numbers) foreign.numbers.set(device, number);
    for (const { line, count } of shares) {
      if (count === 0) continue;
      const fresh = line.entries.slice(0, count);
      const head = headOf(fresh.at(-1));
      foreign.heads.set(line.device, head);
      foreign.damaged.delete(line.device);
      foreign.newest = laterOf(foreign.newest, head.stamp);
      for (const one of fresh) entries.push(one);
    }
  }
  return {
    entries: entries.sort(inOrder),
    refused: refused.map(({ device, seq, message }) => ({ device, seq, message })),
    missing,
  };
};

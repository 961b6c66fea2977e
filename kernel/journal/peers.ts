/**
 * Journals that exchange parcels, for tests: each with a database and a clock of its own, and no kernel around it.
 * Works on the fake IndexedDB alone.
 */
import 'fake-indexeddb/auto';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { fromHex, hash } from '../protocol/bytes.ts';
import { sealEntry, ZERO_HASH, type Entry, type Op, type SealedEntry } from '../protocol/entry.ts';
import type { Draft } from '../protocol/log.ts';
import type { Merged, Parcel } from '../protocol/parcel.ts';
import { Database, type IndexedDb } from '../store/schema.ts';
import { nextEpoch } from '../store/transact.ts';
import { deviceOf, loadDevices, type Device } from './devices.ts';
import { signHead } from './identity.ts';
import { openJournal, type Journal } from './journal.ts';
import { packSegments } from './segments.ts';

export type Peer = {
  db: Database;
  device: Device;
  journal: Journal;
  now: { time: number };
  /** One change set of `count` entries. */
  write: (count?: number, size?: number) => Promise<void>;
  merge: (parcels: readonly Parcel[]) => Promise<Merged>;
  /** Everything another has and this one lacks, asked for until nothing new comes. */
  pull: (from: Peer) => Promise<Merged[]>;
  reopen: () => Promise<void>;
};

export const NODE = '01'.repeat(16);
const TEXT: Omit<Draft, 'change' | 'payload'> = { node: NODE, actor: 'operator', message: 'm', run: '', cause: '' };
export const drafted = (change: Op, payload: Uint8Array = new Uint8Array()): Draft => ({ ...TEXT, change, payload });
const edit = (payload: Uint8Array): Draft =>
  drafted({ op: 'edit', size: payload.length, hash: '00'.repeat(32) }, payload);

export const openPeer = async (start = 1_000_000): Promise<Peer> => {
  const idb = { indexedDB: new IDBFactory(), IDBKeyRange } as unknown as IndexedDb;
  const now = { time: start };
  const open = async (): Promise<Pick<Peer, 'db' | 'device' | 'journal'>> => {
    const db = new Database('journal', idb);
    await db.open();
    const epoch = await nextEpoch(db);
    const { self, numbers } = await loadDevices(db, epoch);
    const options = { db, device: self, numbers, epoch, now: () => now.time, onRollback: () => undefined };
    return { db, device: self, journal: await openJournal(options) };
  };
  let written = 0;
  const peer: Peer = {
    ...(await open()),
    now,
    write: async (count = 1, size = 8) => {
      now.time += 1;
      const batch = peer.journal.batch();
      for (let i = 0; i < count; i++) {
        const payload = new Uint8Array(size).map((_, at) => (at * 31 + written) & 255);
        written++;
        batch.add(edit(payload));
      }
      await batch.commit();
    },
    merge: (parcels) => peer.journal.merge(parcels),
    pull: async (from) => {
      const all: Merged[] = [];
      for (;;) {
        const merged = await peer.merge(await from.journal.parcels(peer.journal.vector()));
        all.push(merged);
        if (merged.entries.length === 0) return all;
      }
    },
    reopen: async () => {
      peer.db.close();
      Object.assign(peer, await open());
    },
  };
  return peer;
};

/** A device whose every entry the test makes up, honest or not. */
export type Author = { id: string; sign: (entries: readonly SealedEntry[]) => Promise<Parcel>; publicKey: Uint8Array };

export const createAuthor = async (): Promise<Author> => {
  const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const id = deviceOf(publicKey);
  return {
    id,
    publicKey,
    sign: async (entries) => {
      const last = entries.at(-1);
      const head = await signHead({ id, privateKey: pair.privateKey }, last?.entry.seq ?? 0, last?.hash ?? ZERO_HASH);
      return { device: id, publicKey, head, segments: packSegments(entries).map(({ bytes }) => bytes) };
    },
  };
};

/** A chain of entries in which `of` says what is out of the ordinary. */
export const chain = (
  { id }: Author,
  count: number,
  of: (seq: number) => Partial<Entry> = () => ({}),
  after?: SealedEntry,
): SealedEntry[] => {
  const out: SealedEntry[] = [];
  for (let i = 1; i <= count; i++) {
    const before = out.at(-1) ?? after;
    const seq = (before?.entry.seq ?? 0) + 1;
    const entry: Entry = {
      ...edit(hash(fromHex(id)).slice(0, 9)),
      device: id,
      seq,
      at: 1_000_000 + seq,
      tick: 0,
      more: false,
      prev: before?.hash ?? ZERO_HASH,
      ...of(seq),
    };
    out.push(sealEntry(entry));
  }
  return out;
};

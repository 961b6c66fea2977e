/**
 * The journal: the only writer of truth. Gives each entry its place in the chain at once, and puts it on disk by group
 * commit: one transaction in flight, everything queued meanwhile in the next (parallel transactions on one store
 * measured slower). A commit that fails rolls back sequence, clock and chain, and everybody who was waiting is told.
 * It does not know what an entry does to the tree.
 */
import {
  sealEntry,
  ZERO_HASH,
  type DeviceId,
  type Entry,
  type RevisionId,
  type SealedEntry,
  type VersionVector,
} from '../protocol/entry.ts';
import { equalBytes } from '../protocol/bytes.ts';
import { fail, type SysError, type SysFailure } from '../protocol/errors.ts';
import type { Batch, Draft, Log } from '../protocol/log.ts';
import { request, storageFailure, transactFenced, type Stores } from '../store/transact.ts';
import type { Database, JournalRow } from '../store/schema.ts';
import { laterOf, nextStamp, type Stamp } from './clock.ts';
import { damageOf, lastCheck, refuseDamaged, rememberCheck } from './damage.ts';
import type { Device } from './devices.ts';
import { checkForeign, loadForeign, noteDamage } from './foreign.ts';
import { createReader, isDamage, type ChainCheck, type Reader } from './reader.ts';
import { packSegments } from './segments.ts';

const GROUP_ENTRIES = 512;
const GROUP_BYTES = 1 << 20;

type Pending = { entries: SealedEntry[]; resolve: () => void; reject: (cause: SysFailure) => void };
type Head = { seq: number; stamp: Stamp; hash: Uint8Array };

export type Journal = Log &
  Reader & {
    /** How many entries of this device are durable. */
    entryCount: () => number;
    /** Commits are queued or under way. */
    busy: () => boolean;
    /** Verify every device's whole chain; a fault in this one's closes the journal for writing. */
    check: (pause?: () => Promise<void>) => Promise<ChainCheck>;
    /** When the whole chain was last checked. */
    checkedAt: () => number;
    /** The numbers of all devices that entries are held of. */
    numbers: () => number[];
    /** Other devices whose rows are damaged here, and from where on. */
    damaged: () => { device: DeviceId; seq: number; message: string }[];
  };

type Options = {
  db: Database;
  device: Device;
  /** Of every device that was ever met, this one too. */
  numbers: Map<DeviceId, number>;
  epoch: number;
  now: () => number;
  /** A commit failed: everything staged after the durable head is gone. Called before the waiting callers are told. */
  onRollback: (cause: SysFailure) => void;
};

export const openJournal = async ({ db, device, numbers, epoch, now, onRollback }: Options): Promise<Journal> => {
  const reader = createReader(db, numbers);
  const foreign = await loadForeign(db, reader, device.id, numbers);
  const remembered = await lastCheck(db, device.number);
  let checkedAt = remembered?.at ?? -Infinity;
  let damage: SysError | undefined;
  let sound = 0;

  const check = async (pause?: () => Promise<void>): Promise<ChainCheck> => {
    const found = await reader.verify(device.number, pause);
    damage ??= damageOf(found);
    sound = found.entries;
    checkedAt = now();
    const { fault } = found;
    // Not remembered (no room, another kernel leads): then the next check finds it.
    await rememberCheck(db, epoch, device.number, { at: checkedAt, ...(fault ? { fault } : {}) }).catch(
      () => undefined,
    );
    await checkForeign(db, epoch, reader, foreign, checkedAt, pause);
    return found;
  };

  /** Reading that meets damage: find where the chain stops being sound, and go on with what is. */
  const unlessDamaged = async <T>(body: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await body();
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      if (!damage) await check();
      if (!damage) throw cause;
      return undefined;
    }
  };

  if (remembered?.fault) await check();
  const last = await unlessDamaged(() => reader.last(device.number));
  let durable: Head = last
    ? { seq: last.entry.seq, stamp: { at: last.entry.at, tick: last.entry.tick }, hash: last.hash }
    : { seq: sound, stamp: { at: 0, tick: 0 }, hash: ZERO_HASH };
  let head: Head = durable;
  let queue: Pending[] = [];
  let draining = false;
  let merging = false;
  /** Settles when the newest set is on disk or rolled back; all before it are by then. */
  let newest: Promise<unknown> = Promise.resolve();

  const take = (): Pending[] => {
    let entries = 0;
    let bytes = 0;
    let sets = 0;
    for (const set of queue) {
      const size = set.entries.reduce((sum, sealed) => sum + sealed.bytes.length, 0);
      if (sets > 0 && (entries + set.entries.length > GROUP_ENTRIES || bytes + size > GROUP_BYTES)) break;
      entries += set.entries.length;
      bytes += size;
      sets++;
    }
    return queue.splice(0, sets);
  };

  const commitGroup = async (group: Pending[]): Promise<void> => {
    const entries = group.flatMap((set) => set.entries);
    const segments = packSegments(entries);
    let attempts = 0;
    const body = async ({ journal }: Stores): Promise<void> => {
      const again = attempts++ > 0;
      for (const segment of segments) {
        const key = [device.number, segment.first];
        const there = again ? ((await request(journal.get(key))) as JournalRow | undefined) : undefined;
        // [S6] Tried before on a connection that was lost: what is there with these bytes was committed then.
        if (there && equalBytes(there.b, segment.bytes)) continue;
        if (there) fail('EIO', `Another entry ${segment.first} is in the journal already. Reload this tab.`);
        await request(journal.add({ d: device.number, s: segment.first, c: segment.count, b: segment.bytes }));
      }
    };
    await transactFenced(db, epoch, ['journal'], body, { repeatable: true });
    const last = entries.at(-1);
    if (last) durable = { seq: last.entry.seq, stamp: { at: last.entry.at, tick: last.entry.tick }, hash: last.hash };
  };

  const drain = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    while (queue.length > 0) {
      const group = take();
      try {
        await commitGroup(group);
        for (const set of group) set.resolve();
      } catch (cause) {
        const failure = storageFailure(cause);
        // Whatever was queued behind chains on what just failed: it goes too.
        const lost = [...group, ...queue];
        queue = [];
        head = durable;
        onRollback(failure);
        for (const set of lost) set.reject(failure);
      }
    }
    draining = false;
  };

  const batch = (): Batch => {
    refuseDamaged(damage);
    const before = head;
    const entries: Entry[] = [];
    let stamp = laterOf(head.stamp, foreign.newest);
    return {
      add: (draft: Draft) => {
        stamp = nextStamp(stamp, now());
        const seq = before.seq + entries.length + 1;
        const entry: Entry = { ...draft, device: device.id, seq, ...stamp, more: false, prev: ZERO_HASH };
        entries.push(entry);
        return entry;
      },
      commit: () => {
        if (head !== before) throw new Error('a journal batch was interleaved with another');
        let prev = before.hash;
        const sealed = entries.map((entry, index) => {
          entry.more = index < entries.length - 1;
          entry.prev = prev;
          const one = sealEntry(entry);
          prev = one.hash;
          return one;
        });
        if (sealed.length === 0) return Promise.resolve();
        head = { seq: before.seq + sealed.length, stamp, hash: prev };
        const done = new Promise<void>((resolve, reject) => queue.push({ entries: sealed, resolve, reject }));
        newest = done.catch(() => undefined);
        void drain();
        return done;
      },
      discard: () => {
        entries.length = 0;
      },
    };
  };

  // Not "until nobody writes": a reader would starve beside steady writers.
  const settled = async (): Promise<void> => void (await newest);

  const vector = (): VersionVector => {
    const seen: VersionVector = { [device.id]: durable.seq };
    for (const [other, { seq }] of foreign.heads) if (seq > 0) seen[other] = seq;
    return seen;
  };

  const merge: Log['merge'] = async (parcels) => {
    refuseDamaged(damage);
    if (draining || merging) throw new Error('a merge beside another or beside a commit');
    merging = true;
    try {
      const { mergeParcels } = await import('./merge.ts');
      return await mergeParcels(parcels, { db, epoch, now, reader, self: device.id, own: durable, foreign });
    } finally {
      merging = false;
    }
  };

  const parcels: Log['parcels'] = async (have) => {
    const { makeParcels } = await import('./parcels.ts');
    return makeParcels(have, { db, reader, device, own: durable, foreign });
  };

  const entry = async (revision: RevisionId): Promise<SealedEntry | undefined> => (await reader.entries([revision]))[0];

  const scan: Reader['scan'] = async (...of) => {
    await unlessDamaged(() => reader.scan(...of));
  };

  const replay: Log['replay'] = async (after, each) => {
    if (foreign.heads.size === 0) return scan(device.number, after[device.id] ?? 0, each);
    const { replayChains } = await import('./replay.ts');
    const chains = [...numbers].map(([id, number]) => ({
      device: id,
      entries: reader.follow(number, after[id] ?? 0),
    }));
    return replayChains(chains, each, async (id) => {
      if (id !== device.id) return noteDamage(reader, foreign, id);
      if (!damage) await check();
    });
  };

  return {
    ...reader,
    scan,
    device: device.id,
    batch,
    settled,
    merge,
    parcels,
    replay,
    forks: () => foreign.forks,
    damaged: () => [...foreign.damaged].map(([id, fault]) => ({ device: id, ...fault })),
    numbers: () => [...numbers.values()],
    entry,
    vector,
    check,
    damage: () => damage,
    checkedAt: () => checkedAt,
    busy: () => draining || merging,
    entryCount: () => durable.seq,
  };
};

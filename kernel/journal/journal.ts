/**
 * The journal: the only writer of truth. Gives each entry its place in the chain at once, and puts it on disk by group
 * commit: one transaction in flight, everything queued meanwhile in the next (parallel transactions on one store
 * measured slower). A commit that fails rolls back sequence, clock and chain, and everybody who was waiting is told.
 * [S2] Each boot's first entry is a `session`, added where an older kernel would go on: that kernel's next commit finds
 * its key taken. So commits need not read the epoch (with that read: 0.55–0.69 × a bare put; without: 0.93–1.09).
 * It does not know what an entry does to the tree.
 */
import {
  NO_NODE,
  sealEntry,
  ZERO_HASH,
  type DeviceId,
  type Entry,
  type RevisionId,
  type SealedEntry,
  type VersionVector,
} from '../protocol/entry.ts';
import { equalBytes } from '../protocol/bytes.ts';
import type { SysError, SysFailure } from '../protocol/errors.ts';
import type { Batch, Draft, Log } from '../protocol/log.ts';
import {
  checkEpoch,
  isFenced,
  request,
  storageFailure,
  transact,
  transactFenced,
  type StoreName,
  type Stores,
} from '../store/transact.ts';
import type { Database, JournalRow } from '../store/schema.ts';
import { laterOf, nextStamp, type Stamp } from './clock.ts';
import { damageOf, lastCheck, refuseDamaged, rememberCheck } from './damage.ts';
import type { Device } from './devices.ts';
import { openExchange, type Exchange } from './exchange.ts';
import { groupOf } from './group.ts';
import { createReader, isDamage, type ChainCheck, type Reader } from './reader.ts';
import { packSegments, unpackSegment, type Segment } from './segments.ts';

/** `told` is the vector of the newest session entry; none since this kernel began. */
type Head = { seq: number; stamp: Stamp; hash: Uint8Array; told?: VersionVector };
/** `head` is where the chain ends with this set. */
type Pending = { entries: SealedEntry[]; head: Head; resolve: () => void; reject: (cause: SysFailure) => void };

const session = (seen: VersionVector): Draft => ({
  node: NO_NODE,
  actor: 'daemon:journal',
  message: '',
  run: '',
  cause: '',
  change: { op: 'session', client: 0, seen },
  payload: new Uint8Array(),
});

export type Journal = Log &
  Reader &
  Pick<Exchange, 'numbers' | 'damaged'> & {
    /** How many entries of this device are durable. */
    entryCount: () => number;
    /** Commits are queued or under way. */
    busy: () => boolean;
    /** Verify every device's whole chain; a fault in this one's closes the journal for writing. */
    check: (pause?: () => Promise<void>) => Promise<ChainCheck>;
    /** When the whole chain was last checked. */
    checkedAt: () => number;
    /** What is known of other devices moved on: a session entry that says so goes in front of the next change set. */
    noteVector: (seen: VersionVector) => void;
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
  let checkedAt = -Infinity;
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
    await exchange.check(pause);
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

  const headAfter = (last: SealedEntry | undefined): Head =>
    last
      ? { seq: last.entry.seq, stamp: { at: last.entry.at, tick: last.entry.tick }, hash: last.hash }
      : { seq: sound, stamp: { at: 0, tick: 0 }, hash: ZERO_HASH };
  let durable = headAfter(undefined);
  let head = durable;
  // Side by side: a start waits for each turn of the database.
  const looking = reader.last(device.number);
  looking.catch(() => undefined);
  const [remembered, exchange] = await Promise.all([
    lastCheck(db, device.number),
    openExchange({ db, epoch, now, reader, device, numbers, own: () => durable }),
  ]);
  checkedAt = remembered?.at ?? -Infinity;
  let seen = exchange.held();
  let queue: Pending[] = [];
  let draining = false;
  /** Settles when the newest set is on disk or rolled back; all before it are by then. */
  let newest: Promise<unknown> = Promise.resolve();
  /** The connection on which this kernel was seen to lead: from then on its keys are the fence. */
  let leadsOn: IDBDatabase | undefined;

  const rowOf = ({ first, count, bytes }: Segment): JournalRow => ({ d: device.number, s: first, c: count, b: bytes });

  const commitGroup = async (group: Pending[]): Promise<void> => {
    const segments = packSegments(group.flatMap((set) => set.entries));
    const body = async ({ journal, sys }: Stores): Promise<void> => {
      const connection = journal.transaction.db;
      // A connection that was opened again may lead to a journal that was merged, or made anew, since the key was known.
      const first = connection !== leadsOn;
      if (first) await checkEpoch(sys, epoch);
      const put = async (segment: Segment): Promise<void> => {
        // [S6] Tried before on a connection that was lost: what is there with these bytes was committed then.
        const there = first
          ? ((await request(journal.get([device.number, segment.first]))) as JournalRow | undefined)
          : undefined;
        if (there && equalBytes(there.b, segment.bytes)) return;
        await request(journal.add(rowOf(segment)));
      };
      await Promise.all(segments.map(put));
      leadsOn = connection;
    };
    // Without `sys` a commit runs beside a flush of the projection.
    const stores = (connection: IDBDatabase): StoreName[] =>
      connection === leadsOn ? ['journal'] : ['journal', 'sys'];
    await transact(db, stores, 'readwrite', body, { repeatable: true });
    durable = group.at(-1)?.head ?? durable;
  };

  const drain = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    while (queue.length > 0) {
      const group = queue.splice(0, groupOf(queue));
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
    const told = seen;
    const entries: Entry[] = [];
    let stamp = laterOf(head.stamp, exchange.newest());
    const add = (draft: Draft): Entry => {
      stamp = nextStamp(stamp, now());
      const seq = before.seq + entries.length + 1;
      const entry: Entry = { ...draft, device: device.id, seq, ...stamp, more: false, prev: ZERO_HASH };
      entries.push(entry);
      return entry;
    };
    return {
      add: (draft) => {
        if (entries.length === 0 && told !== before.told) add(session(told));
        return add(draft);
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
        head = { seq: before.seq + sealed.length, stamp, hash: prev, told };
        const at = head;
        const done = new Promise<void>((resolve, reject) => queue.push({ entries: sealed, head: at, resolve, reject }));
        newest = done.catch(() => undefined);
        void drain();
        return done;
      },
      discard: () => {
        entries.length = 0;
      },
    };
  };

  /** [S2] Take the place where an older kernel would go on; whoever comes later finds it taken. */
  const openSession = async ({ journal }: Stores): Promise<Head> => {
    const all = db.keyRange.bound([device.number, 0], [device.number, Infinity]);
    const row = (await request(journal.openCursor(all, 'prev')))?.value as JournalRow | undefined;
    // The older kernel went on since the end was read. Looked for again in here: between two looks it might do so for ever.
    const last = row && row.s > durable.seq ? headAfter(unpackSegment(row.b).at(-1)) : durable;
    const stamp = nextStamp(laterOf(last.stamp, exchange.newest()), now());
    const seq = last.seq + 1;
    const opening = { ...session(seen), device: device.id, seq, ...stamp, more: false, prev: last.hash };
    const sealed = sealEntry(opening);
    for (const segment of packSegments([sealed])) await request(journal.add(rowOf(segment)));
    return { seq, stamp, hash: sealed.hash, told: seen };
  };

  if (remembered?.fault) await check();
  durable = headAfter(await unlessDamaged(() => looking));
  // [J12] Nothing is written on top of damage. Who writes nothing needs no fence: the chain cannot fork.
  if (!damage) {
    // Tried again on a connection that was lost, it may be there twice, which does no harm. Where there is no room, what
    // is there is read all the same, and the entry goes in front of the first change set.
    durable = await transactFenced(db, epoch, ['journal'], openSession, { repeatable: true }).catch((cause: unknown) =>
      isFenced(cause) ? Promise.reject(cause as Error) : durable,
    );
  }
  head = durable;
  // Not "until nobody writes": a reader would starve beside steady writers.
  const settled = async (): Promise<void> => void (await newest);
  const vector = (): VersionVector => ({ ...exchange.held(), [device.id]: durable.seq });

  const merge: Log['merge'] = async (parcels) => {
    refuseDamaged(damage);
    if (draining) throw new Error('a merge beside a commit');
    const merged = await exchange.merge(parcels);
    if (merged.entries.length > 0) seen = exchange.held();
    return merged;
  };

  const entry = async (revision: RevisionId): Promise<SealedEntry | undefined> => (await reader.entries([revision]))[0];

  const scan: Reader['scan'] = async (...of) => {
    await unlessDamaged(() => reader.scan(...of));
  };

  const replay: Log['replay'] = async (after, each) => {
    // One chain needs no order made.
    if (numbers.size === 1) return scan(device.number, after[device.id] ?? 0, each);
    return exchange.replay(after, each, async () => {
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
    parcels: exchange.parcels,
    replay,
    forks: exchange.forks,
    damaged: exchange.damaged,
    numbers: exchange.numbers,
    entry,
    vector,
    check,
    damage: () => damage,
    checkedAt: () => checkedAt,
    busy: () => draining || exchange.merging(),
    entryCount: () => durable.seq,
    noteVector: (vector) => {
      seen = vector;
    },
  };
};

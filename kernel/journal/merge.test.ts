import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { loseConnection, refuseCommits } from '../boot/faults.ts';
import { equalBytes } from '../protocol/bytes.ts';
import { type SealedEntry, type VersionVector } from '../protocol/entry.ts';
import type { Merged, Parcel } from '../protocol/parcel.ts';
import { compareStamps } from './clock.ts';
import { compactStep } from './compact.ts';
import { packSegments, SEGMENT_BYTES, unpackSegment } from './segments.ts';
import { chain, createAuthor, drafted, openPeer, type Peer } from './peers.ts';

const open: Peer[] = [];
afterEach(() => {
  for (const { db } of open.splice(0)) db.close();
});
const peers = async (count: number): Promise<Peer[]> => {
  const made = [];
  for (let i = 0; i < count; i++) made.push(await openPeer(1_000_000 + i * 7));
  open.push(...made);
  return made;
};
const two = async (): Promise<[Peer, Peer]> => (await peers(2)) as [Peer, Peer];
const give = (from: Peer, to: Peer): Promise<Parcel[]> => from.journal.parcels(to.journal.vector());
const only = <T>(list: readonly T[]): T => {
  expect(list).toHaveLength(1);
  return list[0] as T;
};
const names = (entries: readonly SealedEntry[]): string[] =>
  entries.map(({ entry: { device, seq } }) => `${device}.${seq}`);
const replayed = async ({ journal }: Peer, after: VersionVector = {}): Promise<SealedEntry[]> => {
  const all: SealedEntry[] = [];
  await journal.replay(after, (entries) => all.push(...entries));
  return all;
};
const sound = async ({ journal }: Peer): Promise<void> => {
  for (const number of journal.numbers()) expect((await journal.verify(number)).fault).toBeUndefined();
};
const rows = ({ db }: Peer) => db.journal.toArray();
/** Rows of other devices. */
const foreignRows = async (peer: Peer) => (await rows(peer)).filter(({ d }) => d !== 1);
const quarantined = ({ db }: Peer) => db.table('quar').toArray();
const seed = async (peer: Peer, sets: number): Promise<void> => {
  for (let i = 0; i < sets; i++) await peer.write(1 + (i % 3));
};

/** Each entry after everything its author had seen, and after its author's own earlier ones. */
const inCausalOrder = (entries: readonly SealedEntry[], held: VersionVector = {}): void => {
  const reached: VersionVector = { ...held };
  for (const { entry } of entries) {
    expect(entry.seq).toBe((reached[entry.device] ?? 0) + 1);
    reached[entry.device] = entry.seq;
    const { change } = entry;
    if (change.op !== 'session' && change.op !== 'remove') continue;
    for (const [device, seq] of Object.entries(change.seen)) expect(reached[device] ?? 0).toBeGreaterThanOrEqual(seq);
  }
};

test('[J13] [J15] what one device wrote is held by another byte for byte, found by revision, and survives a restart', async () => {
  const [a, b] = await two();
  await seed(a, 5);
  const merged = await b.merge(await give(a, b));
  expect(merged).toMatchObject({ refused: [], missing: {} });
  expect(names(merged.entries)).toEqual(names(await replayed(a)));
  expect(b.journal.vector()).toEqual({ [a.device.id]: a.journal.entryCount(), [b.device.id]: 1 });
  await b.reopen();
  expect(b.journal.vector()).toEqual({ [a.device.id]: a.journal.entryCount(), [b.device.id]: 2 });
  const revision = `${a.device.id.slice(0, 12)}.3`;
  const [theirs, ours] = [await a.journal.entry(revision), await b.journal.entry(revision)];
  expect(theirs && ours && equalBytes(theirs.bytes, ours.bytes)).toBe(true);
  expect(await b.journal.verify(2)).toEqual({ entries: a.journal.entryCount() });
  await sound(b);
});

test('[J15] [J4] after a merge local entries are later than all that came, and say what their author had seen', async () => {
  const [a, b] = await two();
  a.now.time = 9_000_000;
  await seed(a, 3);
  await b.pull(a);
  await b.write();
  const all = await replayed(b);
  expect(all.at(-1)?.entry.device).toBe(b.device.id);
  inCausalOrder(all);
  await b.reopen();
  await b.write();
  expect((await replayed(b)).at(-1)?.entry).toMatchObject({ device: b.device.id, seq: 5 });
});

test('[J14] [J15] every order, doubled and overlapping parcels come to the same', async () => {
  const [a, b, c] = (await peers(3)) as [Peer, Peer, Peer];
  await seed(a, 2);
  const early = await a.journal.parcels({});
  await seed(a, 2);
  await b.pull(a);
  await seed(b, 2);
  const late = await a.journal.parcels({ [a.device.id]: 2 });
  const bs = (await b.journal.parcels({})).filter(({ device }) => device === b.device.id);
  const all = [...early, ...late, ...bs];
  expect(all).toHaveLength(3);
  const orders = [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [2, 0, 1],
    [0, 0, 2, 1, 1, 2],
  ];
  const results: string[][] = [];
  for (const order of orders) {
    const at = await openPeer();
    open.push(at);
    for (const i of order) await at.merge([all[i] as Parcel]);
    for (const i of order) await at.merge([all[i] as Parcel]);
    // The last to come may have been what others waited for.
    await at.merge(all);
    results.push(names((await replayed(at)).filter(({ entry }) => entry.device !== at.device.id)));
    expect(at.journal.forks()).toEqual([]);
    expect(await quarantined(at)).toEqual([]);
    await sound(at);
  }
  const whole = await c.merge(all);
  expect(new Set(results.map(String)).size).toBe(1);
  expect(results[0]).toEqual(names(whole.entries));
  inCausalOrder(whole.entries);
  const before = await rows(c);
  expect(await c.merge(all)).toEqual({ entries: [], refused: [], missing: {} });
  expect(await rows(c)).toEqual(before);
});

test('[J14] entries are passed on by whoever holds them, under their author’s signature, also in pieces', async () => {
  const [a, b, c] = (await peers(3)) as [Peer, Peer, Peer];
  for (let i = 0; i < 40; i++) {
    await a.write(20, 4000);
    await b.pull(a);
  }
  const parcels = await give(b, c);
  expect(parcels.length).toBeGreaterThan(0);
  expect(parcels.map(({ device }) => device).sort()).toEqual([a.device.id, b.device.id].sort());
  await c.pull(b);
  expect(c.journal.vector()[a.device.id]).toBe(a.journal.entryCount());
  await sound(c);
});

test('[J14] an answer is bounded, each ends with a change set, and asking again gives the rest', async () => {
  const [a, b] = await two();
  for (let i = 0; i < 30; i++) await a.write(7, 40_000);
  let answers = 0;
  for (;;) {
    const parcels = await give(a, b);
    if (parcels.length === 0) break;
    answers++;
    const bytes = only(parcels).segments.reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeLessThan(5 << 20);
    const { entries } = await b.merge(parcels);
    expect(entries.at(-1)?.entry.more).toBe(false);
  }
  expect(answers).toBe(2);
  expect(b.journal.vector()[a.device.id]).toBe(a.journal.entryCount());
});

test('[J14] [J10] compacted rows are handed on and stored with the bytes they have; small ones are packed', async () => {
  const [a, b] = await two();
  for (let i = 0; i < 60; i++) await a.write(1, 2000);
  const { db, now } = a;
  now.time += 60_000;
  const epoch = (await db.sys.get('epoch'))?.v as number;
  while (await compactStep({ db, epoch, device: 1, now: () => now.time, busy: () => false }));
  const first = (await rows(a)).find(({ b: bytes }) => bytes[1] === 1);
  expect(first?.c).toBeGreaterThan(16);
  await b.pull(a);
  const held = await foreignRows(b);
  expect(held.some((row) => first && equalBytes(row.b, first.b))).toBe(true);
  expect(held.length).toBeLessThan((await rows(a)).length);
  for (const { b: bytes } of held) expect(bytes.length).toBeLessThanOrEqual(SEGMENT_BYTES);
  await sound(b);
});

test('[J13] cut at every byte, or any bit flipped: nothing of it is held, and it is kept apart with the reason', async () => {
  const [a, b] = await two();
  await b.pull(a);
  await a.write(3);
  const parcel = only(await give(a, b));
  const segment = parcel.segments[0] as Uint8Array;
  const attempts: Uint8Array[] = [];
  for (let at = 0; at < segment.length; at++) {
    attempts.push(segment.slice(0, at));
    const flipped = segment.slice();
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    attempts.push(flipped);
  }
  expect(parcel.segments).toHaveLength(1);
  for (const bytes of attempts) {
    const merged = await b.merge([{ ...parcel, segments: [bytes] }]);
    expect(merged.entries).toEqual([]);
    expect(only(merged.refused)).toMatchObject({ device: a.device.id });
  }
  expect(await foreignRows(b)).toHaveLength(1);
  expect(b.journal.forks()).toEqual([]);
  const kept = await quarantined(b);
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThanOrEqual(64);
  expect((await b.merge([parcel])).entries.length).toBe(3);
});

test('[J13] a forged signature, another key, another device’s entries or an earlier head vouch for nothing', async () => {
  const [a, b] = await two();
  const mallory = await createAuthor();
  await seed(a, 2);
  const parcel = only(await give(a, b));
  const entries = await replayed(a);
  const theirs = await mallory.sign(entries);
  const flipped = parcel.head.signature.slice();
  flipped[5] = (flipped[5] ?? 0) ^ 1;
  const first = packSegments(entries.slice(0, 1)).map(({ bytes }) => bytes);
  const bad: [Parcel, RegExp][] = [
    [{ ...parcel, head: { ...parcel.head, signature: flipped } }, /signature/],
    [{ ...parcel, head: { ...parcel.head, seq: 1 } }, /signature/],
    [{ ...parcel, publicKey: mallory.publicKey }, /not named by its public key/],
    [{ ...theirs, device: a.device.id, publicKey: parcel.publicKey }, /signature/],
    [theirs, /of another device/],
    [{ ...parcel, segments: first }, /not the last entry/],
    [{ ...parcel, segments: [] }, /without entries/],
  ];
  for (const [forged, reason] of bad) {
    const { entries: taken, refused } = await b.merge([forged]);
    expect(taken).toEqual([]);
    expect(only(refused).message).toMatch(reason);
  }
  expect(await foreignRows(b)).toEqual([]);
  expect(b.journal.vector()).toEqual({ [b.device.id]: 1 });
});

test('[J13] an entry emptied of its payload on the way is refused', async () => {
  const [b] = await peers(1);
  const mallory = await createAuthor();
  const [one] = chain(mallory, 1);
  if (!b || !one) throw new Error('no entry');
  const signed = await mallory.sign([one]);
  const bytes = one.bytes.slice(0, one.bytes.length - one.entry.payload.length);
  bytes[bytes.length - 1] = 0;
  const [stripped] = packSegments([{ ...one, bytes }]);
  const { refused } = await b.merge([{ ...signed, segments: [stripped?.bytes ?? new Uint8Array()] }]);
  expect(only(refused).message).toMatch(/without its payload/);
});

test('[J13] a head inside a change set is refused', async () => {
  const [b] = await peers(1);
  if (!b) throw new Error('no peer');
  const author = await createAuthor();
  const { refused } = await b.merge([await author.sign(chain(author, 2, () => ({ more: true })))]);
  expect(only(refused).message).toMatch(/inside a change set/);
});

test('[J15] a gap is reported, not kept apart; the rest arrives and both are taken', async () => {
  const [a, b] = await two();
  await seed(a, 2);
  const early = await a.journal.parcels({});
  await seed(a, 2);
  const late = await a.journal.parcels({ [a.device.id]: 3 });
  expect(await b.merge(late)).toEqual({ entries: [], refused: [], missing: { [a.device.id]: 0 } });
  expect((await b.merge([...late, ...early])).entries.length).toBe(a.journal.entryCount());
  expect(await quarantined(b)).toEqual([]);
});

test('[J15] what waits for another device is not taken, nor anything after it, and what is before it is', async () => {
  const [a, b, c] = (await peers(3)) as [Peer, Peer, Peer];
  await a.write(2);
  await b.write(3);
  await a.pull(b);
  await a.write(2);
  const mine = (await a.journal.parcels({})).filter(({ device }) => device === a.device.id);
  const merged = await c.merge(mine);
  expect(names(merged.entries)).toEqual([1, 2, 3].map((seq) => `${a.device.id}.${seq}`));
  expect(merged).toMatchObject({ refused: [], missing: { [b.device.id]: 0 } });
  // Not vouched for by a head that is held: it is not passed on until the rest is here.
  expect(only(await c.journal.parcels({})).device).toBe(c.device.id);
  const rest = await c.merge([...(await b.journal.parcels({})), ...mine]);
  expect(rest.missing).toEqual({});
  inCausalOrder(rest.entries, { [a.device.id]: 3 });
  expect(c.journal.vector()).toMatchObject({ [a.device.id]: 6, [b.device.id]: 4 });
  expect((await c.journal.parcels({})).length).toBe(3);
});

test('[J15] time that goes back, or is before what its author had seen, ends what is believed of a device', async () => {
  const [b] = await peers(1);
  if (!b) throw new Error('no peer');
  const [back, liar, seen] = [await createAuthor(), await createAuthor(), await createAuthor()];
  const merged = await b.merge([
    await back.sign(chain(back, 4, (seq) => (seq === 3 ? { at: 1 } : {}))),
    await seen.sign(chain(seen, 2)),
    await liar.sign(
      chain(liar, 3, (seq) =>
        seq === 2 ? { at: 1_000_001, tick: 1, ...drafted({ op: 'session', client: 1, seen: { [seen.id]: 2 } }) } : {},
      ),
    ),
  ]);
  const refused = merged.refused.map(({ device, seq }) => `${device}.${seq}`);
  expect(refused.sort()).toEqual([`${back.id}.3`, `${liar.id}.2`].sort());
  expect(b.journal.vector()).toMatchObject({ [back.id]: 2, [liar.id]: 1, [seen.id]: 2 });
});

test('[J16] two histories of one device: the other one is kept apart whole, the alarm lasts, nothing more is taken', async () => {
  const [b, c] = (await peers(2)) as [Peer, Peer];
  const author = await createAuthor();
  const start = chain(author, 3);
  const [left, right] = [2, 4].map((count) => chain(author, count, () => ({ message: `${count}` }), start[2]));
  if (!left || !right) throw new Error('no branches');
  const [ours, theirs] = [await author.sign([...start, ...left]), await author.sign([...start, ...right])];
  expect((await b.merge([ours])).entries).toHaveLength(5);
  const second = await b.merge([theirs]);
  expect(second.entries).toEqual([]);
  expect(only(second.refused)).toMatchObject({ device: author.id, seq: 4 });
  expect(b.journal.forks()).toEqual([{ device: author.id, seq: 4 }]);
  await b.merge([theirs]);
  expect(await quarantined(b)).toHaveLength(1);
  await b.reopen();
  expect(b.journal.forks()).toEqual([{ device: author.id, seq: 4 }]);
  const more = await author.sign(chain(author, 1, undefined, left.at(-1)));
  expect((await b.merge([more])).entries).toEqual([]);
  expect(b.journal.vector()[author.id]).toBe(5);
  // Seen at once, neither is believed beyond where they part.
  expect((await c.merge([ours, theirs])).entries).toHaveLength(3);
  expect(c.journal.forks()).toEqual([{ device: author.id, seq: 4 }]);
  // The part that is only joined at its first hash shows it too.
  const tail = await author.sign(right.slice(2));
  const [d] = await peers(1);
  await d?.merge([ours]);
  expect((await d?.merge([tail]))?.entries).toEqual([]);
  expect(d?.journal.forks()).toEqual([{ device: author.id, seq: 5 }]);
});

test('[J16] entries of this device that it never wrote, or wrote otherwise, are a fork of its own', async () => {
  const [a, b] = await two();
  await a.write(2);
  const before = await a.db.journal.toArray();
  await a.write(2);
  await b.pull(a);
  // The disk comes back from a copy: what followed is gone here, and lives on there.
  await a.db.journal.clear();
  await a.db.journal.bulkPut(before);
  await a.reopen();
  const merged = await a.merge(await b.journal.parcels({}));
  expect(merged.entries.filter(({ entry }) => entry.device === a.device.id)).toEqual([]);
  expect(a.journal.forks()).toEqual([{ device: a.device.id, seq: 4 }]);
  expect(a.journal.vector()).toMatchObject({ [a.device.id]: 4 });
  await a.write(1);
  expect((await b.merge(await a.journal.parcels({}))).entries).toEqual([]);
  expect(b.journal.forks()).toEqual([{ device: a.device.id, seq: 4 }]);
});

test('[J15] [S6] no room, or a connection lost, in the middle: all of it or nothing, and the next try is complete', async () => {
  const [a, b, c] = (await peers(3)) as [Peer, Peer, Peer];
  for (let i = 0; i < 5; i++) await a.write(5, 20_000);
  await b.write(2);
  const parcels = [...(await a.journal.parcels({})), ...(await b.journal.parcels({}))];
  for (const where of ['add', 'commit'] as const) {
    const patched = refuseCommits(1, where);
    await expect(c.merge(parcels)).rejects.toMatchObject({ error: { code: 'ENOSPC' } });
    patched.undo();
    expect(await foreignRows(c)).toEqual([]);
    expect(await c.db.sys.get('keys')).toBeUndefined();
    expect(c.journal.vector()).toEqual({ [c.device.id]: 1 });
  }
  const lost = loseConnection('after');
  expect((await c.merge(parcels)).entries).toHaveLength(29);
  lost.undo();
  expect(lost.lost()).toBe(1);
  await sound(c);
  const held = await foreignRows(c);
  await c.reopen();
  expect((await c.merge(parcels)).entries).toEqual([]);
  expect(await foreignRows(c)).toEqual(held);
});

test('[J17] damage in another device’s rows is named, closes nothing, and the next merge makes the chain whole', async () => {
  const [a, b] = await two();
  for (let i = 0; i < 4; i++) {
    await a.write(3, 30_000);
    await b.pull(a);
  }
  const all = names(await replayed(a));
  const row = (await foreignRows(b))[2];
  if (!row) throw new Error('no row');
  const last = unpackSegment(row.b).at(-1);
  row.b[row.b.length - 1] = (row.b[row.b.length - 1] ?? 0) ^ 1;
  await b.db.journal.put(row);
  await b.journal.check();
  const seq = last?.entry.seq ?? 0;
  expect(b.journal.damaged()).toMatchObject([{ device: a.device.id, seq }]);
  await b.reopen();
  expect(b.journal.damage()).toBeUndefined();
  expect(b.journal.damaged()).toMatchObject([{ device: a.device.id, seq }]);
  expect(b.journal.vector()[a.device.id]).toBe(seq - 1);
  expect(names(await replayed(b)).filter((name) => name.startsWith(a.device.id))).toEqual(all.slice(0, seq - 1));
  await b.write();
  const [merged] = await b.pull(a);
  expect(merged?.entries).toHaveLength(all.length - seq + 1);
  expect(b.journal.damaged()).toEqual([]);
  await b.reopen();
  expect(b.journal.damaged()).toEqual([]);
  expect(b.journal.vector()[a.device.id]).toBe(all.length);
  await sound(b);
});

test('[J14] a browser that cannot sign says so', async () => {
  const [a] = await peers(1);
  if (!a) throw new Error('no peer');
  await a.write();
  const self = (await a.db.sys.get('device'))?.v as object;
  await a.db.sys.put({ k: 'device', v: { ...self, privateKey: null } });
  await a.reopen();
  await expect(a.journal.parcels({})).rejects.toMatchObject({ error: { code: 'ENOSYS' } });
});

test(
  '[J14] [J15] 600 histories of three devices, exchanged at random, come to one vector and one order',
  { timeout: 300_000 },
  async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), who: fc.nat(2), count: fc.integer({ min: 1, max: 3 }) }),
      fc.record({
        do: fc.constant('merge' as const),
        who: fc.nat(2),
        from: fc.nat(2),
        twice: fc.boolean(),
        keep: fc.nat(3),
        restart: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const at = (await peers(3)) as [Peer, Peer, Peer];
        const merged: Merged[] = [];
        for (const one of steps) {
          const peer = at[one.who] as Peer;
          if (one.do === 'write') {
            await peer.write(one.count);
            continue;
          }
          const parcels = (await give(at[one.from] as Peer, peer)).filter((_, i) => i !== one.keep).toReversed();
          merged.push(await peer.merge(parcels));
          if (one.twice) expect((await peer.merge(parcels)).entries).toEqual([]);
          if (one.restart) await peer.reopen();
        }
        for (const to of [...at, ...at]) for (const from of at) if (from !== to) merged.push(...(await to.pull(from)));
        const [order, ...others] = await Promise.all(at.map((peer) => replayed(peer)));
        inCausalOrder(order ?? []);
        for (const other of others) expect(names(other)).toEqual(names(order ?? []));
        for (const [i, one] of (order ?? []).entries()) {
          const next = order?.[i + 1];
          if (next) expect(compareStamps(one.entry, next.entry)).toBeLessThanOrEqual(0);
        }
        for (const { refused } of merged) expect(refused).toEqual([]);
        for (const peer of at) peer.db.close();
      }),
      { numRuns: 600 },
    );
  },
);

/**
 * What arrived of one device, joined to what is held of it: equal entries are passed over, new ones continue the chain,
 * and two entries for one number are a fork [J16]. Of a chain that is not believed to its end only the front is left.
 */
import { equalBytes } from '../protocol/bytes.ts';
import type { DeviceId, SealedEntry } from '../protocol/entry.ts';
import type { Fork } from '../protocol/log.ts';
import { compareStamps, type Stamp } from './clock.ts';
import type { Arrived, SoundParcel } from './incoming.ts';
import type { Refused } from './quarantine.ts';

/** Where a chain ends. */
export type ChainHead = { seq: number; stamp: Stamp; hash: Uint8Array };

export type Line = {
  device: DeviceId;
  held: ChainHead;
  /** New ones, consecutive, the first right after `held`. */
  entries: SealedEntry[];
  /** Segments by the number of their first entry. */
  segments: Map<number, Arrived>;
  parcels: SoundParcel[];
};

export type Joined = { line: Line; refused: Refused[]; fork?: Fork; gap: boolean };

type Options = {
  device: DeviceId;
  held: ChainHead;
  /** What is held may not be continued from here on. */
  forkedAt: number;
  /** Written here: all that was is held. */
  own: boolean;
  heldHash: (seq: number) => Promise<Uint8Array | undefined>;
};

export const joinParcels = async (parcels: readonly SoundParcel[], options: Options): Promise<Joined> => {
  const { device, held, own, heldHash } = options;
  const line: Line = { device, held, entries: [], segments: new Map(), parcels: [] };
  const refused: Refused[] = [];
  let { forkedAt } = options;
  let gap = false;
  const end = (): number => held.seq + line.entries.length;

  const hashAt = async (seq: number): Promise<Uint8Array | undefined> =>
    seq > held.seq ? line.entries[seq - held.seq - 1]?.hash : seq === held.seq ? held.hash : heldHash(seq);
  const differs = async (seq: number, hash: Uint8Array): Promise<boolean> => {
    const ours = await hashAt(seq);
    return !ours || !equalBytes(ours, hash);
  };

  /** The first number for which there are two entries, if there is one. */
  const forkIn = async ({ entries, first }: SoundParcel): Promise<number | undefined> => {
    const shared = Math.min(end(), first + entries.length - 1);
    const last = entries[shared - first];
    const [head] = entries;
    // The one before is not here, but what it is follows from its hash.
    if (!last) return head && first > 1 && (await differs(first - 1, head.entry.prev)) ? first - 1 : undefined;
    // Equal at the end, equal before: each hash covers the one before it.
    if (!(await differs(shared, last.hash))) return undefined;
    for (const { entry, hash } of entries) if (await differs(entry.seq, hash)) return entry.seq;
    return undefined;
  };

  for (const one of parcels) {
    if (one.first > end() + 1) {
      gap = true;
      continue;
    }
    const written = own && one.parcel.head.seq > held.seq ? held.seq + 1 : undefined;
    const fork = (await forkIn(one)) ?? written;
    if (fork !== undefined) {
      forkedAt = Math.min(forkedAt, fork);
      const message = own
        ? `Another history of this device: it signed an entry ${fork} that is not in its journal`
        : `There are two entries ${fork} of this device`;
      refused.push({ device, seq: fork, message, parcel: one.parcel });
      continue;
    }
    for (const segment of one.segments) {
      const from = segment.entries[0]?.entry.seq ?? 0;
      if (from > held.seq) line.segments.set(from, segment);
    }
    line.entries.push(...one.entries.slice(end() + 1 - one.first));
    line.parcels.push(one);
  }

  const refuseFrom = (seq: number, message: string): void => {
    const [parcel] = line.parcels.filter(({ parcel: { head } }) => head.seq >= seq);
    line.entries.length = Math.max(0, seq - held.seq - 1);
    if (parcel) refused.push({ device, seq, message, parcel: parcel.parcel });
  };
  const backwards = line.entries.find(({ entry }, i) => {
    const before = line.entries[i - 1]?.entry ?? held.stamp;
    return compareStamps(entry, before) <= 0;
  });
  if (backwards) refuseFrom(backwards.entry.seq, `Entry ${backwards.entry.seq} is not later than the one before it`);
  if (end() >= forkedAt && line.entries.length > 0)
    refuseFrom(Math.max(forkedAt, held.seq + 1), `This device wrote two histories, from entry ${forkedAt} on`);
  return { line, refused, gap, ...(forkedAt < options.forkedAt ? { fork: { device, seq: forkedAt } } : {}) };
};

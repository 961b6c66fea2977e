/**
 * What is held of other devices: where each chain ends, the newest time stamp among them, and what is wrong with any.
 * Damage in another device's rows closes nothing: the chain counts as held up to its last sound entry, is named, and is
 * made whole by the next merge that brings the rest [J17].
 */
import type { DeviceId } from '../protocol/entry.ts';
import type { Fork } from '../protocol/log.ts';
import type { Database } from '../store/schema.ts';
import { laterOf, type Stamp } from './clock.ts';
import { lastCheck, rememberCheck } from './damage.ts';
import type { ChainHead } from './line.ts';
import { isDamage, type ChainFault, type Reader } from './reader.ts';
import { ZERO_HASH, type SealedEntry } from '../protocol/entry.ts';

export type Foreign = {
  /** Of all devices, this one too; the reader looks in the same map. */
  numbers: Map<DeviceId, number>;
  heads: Map<DeviceId, ChainHead>;
  damaged: Map<DeviceId, ChainFault>;
  forks: readonly Fork[];
  /** No local entry is stamped before what is held. */
  newest: Stamp;
};

export const headOf = (last: SealedEntry | undefined): ChainHead =>
  last
    ? { seq: last.entry.seq, stamp: { at: last.entry.at, tick: last.entry.tick }, hash: last.hash }
    : { seq: 0, stamp: { at: 0, tick: 0 }, hash: ZERO_HASH };

/** A chain is not sound: it is held as far as it is. */
export const noteDamage = async (reader: Reader, foreign: Foreign, device: DeviceId): Promise<void> => {
  const number = foreign.numbers.get(device) ?? 0;
  let last: SealedEntry | undefined;
  try {
    await reader.scan(number, 0, (entries) => (last = entries.at(-1) ?? last));
    foreign.damaged.delete(device);
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    foreign.damaged.set(device, { seq: (last?.entry.seq ?? 0) + 1, message: cause.error.message });
  }
  foreign.heads.set(device, headOf(last));
};

export const loadForeign = async (
  db: Database,
  reader: Reader,
  self: DeviceId,
  numbers: Map<DeviceId, number>,
  forks: readonly Fork[],
): Promise<Foreign> => {
  const foreign: Foreign = {
    numbers,
    heads: new Map(),
    damaged: new Map(),
    forks,
    newest: { at: 0, tick: 0 },
  };
  for (const [device, number] of numbers) {
    if (device === self) continue;
    try {
      foreign.heads.set(device, headOf(await reader.last(number)));
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      await noteDamage(reader, foreign, device);
    }
    if ((await lastCheck(db, number))?.fault) await noteDamage(reader, foreign, device);
  }
  for (const { stamp } of foreign.heads.values()) foreign.newest = laterOf(foreign.newest, stamp);
  return foreign;
};

/** Walk every other device's chain, as this one's own is walked. */
export const checkForeign = async (
  db: Database,
  epoch: number,
  reader: Reader,
  foreign: Foreign,
  at: number,
  pause?: () => Promise<void>,
): Promise<void> => {
  for (const device of foreign.heads.keys()) {
    const number = foreign.numbers.get(device) ?? 0;
    const { fault } = await reader.verify(number, pause);
    if (fault) await noteDamage(reader, foreign, device);
    await rememberCheck(db, epoch, number, { at, ...(fault ? { fault } : {}) }).catch(() => undefined);
  }
};

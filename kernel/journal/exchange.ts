/**
 * The journal's side towards other devices: what is held of them, taking in and giving out, and all chains as one. What
 * it takes is loaded when first needed. It writes no entry of this device.
 */
import type { DeviceId, VersionVector } from '../protocol/entry.ts';
import type { Fork, Log } from '../protocol/log.ts';
import type { Database } from '../store/schema.ts';
import type { Stamp } from './clock.ts';
import type { Device } from './devices.ts';
import type { Foreign } from './foreign.ts';
import type { ChainHead } from './line.ts';
import type { Reader } from './reader.ts';

export const FORKS = 'forks';

export type Exchange = Pick<Log, 'merge' | 'parcels' | 'forks'> & {
  /** The last entry held of each other device. */
  held: () => VersionVector;
  /** Of all entries of other devices. */
  newest: () => Stamp;
  merging: () => boolean;
  check: (pause?: () => Promise<void>) => Promise<void>;
  /** The numbers of all devices that entries are held of. */
  numbers: () => number[];
  /** Other devices whose rows are damaged here, and from where on. */
  damaged: () => { device: DeviceId; seq: number; message: string }[];
  /** `onDamage`: this device's own chain is not sound. */
  replay: (after: VersionVector, each: Parameters<Log['replay']>[1], onDamage: () => Promise<void>) => Promise<void>;
};

type Options = {
  db: Database;
  epoch: number;
  now: () => number;
  reader: Reader;
  device: Device;
  numbers: Map<DeviceId, number>;
  /** Where this device's chain ends on disk. */
  own: () => ChainHead;
};

export const openExchange = async ({ db, epoch, now, reader, device, numbers, own }: Options): Promise<Exchange> => {
  const forks = ((await db.sys.get(FORKS))?.v as Fork[] | undefined) ?? [];
  const foreign: Foreign =
    numbers.size > 1
      ? await (await import('./foreign.ts')).loadForeign(db, reader, device.id, numbers, forks)
      : { numbers, forks, heads: new Map(), damaged: new Map(), newest: { at: 0, tick: 0 } };
  let merging = false;
  return {
    forks: () => foreign.forks,
    newest: () => foreign.newest,
    merging: () => merging,
    numbers: () => [...numbers.values()],
    damaged: () => [...foreign.damaged].map(([id, fault]) => ({ device: id, ...fault })),
    check: async (pause) => {
      if (numbers.size > 1) await (await import('./foreign.ts')).checkForeign(db, epoch, reader, foreign, now(), pause);
    },

    held: () => {
      const all: VersionVector = {};
      for (const [other, { seq }] of foreign.heads) if (seq > 0) all[other] = seq;
      return all;
    },

    merge: async (parcels) => {
      if (merging) throw new Error('a merge beside another');
      merging = true;
      try {
        const { mergeParcels } = await import('./merge.ts');
        return await mergeParcels(parcels, { db, epoch, now, reader, self: device.id, own: own(), foreign });
      } finally {
        merging = false;
      }
    },

    parcels: async (have) => {
      const { makeParcels } = await import('./parcels.ts');
      return makeParcels(have, { db, reader, device, own: own(), foreign });
    },

    replay: async (after, each, onDamage) => {
      const [{ replayChains }, { noteDamage }] = await Promise.all([import('./replay.ts'), import('./foreign.ts')]);
      const chains = [...numbers].map(([id, number]) => ({
        device: id,
        entries: reader.follow(number, after[id] ?? 0),
      }));
      await replayChains(chains, each, (id) => (id === device.id ? onDamage() : noteDamage(reader, foreign, id)));
    },
  };
};

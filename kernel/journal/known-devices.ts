/**
 * Other devices, once something of them is held: their numbers, given out as they are met, and their public keys.
 */
import type { DeviceId } from '../protocol/entry.ts';
import type { Database } from '../store/schema.ts';
import { request } from '../store/transact.ts';
import { DEVICES, valueOf } from './devices.ts';

const KEYS = 'keys';

export type PublicKeys = Record<DeviceId, Uint8Array>;

/** Inside a transaction: the numbers of all devices, with these, met for the first time perhaps, among them. */
export const numberDevices = async (sys: IDBObjectStore, met: PublicKeys): Promise<Map<DeviceId, number>> => {
  const ids = (await valueOf<DeviceId[]>(sys, DEVICES)) ?? [];
  const fresh = Object.keys(met).filter((id) => !ids.includes(id));
  if (fresh.length > 0) {
    const keys = (await valueOf<PublicKeys>(sys, KEYS)) ?? {};
    for (const id of fresh) keys[id] = (met[id] as Uint8Array).slice();
    ids.push(...fresh);
    await request(sys.put({ k: DEVICES, v: ids }));
    await request(sys.put({ k: KEYS, v: keys }));
  }
  return new Map(ids.map((id, index) => [id, index + 1]));
};

/** Of every other device that entries are held of. */
export const publicKeys = async (db: Database): Promise<PublicKeys> =>
  ((await db.sys.get(KEYS))?.v as PublicKeys | undefined) ?? {};

/**
 * Signed heads of other devices, kept so that their entries can be passed on: a parcel ends at one. The newest is always
 * kept, and earlier ones some way apart, so that a long chain can be passed on in pieces. One small `sys` row each.
 */
import type { Database } from '../store/schema.ts';
import { request } from '../store/transact.ts';
import type { SignedHead } from '../protocol/parcel.ts';

/** Entries that lie between two kept heads at least, but for the newest. */
const APART = 512;

const prefix = (device: number): string => `head:${device}:`;
const key = (device: number, seq: number): string => `${prefix(device)}${String(seq).padStart(16, '0')}`;
const range = (db: Database, device: number): IDBKeyRange =>
  db.keyRange.bound(prefix(device), `${prefix(device)}\uffff`);

/** Oldest first. */
export const keptHeads = async (db: Database, device: number): Promise<SignedHead[]> => {
  const rows = await db.sys
    .where('k')
    .between(prefix(device), `${prefix(device)}\uffff`)
    .toArray();
  return rows.map(({ v }) => v as SignedHead);
};

/** Inside a transaction. Heads of entries that are held, each newer than the one before; older ones change nothing. */
export const keepHeads = async (
  db: Database,
  sys: IDBObjectStore,
  device: number,
  heads: readonly SignedHead[],
): Promise<void> => {
  for (const { seq, hash, signature } of heads) {
    const keys = (await request(sys.getAllKeys(range(db, device)))) as string[];
    const kept = keys.map((k) => Number(k.split(':')[2]));
    const last = kept.at(-1) ?? 0;
    if (seq <= last) continue;
    if (last > 0 && seq - (kept.at(-2) ?? 0) <= APART) await request(sys.delete(key(device, last)));
    const v: SignedHead = { seq, hash: hash.slice(), signature: signature.slice() };
    await request(sys.put({ k: key(device, seq), v }));
  }
};

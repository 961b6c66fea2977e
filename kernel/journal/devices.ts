/**
 * This device's identity, and the short numbers that stand for devices in journal keys.
 * A device is the first 16 bytes of SHA-256(its Ed25519 public key); the private key cannot be exported.
 */
import { hash, toHex } from '../protocol/bytes.ts';
import type { DeviceId } from '../protocol/entry.ts';
import type { Database, SysRow } from '../store/schema.ts';
import { request, transact, transactFenced } from '../store/transact.ts';

const SELF = 'device';
export const DEVICES = 'devices';

export type Device = { id: DeviceId; number: number; publicKey: Uint8Array; privateKey: CryptoKey | null };
type Self = Omit<Device, 'number'>;

export const deviceOf = (publicKey: Uint8Array): DeviceId => toHex(hash(publicKey).slice(0, 16));

const makeSelf = async (): Promise<Self> => {
  try {
    const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])) as CryptoKeyPair;
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    return { id: deviceOf(publicKey), publicKey, privateKey: pair.privateKey };
  } catch {
    // Without Ed25519 in WebCrypto (Chrome < 137) a device still has a name of its own; sharing asks for a newer browser.
    const publicKey = crypto.getRandomValues(new Uint8Array(32));
    return { id: deviceOf(publicKey), publicKey, privateKey: null };
  }
};

export const valueOf = async <T>(sys: IDBObjectStore, key: string): Promise<T | undefined> =>
  ((await request(sys.get(key))) as SysRow | undefined)?.v as T | undefined;

/** One transaction: two first boots at once must not end with two identities under one number. */
const firstBoot = (db: Database, epoch: number, made: Self): Promise<{ self: Self; known: DeviceId[] }> =>
  transactFenced(
    db,
    epoch,
    ['sys'],
    async ({ sys }) => {
      const row = await valueOf<Self>(sys, SELF);
      const mine = row ?? made;
      const ids = (await valueOf<DeviceId[]>(sys, DEVICES)) ?? [];
      if (!row) await request(sys.put({ k: SELF, v: mine }));
      if (!ids.includes(mine.id)) {
        ids.push(mine.id);
        await request(sys.put({ k: DEVICES, v: ids }));
      }
      return { self: mine, known: ids };
    },
    { strict: true },
  );

/** Numbers are given out once, in order of first appearance, and never re-used. This device is number 1. */
export const loadDevices = async (
  db: Database,
  epoch: number,
): Promise<{ self: Device; numbers: Map<DeviceId, number> }> => {
  // Known since the first boot: then nothing is written, and boot waits for no disk.
  const there = await transact(db, ['sys'], 'readonly', async ({ sys }) => {
    const [mine, ids] = await Promise.all([valueOf<Self>(sys, SELF), valueOf<DeviceId[]>(sys, DEVICES)]);
    return mine && ids?.includes(mine.id) ? { self: mine, known: ids } : undefined;
  });
  const { self, known } = there ?? (await firstBoot(db, epoch, await makeSelf()));
  const numbers = new Map(known.map((id, index) => [id, index + 1]));
  return { self: { ...self, number: numbers.get(self.id) ?? 1 }, numbers };
};

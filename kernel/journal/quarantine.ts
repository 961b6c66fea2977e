/**
 * What arrived and is not believed: kept apart with the reason, for a person to look at, and applied to nothing. Bounded:
 * a stranger must not be able to fill the disk. A fork is more than that: proof that a device wrote two histories. It is
 * remembered for good, and nothing after it is taken of that device [J16].
 */
import type { DeviceId } from '../protocol/entry.ts';
import type { Fork } from '../protocol/log.ts';
import type { Parcel, Refusal, SignedHead } from '../protocol/parcel.ts';
import type { SysRow } from '../store/schema.ts';
import { request } from '../store/transact.ts';
import { FORKS } from './exchange.ts';

const ROWS = 64;
const SAMPLE_BYTES = 64 * 1024;

/** A parcel, or the part of one, that was refused. */
export type Refused = Refusal & { parcel: Parcel };
type QuarantineRow = Refusal & { at: number; publicKey: Uint8Array; head: SignedHead; sample: Uint8Array };

/** Inside a transaction. Of each device the earliest fork is the one that counts. */
export const rememberForks = async (sys: IDBObjectStore, found: readonly Fork[]): Promise<Fork[]> => {
  const row = (await request(sys.get(FORKS))) as SysRow | undefined;
  const earliest = new Map<DeviceId, number>();
  for (const { device, seq } of [...((row?.v as Fork[] | undefined) ?? []), ...found]) {
    earliest.set(device, Math.min(seq, earliest.get(device) ?? seq));
  }
  const forks = [...earliest].map(([device, seq]) => ({ device, seq }));
  if (found.length > 0) await request(sys.put({ k: FORKS, v: forks }));
  return forks;
};

const same = (row: QuarantineRow, other: Refusal): boolean =>
  row.device === other.device && row.seq === other.seq && row.message === other.message;

/** Inside a transaction. What is there already is not kept twice; the oldest make room. */
export const quarantine = async (quar: IDBObjectStore, refused: readonly Refused[], at: number): Promise<void> => {
  if (refused.length === 0) return;
  const rows = (await request(quar.getAll())) as QuarantineRow[];
  const keys = await request(quar.getAllKeys());
  const fresh = refused.filter((one, i) => {
    const again = refused.findIndex((other) => other.seq === one.seq && other.device === one.device) < i;
    return !again && !rows.some((row) => same(row, one));
  });
  for (const key of keys.slice(0, Math.max(0, keys.length + fresh.length - ROWS))) await request(quar.delete(key));
  for (const { device, seq, message, parcel } of fresh.slice(0, ROWS)) {
    const row: QuarantineRow = {
      device,
      seq,
      message,
      at,
      publicKey: parcel.publicKey.slice(0, 32),
      head: {
        seq: parcel.head.seq,
        hash: parcel.head.hash.slice(0, 32),
        signature: parcel.head.signature.slice(0, 64),
      },
      sample: (parcel.segments[0] ?? new Uint8Array()).slice(0, SAMPLE_BYTES),
    };
    await request(quar.add(row));
  }
};

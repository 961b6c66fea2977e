/**
 * A parcel, before anything of it is believed: opened, decoded, and held against what it says of itself. What comes out
 * is one unbroken run of entries whose every hash fits and whose last one their author signed [J13]. Whether the run
 * continues what is held here is not asked here.
 */
import { equalBytes } from '../protocol/bytes.ts';
import { ZERO_HASH, type SealedEntry } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { Parcel } from '../protocol/parcel.ts';
import { bodyLength, inflated } from './deflated.ts';
import { deviceOf } from './devices.ts';
import { vouches } from './identity.ts';
import { isDamage } from './reader.ts';
import { readSegment } from './segments.ts';
import type { Refused } from './quarantine.ts';

/** No entry is as long: what says so would only fill the memory. */
const MOST_BYTES = 32 << 20;

/** A segment as it came, `bytes` untouched, with what it is inflated. */
export type Arrived = { bytes: Uint8Array; body: number; entries: SealedEntry[] };
export type SoundParcel = { parcel: Parcel; segments: Arrived[]; entries: SealedEntry[]; first: number };

/** An entry that has a payload comes with it: whoever passes entries on must not be able to empty them. */
const isStripped = ({ entry, bytes }: SealedEntry): boolean => entry.payload.length === 0 && bytes.at(-1) === 0;

const checkChain = ({ device }: Parcel, entries: readonly SealedEntry[]): void => {
  let before: SealedEntry | undefined;
  for (const one of entries) {
    const { seq, prev } = one.entry;
    if (one.entry.device !== device) fail('EBADMSG', `entry ${seq} is of another device than its parcel`);
    if (before && seq !== before.entry.seq + 1) fail('EBADMSG', `entry ${seq} comes after ${before.entry.seq}`);
    if (before && !equalBytes(prev, before.hash)) fail('EBADMSG', `entry ${seq} does not point to the entry before it`);
    if (seq === 1 && !equalBytes(prev, ZERO_HASH)) fail('EBADMSG', 'the first entry points to one before it');
    if (isStripped(one)) fail('EBADMSG', `entry ${seq} comes without its payload`);
    before = one;
  }
};

const opened = async (parcel: Parcel): Promise<SoundParcel> => {
  const { device, publicKey, head } = parcel;
  if (publicKey.length !== 32 || deviceOf(publicKey) !== device)
    fail('EBADMSG', 'the device is not named by its public key');
  if (!(await vouches(device, publicKey, head))) fail('EBADMSG', 'the signature of the head is not of this device');
  const segments: Arrived[] = [];
  for (const bytes of parcel.segments) {
    const body = bodyLength(bytes);
    if (body > MOST_BYTES) fail('EBADMSG', `a segment of ${body} bytes; at most ${MOST_BYTES} are read`);
    segments.push({ bytes, body, entries: [...readSegment(await inflated(bytes))] });
  }
  const entries = segments.flatMap((segment) => segment.entries);
  checkChain(parcel, entries);
  const last = entries.at(-1) ?? fail('EBADMSG', 'a parcel without entries');
  if (last.entry.seq !== head.seq || !equalBytes(last.hash, head.hash))
    fail('EBADMSG', 'the signed head is not the last entry');
  if (last.entry.more) fail('EBADMSG', 'the signed head is inside a change set');
  return { parcel, segments, entries, first: entries[0]?.entry.seq ?? 0 };
};

/** The parcels that are sound, each device's in the order of its entries; the others with what is wrong with them. */
export const openParcels = async (
  parcels: readonly Parcel[],
): Promise<{ sound: SoundParcel[]; refused: Refused[] }> => {
  const sound: SoundParcel[] = [];
  const refused: Refused[] = [];
  for (const parcel of parcels) {
    try {
      sound.push(await opened(parcel));
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      // What it says its number is may be anything; its place is not known.
      refused.push({ device: parcel.device, seq: parcel.head.seq, message: cause.error.message, parcel });
    }
  }
  sound.sort((a, b) => a.first - b.first || a.parcel.head.seq - b.parcel.head.seq);
  return { sound, refused };
};

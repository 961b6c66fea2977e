/**
 * What one device hands another: entries of one device, as they lie in its journal, and the signed head that vouches for
 * them. Whoever holds entries may pass them on: the signature is their author's.
 */
import type { DeviceId, SealedEntry, VersionVector } from './entry.ts';

/** The newest entry a device vouches for; `signature` is Ed25519 over `allod head 1`, device, seq (u64, big-endian) and hash. */
export type SignedHead = { seq: number; hash: Uint8Array; signature: Uint8Array };

export type Parcel = {
  device: DeviceId;
  /** 32 bytes; the device is the first 16 of their SHA-256. */
  publicKey: Uint8Array;
  head: SignedHead;
  /** Consecutive segments of this device, ascending; the last entry is `head` and ends a change set. */
  segments: Uint8Array[];
};

/** Kept apart, applied to nothing: from this entry of this device on. */
export type Refusal = { device: DeviceId; seq: number; message: string };

/** What became of parcels: all of `entries` is durable, in an order in which each comes after what its author had seen. */
export type Merged = {
  entries: SealedEntry[];
  refused: Refusal[];
  /** Not taken yet: their authors had seen entries that are not here. Ask for everything after these. */
  missing: VersionVector;
};

/** What the file system made of it: also the chunks (SHA-256, hex) that merged files need and that are not here yet. */
export type Absorbed = Merged & { chunks: string[] };

/**
 * Who wrote a chain: Ed25519 signatures over its heads. A head is the newest entry that a signature vouches for, and
 * through the hashes every entry before it [J13]. Signing is lazy: only entries that are handed on need it.
 */
import { concatBytes, fromHex, toUtf8 } from '../protocol/bytes.ts';
import type { DeviceId } from '../protocol/entry.ts';
import { fail } from '../protocol/errors.ts';
import type { SignedHead } from '../protocol/parcel.ts';

const ED25519 = { name: 'Ed25519' };
const DOMAIN = 'allod head 1';

/** What a signature is made over: `allod head 1`, device, seq (u64, big-endian), hash. */
const headBytes = (device: DeviceId, seq: number, entryHash: Uint8Array): Uint8Array => {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(seq));
  return concatBytes([toUtf8(DOMAIN), fromHex(device), number, entryHash]);
};

const unsupported = (): never =>
  fail(
    'ENOSYS',
    'This browser cannot sign or check signatures (Ed25519). Use a newer one to share with other devices.',
  );

export const signHead = async (
  { id, privateKey }: { id: DeviceId; privateKey: CryptoKey | null },
  seq: number,
  entryHash: Uint8Array,
): Promise<SignedHead> => {
  if (!privateKey) return unsupported();
  const signature = await crypto.subtle.sign(ED25519, privateKey, headBytes(id, seq, entryHash) as BufferSource);
  return { seq, hash: entryHash, signature: new Uint8Array(signature) };
};

/** False for a signature that is not this key's; ENOSYS where nothing can be checked. */
export const vouches = async (device: DeviceId, publicKey: Uint8Array, head: SignedHead): Promise<boolean> => {
  try {
    const key = await crypto.subtle.importKey('raw', publicKey as BufferSource, ED25519, false, ['verify']);
    const bytes = headBytes(device, head.seq, head.hash);
    return await crypto.subtle.verify(ED25519, key, head.signature as BufferSource, bytes as BufferSource);
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'NotSupportedError') return unsupported();
    return false;
  }
};

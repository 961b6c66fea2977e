/**
 * Blobs: bytes that are not text, as content-defined chunks named by their SHA-256. The journal holds the list of
 * chunks; the chunks lie in a store of their own and are checked against their names on every read.
 */
import { concatBytes, toHex } from '../protocol/bytes.ts';
import { fail } from '../protocol/errors.ts';
import { request, transact, transactFenced } from '../store/transact.ts';
import type { ChunkRow, Database } from '../store/schema.ts';
import { chunk, decodeManifest, encodeManifest, type ChunkRef } from './chunks.ts';

/** The browser's own SHA-256, beside this thread: ten times as fast as ours, and too late inside a transaction. */
const namesOf = (pieces: readonly Uint8Array[]): Promise<string[]> =>
  Promise.all(
    pieces.map(async (piece) => toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', piece as BufferSource)))),
  );

/** Cut, hash and store; the manifest's bytes. Chunks that are there already are not written again. */
export const storeBlob = async (db: Database, epoch: number, bytes: Uint8Array): Promise<Uint8Array> => {
  // Copied: a view would be stored with everything around it.
  const pieces = chunk(bytes).map(({ offset, length }) => bytes.slice(offset, offset + length));
  const names = await namesOf(pieces);
  const refs: ChunkRef[] = pieces.map((piece, index) => ({ hash: names[index] ?? '', size: piece.length }));
  const rows = new Map(pieces.map((b, index) => [names[index] ?? '', b]));
  await transactFenced(db, epoch, ['chunks'], async ({ chunks }) => {
    const put = async ([h, b]: [string, Uint8Array]): Promise<void> => {
      if ((await request(chunks.count(h))) === 0) await request(chunks.put({ h, b }));
    };
    await Promise.all([...rows].map(put));
  });
  return encodeManifest(refs);
};

/** Which of these chunks are not here. */
export const absentChunks = async (db: Database, hashes: readonly string[]): Promise<string[]> => {
  const counts = await transact(db, ['chunks'], 'readonly', ({ chunks }) =>
    Promise.all(hashes.map((hash) => request(chunks.count(hash)))),
  );
  return hashes.filter((_, i) => counts[i] === 0);
};

/** Those of these chunks that are here, for a device that lacks them. */
export const readChunks = async (db: Database, hashes: readonly string[]): Promise<Uint8Array[]> => {
  const rows = await transact(db, ['chunks'], 'readonly', ({ chunks }) =>
    Promise.all(hashes.map((hash) => request(chunks.get(hash)) as Promise<ChunkRow | undefined>)),
  );
  return rows.flatMap((row) => row?.b ?? []);
};

/** Chunks from another device, each under the name that its bytes have. */
export const storeChunks = async (db: Database, epoch: number, pieces: readonly Uint8Array[]): Promise<void> => {
  const names = await namesOf(pieces);
  await transactFenced(db, epoch, ['chunks'], async ({ chunks }) => {
    await Promise.all(pieces.map((piece, i) => request(chunks.put({ h: names[i] ?? '', b: piece.slice() }))));
  });
};

/** The bytes a list of manifests stands for (a put, then appends). Damage is EBADMSG and names the chunk. */
export const readBlob = async (db: Database, manifests: readonly Uint8Array[]): Promise<Uint8Array> => {
  const refs = manifests.flatMap((manifest) => decodeManifest(manifest));
  const rows = await transact(db, ['chunks'], 'readonly', ({ chunks }) =>
    Promise.all(refs.map((ref) => request(chunks.get(ref.hash)) as Promise<ChunkRow | undefined>)),
  );
  const pieces = refs.map(
    (ref, index) =>
      rows[index]?.b ??
      fail(
        'EBADMSG',
        `chunk ${ref.hash.slice(0, 12)} of this file is not on this device. If another device has the file, sync with it.`,
      ),
  );
  const names = await namesOf(pieces);
  const damaged = refs.find((ref, index) => names[index] !== ref.hash);
  if (damaged) fail('EBADMSG', `chunk ${damaged.hash.slice(0, 12)} of this file is damaged.`);
  return concatBytes(pieces);
};

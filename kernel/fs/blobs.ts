/**
 * Blobs: bytes that are not text, as content-defined chunks named by their SHA-256. The journal holds the list of
 * chunks; the chunks lie in a store of their own and are checked against their names on every read.
 */
import { concatBytes, hashHex } from '../protocol/bytes.ts';
import { fail } from '../protocol/errors.ts';
import { request, transact, transactFenced } from '../store/transact.ts';
import type { ChunkRow, Database } from '../store/schema.ts';
import { chunk, decodeManifest, encodeManifest, type ChunkRef } from './chunks.ts';

/** Cut, hash and store; the manifest's bytes. Chunks that are there already are not written again. */
export const storeBlob = async (db: Database, epoch: number, bytes: Uint8Array): Promise<Uint8Array> => {
  const pieces = chunk(bytes).map(({ offset, length }) => bytes.slice(offset, offset + length));
  const refs: ChunkRef[] = pieces.map((piece) => ({ hash: hashHex(piece), size: piece.length }));
  await transactFenced(db, epoch, ['chunks'], async ({ chunks }) => {
    for (const [index, ref] of refs.entries()) {
      const piece = pieces[index];
      if (piece && (await request(chunks.count(ref.hash))) === 0) await request(chunks.put({ h: ref.hash, b: piece }));
    }
  });
  return encodeManifest(refs);
};

/** The bytes a list of manifests stands for (a put, then appends). Damage is EBADMSG and names the chunk. */
export const readBlob = async (db: Database, manifests: readonly Uint8Array[]): Promise<Uint8Array> => {
  const refs = manifests.flatMap((manifest) => decodeManifest(manifest));
  const rows = await transact(db, ['chunks'], 'readonly', ({ chunks }) =>
    Promise.all(refs.map((ref) => request(chunks.get(ref.hash)) as Promise<ChunkRow | undefined>)),
  );
  return concatBytes(
    refs.map((ref, index) => {
      const row = rows[index];
      if (!row) return fail('EBADMSG', `chunk ${ref.hash.slice(0, 12)} of this file is not on this device.`);
      if (hashHex(row.b) !== ref.hash)
        return fail('EBADMSG', `chunk ${ref.hash.slice(0, 12)} of this file is damaged.`);
      return row.b;
    }),
  );
};

/**
 * Program files → one zip, the same bytes for the same files on every machine and in every time zone.
 * Adds org.allod/inventory.json: every other file with its size and SHA-256 (a signature signs the inventory, so it
 * is not listed). Pure: it neither reads a disk nor judges what a program may contain.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { strToU8, zipSync, type Zippable } from 'fflate';

export type Files = Map<string, Uint8Array>;
export type Inventory = { files: { path: string; bytes: number; sha256: string }[] };
export type Bundle = { zip: Uint8Array; inventory: Inventory; digest: string };

export const inventoryPath = 'org.allod/inventory.json';
const signaturePath = 'org.allod/signature.json';

export function bundle(files: Files): Bundle {
  const listed = [...files].filter(([path]) => path !== inventoryPath && path !== signaturePath).sort(byPath);
  const inventory: Inventory = {
    files: listed.map(([path, bytes]) => ({ path, bytes: bytes.byteLength, sha256: sha256Hex(bytes) })),
  };
  const all = new Map(files).set(inventoryPath, strToU8(`${JSON.stringify(inventory, null, 2)}\n`));
  const entries: Zippable = Object.fromEntries([...all].sort(byPath));
  // Zip dates are local times: a local 1980-01-01 gives the same bytes everywhere.
  const zip = zipSync(entries, { level: 9, mtime: new Date(1980, 0, 1) });
  return { zip, inventory, digest: sha256Hex(zip) };
}

export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/** By code unit, never by locale. */
const byPath = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Files into zip archives, one after the other, so that no more than one file is held at a time; what is packed lies in
 * Blobs, which the browser keeps on its disk. The format's old limits (65,535 entries, 4 GB) are kept to by beginning
 * another part. It reads nothing and saves nothing; it is fetched when a copy is made.
 */
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

export type Archive = {
  add: (path: string, content: Uint8Array, at: Date) => Promise<void>;
  /** Ends the last part. */
  finish: () => Blob[];
};

export type Limits = { entries: number; bytes: number };

const LIMITS: Limits = { entries: 60_000, bytes: 3_500_000_000 };
const SLICE = 1 << 20;
const HELD = 8 << 20;
/** A frame: after that much work the page gets its turn. */
const TURN_MS = 12;
/** Packed already: packing again costs time and gains nothing. */
const PACKED = /\.(png|jpe?g|webp|avif|gif|zip|gz|mp4|webm|mp3|ogg|pdf|docx|xlsx|woff2)$/i;
const FIRST_YEAR = 1980;

export const createArchive = (limits: Limits = LIMITS): Archive => {
  const parts: Blob[] = [];
  let blobs: Blob[] = [];
  let held: Uint8Array<ArrayBuffer>[] = [];
  let heldBytes = 0;
  let entries = 0;
  let bytes = 0;
  let turn = performance.now();

  const store = (): void => {
    if (held.length > 0) blobs.push(new Blob(held));
    held = [];
    heldBytes = 0;
  };
  const begin = (): Zip =>
    new Zip((error, chunk) => {
      if (error) throw error;
      held.push(chunk as Uint8Array<ArrayBuffer>);
      heldBytes += chunk.length;
      bytes += chunk.length;
      if (heldBytes >= HELD) store();
    });
  let zip = begin();

  const end = (): void => {
    zip.end();
    store();
    parts.push(new Blob(blobs, { type: 'application/zip' }));
    blobs = [];
    entries = 0;
    bytes = 0;
  };
  const breathe = async (): Promise<void> => {
    if (performance.now() - turn < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    turn = performance.now();
  };

  return {
    add: async (path, content, at) => {
      if (entries > 0 && (entries >= limits.entries || bytes + content.length > limits.bytes)) {
        end();
        zip = begin();
      }
      entries += 1;
      const entry = PACKED.test(path) ? new ZipPassThrough(path) : new ZipDeflate(path, { level: 6 });
      if (at.getFullYear() >= FIRST_YEAR) entry.mtime = at;
      zip.add(entry);
      for (let from = 0; from === 0 || from < content.length; from += SLICE) {
        entry.push(content.subarray(from, from + SLICE), from + SLICE >= content.length);
        await breathe();
      }
    },
    finish: () => {
      end();
      return parts;
    },
  };
};

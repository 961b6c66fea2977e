/**
 * A zip → its files, or a refusal that says why. Nothing here trusts what the archive says about itself: names are
 * judged before anything is inflated, and bytes are counted while they come out, so a header that lies costs nothing.
 * Limits and rules: FORMATS, "Program bundle". Contract: paths are relative, NFC, and safe below any folder.
 */
import { Inflate } from 'fflate';
import { fail, ok, SysFailure, type Result } from '../protocol/errors.ts';
import { parsePath } from '../protocol/paths.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

export type Files = Map<string, Uint8Array>;

const MIB = 1024 * 1024;
export const MAX_ZIP = 32 * MIB;
export const MAX_UNZIPPED = 128 * MIB;
export const MAX_FILES = 5_000;
export const MAX_RATIO = 100;
export const MAX_DEPTH = 16;
/** Below this a single file may be very regular (a blank table) without being a bomb. */
const RATIO_FROM = MIB;
/** How much is fed to inflate at a time: deflate unfolds at most about 1,030 to 1, so a step gives at most 4 MiB. */
const STEP = 4 * 1024;

const refuse = (message: string): never => fail('EINVAL', message);

/** The name as a path of ours: relative, canonical, harmless below any folder. */
const pathOf = (name: string): string => {
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name))
    refuse(`"${name}" is an absolute path. Files in a bundle are named from its root.`);
  if (name.includes('\\')) refuse(`"${name}" has a backslash in its path. Use / between folders.`);
  if (name === '') refuse('A file in this zip has no name.');
  const path = name.normalize('NFC');
  const segments = path.split('/');
  if (segments.includes('..')) refuse(`"${name}" points outside the bundle.`);
  const parsed = parsePath(`/${path}`);
  if (!parsed.ok) refuse(`"${name}" cannot be the name of a file. ${parsed.error.message}`);
  if (segments.length > MAX_DEPTH)
    refuse(`"${name}" lies ${segments.length} levels deep; at most ${MAX_DEPTH} are allowed.`);
  return path;
};

/** Refuses two names for one place, also where a disk would not tell them apart: by case, or as file and folder. */
const nameGuard = () => {
  const places = new Map<string, { spelling: string; kind: 'file' | 'folder' }>();
  return (path: string): void => {
    const segments = path.split('/');
    for (let depth = 1; depth <= segments.length; depth++) {
      const spelling = segments.slice(0, depth).join('/');
      const kind = depth === segments.length ? 'file' : 'folder';
      const key = spelling.toLowerCase().normalize('NFC');
      const there = places.get(key);
      if (!there) places.set(key, { spelling, kind });
      else if (there.spelling !== spelling)
        refuse(`"${there.spelling}" and "${spelling}" differ only in case, and would be one file on many disks.`);
      else if (there.kind !== kind) refuse(`"${spelling}" is a file and a folder at once.`);
      else if (kind === 'file') refuse(`"${spelling}" is in the zip twice.`);
    }
  };
};

const crcTable = (): Uint32Array =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
    return value;
  });

const crcOf = (bytes: Uint8Array, table: Uint32Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
};

/** Inflate one file, stopping as soon as it is longer than it said. */
const inflate = (entry: ZipEntry, packed: Uint8Array): Uint8Array => {
  const out = new Uint8Array(entry.size);
  let length = 0;
  const stream = new Inflate((part) => {
    if (length + part.length > entry.size)
      refuse(`${entry.name} unfolds to more than the ${entry.size} bytes it says.`);
    out.set(part, length);
    length += part.length;
  });
  try {
    for (let at = 0; at < packed.length; at += STEP)
      stream.push(packed.subarray(at, at + STEP), at + STEP >= packed.length);
  } catch (cause) {
    if (cause instanceof SysFailure) throw cause;
    refuse(`${entry.name} is damaged and cannot be unpacked.`);
  }
  if (length !== entry.size) refuse(`${entry.name} unfolds to ${length} bytes and says ${entry.size}.`);
  return out;
};

const unpack = (bytes: Uint8Array): Files => {
  if (bytes.length > MAX_ZIP) refuse(`The zip is ${bytes.length} bytes; at most ${MAX_ZIP} (32 MiB) are read.`);
  if (bytes.length < 4 || bytes[0] !== 0x50 || bytes[1] !== 0x4b) refuse('This is not a zip.');
  const entries = readZipDirectory(bytes);
  if (entries.length > MAX_FILES) refuse(`The zip holds ${entries.length} files; at most ${MAX_FILES} are allowed.`);
  const guard = nameGuard();
  const named = entries.map((entry) => ({ entry, path: pathOf(entry.name) }));
  for (const { path } of named) guard(path);

  // Every file is held to the size it says, so the sizes can be judged before anything is inflated.
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (total > MAX_UNZIPPED) refuse(`The zip unfolds to ${total} bytes; at most ${MAX_UNZIPPED} (128 MiB) are allowed.`);
  if (total > bytes.length * MAX_RATIO)
    refuse(
      `The zip unfolds to ${Math.round(total / bytes.length)} times its size; at most ${MAX_RATIO} to 1 is allowed.`,
    );
  for (const { name, size, packed } of entries) {
    if (size > RATIO_FROM && size > packed * MAX_RATIO)
      refuse(`${name} unfolds to more than ${MAX_RATIO} times its packed size.`);
  }

  const table = crcTable();
  const files: Files = new Map();
  for (const { entry, path } of named) {
    const packed = bytes.subarray(entry.start, entry.start + entry.packed);
    if (entry.method === 0 && entry.packed !== entry.size)
      refuse(`${entry.name} is stored as ${entry.packed} bytes and says ${entry.size}.`);
    const content = entry.method === 0 ? packed.slice() : inflate(entry, packed);
    if (crcOf(content, table) !== entry.crc) refuse(`${entry.name} is damaged: its checksum differs.`);
    files.set(path, content);
  }
  return files;
};

export const unzip = (bytes: Uint8Array): Result<Files> => {
  try {
    return ok(unpack(bytes));
  } catch (cause) {
    if (cause instanceof SysFailure) return { ok: false, error: cause.error };
    throw cause;
  }
};

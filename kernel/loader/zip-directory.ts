/**
 * The central directory of a zip, read strictly: what lies where, before a byte is inflated. An archive that two
 * readers could read differently (trailing bytes, names that disagree, data that overlaps) is refused, and so is
 * every kind of entry a bundle has no use for: links, devices, encryption, split or 64-bit archives.
 * Structure as in APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12 and 4.3.16. Throws SysFailure; judges no names and no sizes.
 */
import { equalBytes } from '../protocol/bytes.ts';
import { fail } from '../protocol/errors.ts';

/** A file in the archive. `start` and `packed` say where its compressed bytes lie; `size` and `crc` are its claims. */
export type ZipEntry = { name: string; method: 0 | 8; start: number; packed: number; size: number; crc: number };

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_SIZE = 22;
const MAX_COMMENT = 0xffff;

const FILE_TYPE = 0xf000;
const REGULAR = 0x8000;
const FOLDER = 0x4000;
const LINK = 0xa000;

const refuse = (message: string): never => fail('EINVAL', message);

const nameOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('A name in this zip is not UTF-8, so it cannot be told what the file is called.');
  }
};

/** Where the end record stands; it must be the last thing in the file. */
const endOf = (view: DataView): number => {
  const last = view.byteLength - END_SIZE;
  for (let at = last; at >= 0 && at >= last - MAX_COMMENT; at--) {
    if (view.getUint32(at, true) === END && at + END_SIZE + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  return refuse('This is not a complete zip: its directory is missing. The download may have been cut short.');
};

/** Links and devices have no place in a bundle. The mode is checked whatever system the archive says it was made on. */
const checkMode = (name: string, attributes: number): void => {
  const type = (attributes >>> 16) & FILE_TYPE;
  if (type === LINK) refuse(`${name} is a symbolic link. A bundle holds plain files only.`);
  if (type !== 0 && type !== REGULAR && type !== FOLDER)
    refuse(`${name} is neither a file nor a folder. A bundle holds plain files only.`);
  if (type === FOLDER && !name.endsWith('/')) refuse(`${name} says that it is a folder and is named as a file.`);
};

/** Every file of the archive, in directory order. Folders carry no content and are left out. */
export const readZipDirectory = (bytes: Uint8Array): ZipEntry[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  const length = view.getUint32(end + 12, true);
  const first = view.getUint32(end + 16, true);
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 6, true) !== 0)
    refuse('This zip is split over several files.');
  if (count === 0xffff || first === 0xffffffff)
    refuse('This is a 64-bit zip. Pack it as an ordinary one: a bundle is far below the limits of those.');
  if (view.getUint16(end + 8, true) !== count || first + length !== end)
    refuse('The directory of this zip does not agree with itself.');

  const entries: ZipEntry[] = [];
  const spans: { from: number; to: number; name: string }[] = [];
  let at = first;
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) refuse('The directory of this zip is damaged.');
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) refuse('The directory of this zip is damaged.');
    const rawName = bytes.subarray(at + 46, at + 46 + nameLength);
    const name = nameOf(rawName);
    checkMode(name, view.getUint32(at + 38, true));
    if ((flags & 1) !== 0) refuse(`${name} is encrypted. A bundle must be readable before it is installed.`);
    if (method !== 0 && method !== 8)
      return refuse(`${name} is packed by method ${method}. Pack it with deflate, as every zip tool does.`);

    const local = view.getUint32(at + 42, true);
    if (local + 30 > first || view.getUint32(local, true) !== LOCAL)
      refuse(`${name} is not where the directory of this zip says.`);
    const localName = view.getUint16(local + 26, true);
    const start = local + 30 + localName + view.getUint16(local + 28, true);
    if (start + packed > first) refuse(`${name} is not where the directory of this zip says.`);
    if (
      !equalBytes(bytes.subarray(local + 30, local + 30 + localName), rawName) ||
      view.getUint16(local + 8, true) !== method
    ) {
      refuse(`${name} is called something else inside the zip than in its directory.`);
    }
    spans.push({ from: local, to: start + packed, name });
    if (!name.endsWith('/'))
      entries.push({
        name,
        method,
        start,
        packed,
        size: view.getUint32(at + 24, true),
        crc: view.getUint32(at + 16, true),
      });
    at = next;
  }
  if (at !== end) refuse('The directory of this zip does not agree with itself.');

  // Files that share their packed bytes make a small archive unfold without end.
  spans.sort((a, b) => a.from - b.from);
  for (const [index, span] of spans.entries()) {
    const before = spans[index - 1];
    if (before && before.to > span.from) refuse(`${before.name} and ${span.name} share the same bytes in this zip.`);
  }
  return entries;
};

/**
 * What the loader keeps of a program: its record under /system/programs, its files under /programs, its receipts.
 * Reading and the changes that write them; when they are written is for install, activate and deactivate to say.
 */
import * as z from 'zod';
import { PROGRAMS } from '../protocol/capability.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import {
  INSTALLED,
  RECEIPTS,
  installedFile,
  type InstalledProgram,
  type Receipt,
} from '../protocol/formats/records.ts';
import type { RevisionId } from '../protocol/entry.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';
import type { Bundle } from './bundle.ts';
import { parseBundle } from './parse-bundle.ts';
import { filesBelow, inBatches } from './workspace-state.ts';

export const programFolder = (name: string): Path => `${PROGRAMS}/${name}`;

const recordSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  digest: z.string(),
  state: z.enum(['installed', 'active']),
});

export type Held = { record: InstalledProgram; revision: RevisionId };

/** Undefined when the program is not installed. */
export const readInstalled = async (sys: Sys, name: string): Promise<Result<Held | undefined>> => {
  const file = installedFile(name);
  const read = await sys.read(file, { as: 'text' });
  if (!read.ok) return read.error.code === 'ENOENT' ? ok(undefined) : read;
  try {
    const data: unknown = JSON.parse(String(read.value.content));
    // Only the kernel writes these; the check tells a damaged record from a sound one.
    if (recordSchema.safeParse(data).success)
      return ok({ record: data as InstalledProgram, revision: read.value.stat.revision });
  } catch {
    // Said below, with every other damage.
  }
  return err('EBADMSG', `${file} is not a record this version can read, so nothing is changed.`, { path: file });
};

/** An installed program, or ENOENT with what to do. */
export const mustBeInstalled = async (sys: Sys, name: string): Promise<Result<Held>> => {
  const held = await readInstalled(sys, name);
  if (!held.ok) return held;
  return held.value
    ? ok(held.value)
    : err('ENOENT', `${name} is not installed. Plan and install it first.`, { path: installedFile(name) });
};

/** The bundle as it was installed. */
export const readInstalledBundle = async (sys: Sys, name: string): Promise<Result<Bundle>> => {
  const folder = programFolder(name);
  const listed = await filesBelow(sys, folder);
  if (!listed.ok) return listed;
  const read = await inBatches(listed.value, async ({ path }): Promise<Result<[string, Uint8Array]>> => {
    const file = await sys.read(path, { as: 'bytes' });
    if (!file.ok) return file;
    const { content } = file.value;
    return ok([
      path.slice(folder.length + 1),
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    ]);
  });
  return read.ok ? parseBundle(new Map(read.value)) : read;
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export const recordChange = (record: InstalledProgram, base: RevisionId | null): Change => ({
  op: 'put',
  path: `${INSTALLED}/${record.name}.json`,
  content: json(record),
  base,
  // One record on all devices: where two were written apart, the newer holds.
  ...(base === null ? { attrs: { fork: `installed|${record.name}` } } : {}),
});

/** `base: null`: a number is never given out twice, also when two acts happen at once. */
export const receiptChange = (receipt: Receipt): Change => ({
  op: 'put',
  path: `${RECEIPTS}/${receipt.id}.json`,
  content: json(receipt),
  base: null,
});

export const nextReceiptId = async (sys: Sys): Promise<Result<string>> => {
  const listed = await filesBelow(sys, RECEIPTS);
  if (!listed.ok) return listed;
  const numbers = listed.value.map(({ path }) => Number(/\/(\d+)\.json$/.exec(path)?.[1] ?? 0));
  return ok(String(numbers.reduce((highest, number) => Math.max(highest, number), 0) + 1));
};

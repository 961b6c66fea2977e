/**
 * deactivate: the program stops acting and everything it made stays. The one thing that changes is its state; from that
 * the rest follows, since jobs, grants and surfaces count only while it is active. The receipt lists every file that was
 * kept, with its hash, and a root over them from before and after.
 */
import { hashHex } from '../protocol/bytes.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Stat } from '../protocol/files.ts';
import type { InstalledProgram, Receipt } from '../protocol/formats/records.ts';
import { parseSurfaces } from '../protocol/formats/surfaces.ts';
import { matcher, type Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';
import { mustBeInstalled, nextReceiptId, programFolder, receiptChange, recordChange } from './installed.ts';
import { filesBelow } from './workspace-state.ts';

const RETRIES = 3;

type Kept = { path: Path; hash: string };

/** SHA-256 of the bytes: what the file system says of a text, and for chunked files the bytes themselves. */
const hashOf = async (sys: Sys, stat: Stat): Promise<string> => {
  if (stat.as !== 'blob' && stat.hash !== undefined) return stat.hash;
  const read = await sys.read(stat.path, { as: 'bytes' });
  // A file that cannot be read must not keep a program running.
  return read.ok ? hashHex(read.value.content) : `unreadable: ${read.error.code}`;
};

/** Everything of the program's in the workspace: what it forked, and what stands where it was allowed to write. */
const keptFiles = async (sys: Sys, record: InstalledProgram): Promise<Result<Kept[]>> => {
  const listed = await filesBelow(sys, '/workspace');
  if (!listed.ok) return listed;
  const written = record.powers.write.length === 0 ? () => false : matcher(record.powers.write);
  const mine = listed.value
    .filter(({ path }) => record.forked[path] !== undefined || written(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const kept: Kept[] = [];
  for (const stat of mine) kept.push({ path: stat.path, hash: await hashOf(sys, stat) });
  return ok(kept);
};

/** SHA-256 over `path hash` lines, sorted by path. */
export const rootOf = (kept: readonly Kept[]): string =>
  hashHex(kept.map(({ path, hash }) => `${path} ${hash}\n`).join(''));

const surfacesOf = async (sys: Sys, name: string): Promise<string[]> => {
  const file = `${programFolder(name)}/org.allod/surfaces.yaml`;
  const read = await sys.read(file, { as: 'text' });
  const parsed =
    read.ok && typeof read.value.content === 'string' ? parseSurfaces(file, read.value.content) : undefined;
  return parsed?.ok ? [...parsed.value.surfaces, ...parsed.value.broken].map(({ id }) => `${name}/${id}`) : [];
};

const revoked = ({ name, agents, powers }: InstalledProgram): string[] => [
  ...agents.flatMap((agent) => powers.write.map((pattern) => `agent:${agent} write ${pattern}`)),
  ...powers.effects.map((effect) => `program:${name} ${effect}`),
];

const writeReceipt = async (sys: Sys, draft: Omit<Receipt, 'id'>): Promise<Result<Receipt>> => {
  for (let tries = 0; ; tries++) {
    const id = await nextReceiptId(sys);
    if (!id.ok) return id;
    const receipt: Receipt = { id: id.value, ...draft };
    const written = await sys.write([receiptChange(receipt)], {
      message: `Receipt ${id.value}: deactivated ${draft.program}, kept ${draft.kept.length} files`,
    });
    if (written.ok) return ok(receipt);
    if (written.error.code !== 'EEXIST' || tries >= RETRIES) return written;
  }
};

export const deactivate = async (sys: Sys, name: string): Promise<Result<Receipt>> => {
  const held = await mustBeInstalled(sys, name);
  if (!held.ok) return held;
  const { record, revision } = held.value;
  if (record.state !== 'active') return err('EINVAL', `${record.title} is not active, so there is nothing to stop.`);
  const before = await keptFiles(sys, record);
  if (!before.ok) return before;
  const removed = await surfacesOf(sys, name);

  const stopped = await sys.write([recordChange({ ...record, state: 'installed' }, revision)], {
    message: `Deactivate ${record.title} ${record.version}: its files stay`,
  });
  if (!stopped.ok) return stopped;

  const after = await keptFiles(sys, record);
  if (!after.ok) return after;
  return writeReceipt(sys, {
    program: name,
    version: record.version,
    act: 'deactivate',
    at: new Date(sys.now()).toISOString(),
    by: 'operator',
    added: [],
    kept: after.value,
    stopped: record.jobs,
    revoked: revoked(record),
    removed,
    rootBefore: rootOf(before.value),
    rootAfter: rootOf(after.value),
  });
};

/**
 * install: put a planned bundle under /programs/<name>, as it came, in one change set. Runs nothing and touches no
 * workspace file. The digest is the consent: bytes that were not planned, or that are not those bytes, are refused.
 */
import { hashHex } from '../protocol/bytes.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import type { InstalledProgram } from '../protocol/formats/records.ts';
import type { Sys } from '../protocol/sys.ts';
import type { Bundle } from './bundle.ts';
import { programFolder, readInstalled, recordChange, type Held } from './installed.ts';
import { openBundle } from './plan.ts';
import type { Files } from './unzip.ts';
import { filesBelow } from './workspace-state.ts';

export type Staged = { bytes: Uint8Array; source: string };

/** Puts for what is new or differs, removals for what an older version left. */
const programChanges = async (sys: Sys, name: string, files: Files): Promise<Result<Change[]>> => {
  const folder = programFolder(name);
  const listed = await filesBelow(sys, folder);
  if (!listed.ok) return listed;
  const there = new Map(listed.value.map((stat) => [stat.path, stat]));
  const changes: Change[] = [];
  for (const [file, bytes] of files) {
    const path = `${folder}/${file}`;
    const old = there.get(path);
    there.delete(path);
    if (old?.as === 'record' && old.hash === hashHex(bytes)) continue;
    const content = Uint8Array.from(bytes);
    // Installed on two devices it is one file, as what it forks is.
    const attrs = { fork: `install|${hashHex(bytes)}` };
    changes.push({ op: 'put', path, content, base: old?.revision ?? null, ...(old ? {} : { attrs }) });
  }
  return ok([...[...there.keys()].map((path): Change => ({ op: 'remove', path })), ...changes]);
};

const recordOf = (
  bundle: Bundle,
  digest: string,
  source: string,
  at: string,
  before: Held | undefined,
): InstalledProgram => ({
  name: bundle.plugin.name,
  version: bundle.plugin.version,
  title: bundle.title,
  digest,
  source,
  state: 'installed',
  installedAt: at,
  powers: bundle.powers,
  agents: bundle.roles.map((role) => role.name),
  jobs: bundle.jobs.map((job) => job.path),
  ...(before?.record.activatedAt ? { activatedAt: before.record.activatedAt } : {}),
  // What an earlier version forked is still in the workspace.
  forked: before?.record.forked ?? {},
});

export const install = async (
  sys: Sys,
  digest: string,
  staged: Staged | undefined,
): Promise<Result<InstalledProgram>> => {
  if (!staged || hashHex(staged.bytes) !== digest) {
    return err(
      'EINVAL',
      `No plan for ${digest.slice(0, 12)} is open. Plan the bundle first: consent binds to the digest the plan shows.`,
    );
  }
  const opened = openBundle(staged.bytes);
  if (!opened.ok) return opened;
  const { bundle, files } = opened.value;
  const { name } = bundle.plugin;
  const before = await readInstalled(sys, name);
  if (!before.ok) return before;
  if (before.value?.record.digest === digest) return ok(before.value.record);
  if (before.value?.record.state === 'active') {
    return err(
      'EBUSY',
      `${name} ${before.value.record.version} is active. Deactivate it first; upgrades that keep your edits while it is active arrive in a later version.`,
    );
  }
  const changes = await programChanges(sys, name, files);
  if (!changes.ok) return changes;
  const record = recordOf(bundle, digest, staged.source, new Date(sys.now()).toISOString(), before.value);
  const message = `Install ${bundle.title} ${record.version}: ${files.size} files, nothing is run`;
  const written = await sys.write([...changes.value, recordChange(record, before.value?.revision ?? null)], {
    message,
  });
  return written.ok ? ok(record) : written;
};

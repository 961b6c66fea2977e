/**
 * activate: fork what the program brings into the workspace and let its agents and jobs act. One change set: files,
 * record and receipt, or nothing. A file that exists stays as it is, whoever made it. A file the operator removed stays
 * removed, but for roles and jobs: without those an active program would be a name only.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import { roleFile } from '../protocol/formats/role.ts';
import type { InstalledProgram, Receipt } from '../protocol/formats/records.ts';
import type { Sys } from '../protocol/sys.ts';
import type { Bundle } from './bundle.ts';
import { mustBeInstalled, nextReceiptId, readInstalledBundle, receiptChange, recordChange } from './installed.ts';
import { isFraming } from './read-forks.ts';
import { standings, takenAgents, type Standing } from './workspace-state.ts';

const RETRIES = 3;

/** Which files are put, and which jobs are the program's once they are. */
const decide = (bundle: Bundle, record: InstalledProgram, found: readonly Standing[]) => {
  const taken = new Set(takenAgents(bundle, found));
  const foreignJobs = new Set(bundle.jobs.filter((job) => job.agent && taken.has(job.agent)).map((job) => job.path));
  const free = found.filter(({ there }) => !there).map(({ fork }) => fork);
  const added = free.filter(
    ({ path }) => !foreignJobs.has(path) && (record.forked[path] === undefined || isFraming(path)),
  );
  const ours = new Set([
    ...added.map(({ path }) => path),
    ...found.filter(({ there }) => there?.ours).map(({ fork }) => fork.path),
  ]);
  return {
    added,
    kept: found.flatMap(({ fork, there }) => (there ? [{ path: fork.path, hash: there.hash }] : [])),
    agents: bundle.roles.map((role) => role.name).filter((name) => ours.has(roleFile(name))),
    jobs: bundle.jobs.map((job) => job.path).filter((path) => ours.has(path)),
  };
};

const attempt = async (sys: Sys, name: string): Promise<Result<{ receipt: Receipt; populate: string[] }>> => {
  const held = await mustBeInstalled(sys, name);
  if (!held.ok) return held;
  const { record, revision } = held.value;
  if (record.state === 'active') return err('EEXIST', `${record.title} ${record.version} is active already.`);
  const opened = await readInstalledBundle(sys, name);
  if (!opened.ok) return opened;
  const bundle = opened.value;
  const found = await standings(sys, bundle);
  if (!found.ok) return found;
  const id = await nextReceiptId(sys);
  if (!id.ok) return id;

  const at = new Date(sys.now()).toISOString();
  const { added, kept, agents, jobs } = decide(bundle, record, found.value);
  const forked = { ...record.forked, ...Object.fromEntries(added.map(({ path, sha256 }) => [path, sha256])) };
  const next: InstalledProgram = { ...record, state: 'active', activatedAt: at, agents, jobs, forked };
  const receipt: Receipt = {
    id: id.value,
    program: name,
    version: record.version,
    act: 'activate',
    at,
    // The gate lets nobody else call it; the entries themselves are the program's.
    by: 'operator',
    added: added.map(({ path }) => path),
    kept,
    stopped: [],
    revoked: [],
    removed: [],
  };
  // The digest in `fork` makes ids and first updates equal on every device that activates this bundle.
  const puts = added.map(({ path, content }): Change => ({
    op: 'put',
    path,
    content: typeof content === 'string' ? content : Uint8Array.from(content),
    base: null,
    attrs: { fork: record.digest, program: name },
  }));
  const message = `Activate ${record.title} ${record.version}: ${added.length} files added, ${kept.length} kept as they are`;
  const written = await sys.write([...puts, recordChange(next, revision), receiptChange(receipt)], { message });
  if (!written.ok) return written;
  const first = record.activatedAt === undefined;
  return ok({
    receipt,
    populate: first
      ? jobs.filter((path) => bundle.program?.populate.some((slug) => path === `/workspace/jobs/${slug}.md`))
      : [],
  });
};

export const activate = async (sys: Sys, name: string): Promise<Result<Receipt>> => {
  for (let tries = 0; ; tries++) {
    const result = await attempt(sys, name);
    // Somebody made one of these files, or took the receipt's number, between the look and the write: look again.
    const raced =
      !result.ok &&
      (result.error.code === 'ESTALE' || (result.error.code === 'EEXIST' && result.error.path !== undefined));
    if (raced && tries < RETRIES) continue;
    if (!result.ok) return result;
    // Populating jobs fill the first view; how they end is for their own run records to say.
    for (const job of result.value.populate)
      void sys.fire(job, { key: `populate:${name}:${result.value.receipt.id}:${job}` });
    return ok(result.value.receipt);
  }
};

/**
 * plan: fetch, unpack, read, and say what installing would do. Changes nothing. The bytes it verified are staged under
 * their SHA-256: the operator consents to that digest, and `install` takes that digest and no other.
 */
import { hashHex } from '../protocol/bytes.ts';
import { ok, type Result } from '../protocol/errors.ts';
import type { Plan } from '../protocol/plan.ts';
import type { Sys } from '../protocol/sys.ts';
import type { Bundle } from './bundle.ts';
import { fetchBundle, type FetchOptions } from './fetch-bundle.ts';
import { readInstalled } from './installed.ts';
import { jobTime } from './job-time.ts';
import { notAsked } from './not-asked.ts';
import { parseBundle } from './parse-bundle.ts';
import { unzip, type Files } from './unzip.ts';
import { standings, takenAgents } from './workspace-state.ts';

/** Bytes → Bundle. The same for a plan and for an install, so that what was shown is what is put. */
export const openBundle = (bytes: Uint8Array): Result<{ bundle: Bundle; files: Files }> => {
  const files = unzip(bytes);
  if (!files.ok) return files;
  const bundle = parseBundle(files.value);
  return bundle.ok ? ok({ bundle: bundle.value, files: files.value }) : bundle;
};

const shown = (bundle: Bundle): Pick<Plan, 'agents' | 'jobs' | 'surfaces' | 'rehearsals'> => ({
  agents: bundle.roles.map(({ name, description, autonomy, write }) => ({
    name,
    description,
    autonomy: autonomy ?? 'as your policy says',
    write,
  })),
  jobs: bundle.jobs.map((job) => ({
    slug: job.slug,
    title: job.title ?? job.slug,
    when: jobTime(job),
    ...(job.agent ? { agent: job.agent } : {}),
  })),
  surfaces: bundle.surfaces.map(({ id, title, archetype }) => ({ id, title, archetype })),
  rehearsals: bundle.rehearsals.map(({ file, rehearsal: { title, job, recorded, note } }) => ({
    file,
    title,
    job,
    recorded,
    note,
  })),
});

export const plan = async (
  sys: Sys,
  source: string | Uint8Array,
  options: FetchOptions,
): Promise<Result<{ plan: Plan; bytes: Uint8Array }>> => {
  const fetched = await fetchBundle(source, options);
  if (!fetched.ok) return fetched;
  const { bytes } = fetched.value;
  const opened = openBundle(bytes);
  if (!opened.ok) return opened;
  const { bundle } = opened.value;
  const { plugin, title, author, powers, files, skills, forks } = bundle;

  const found = await standings(sys, bundle);
  if (!found.ok) return found;
  const installed = await readInstalled(sys, plugin.name);
  if (!installed.ok) return installed;
  const record = installed.value?.record;
  const taken = takenAgents(bundle, found.value).map(
    (name) =>
      `/workspace/agents/${name}/AGENT.md exists and is not this program's. Yours is kept, and the program's jobs for ${name} are not brought.`,
  );
  return ok({
    bytes,
    plan: {
      name: plugin.name,
      title,
      version: plugin.version,
      description: plugin.description,
      author,
      source: fetched.value.source,
      digest: hashHex(bytes),
      bytes: bytes.length,
      signed: false,
      files,
      powers,
      notAsked: notAsked(bundle),
      ...shown(bundle),
      skills,
      forks: forks.map(({ path }) => path),
      conflicts: found.value
        .filter(({ fork, there }) => there && there.hash !== fork.sha256)
        .map(({ fork }) => fork.path),
      warnings: [...bundle.warnings, ...taken],
      ...(record ? { installed: { version: record.version, digest: record.digest, state: record.state } } : {}),
    },
  });
};

/**
 * The jobs: /workspace/jobs/*.md, parsed once and again when they change. A malformed job is reported once for each way
 * it is malformed, and does not run.
 */
import { JOBS, parseJob, scheduleOf, type Job } from '../protocol/formats/job.ts';
import type { Schedule } from '../protocol/formats/schedule.ts';
import { matcher, parentOf, type Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';

export type Trigger = { job: Job; on: NonNullable<Job['on']>; matches: (path: Path) => boolean };
/** `since`: when its file was last written; ISO. */
export type Scheduled = { job: Job; schedule: Schedule; since: string };

export type JobIndex = {
  load: () => Promise<void>;
  /** Read this job again; forget it when it is gone. */
  refresh: (path: Path) => Promise<void>;
  trigger: (path: Path) => Trigger | undefined;
  triggers: () => Trigger[];
  scheduled: () => Scheduled[];
};

export const isJobFile = (path: Path): boolean => parentOf(path) === JOBS && path.endsWith('.md');

/** More stars in one name, or more `**`, can take longer to not match than anybody waits. */
const tooManyStars = (pattern: string): boolean =>
  pattern.split('/').filter((segment) => segment.includes('**')).length > 2 ||
  pattern.split('/').some((segment) => (segment.replace('**', '').match(/\*/g)?.length ?? 0) > 3);

export const createJobIndex = (sys: Sys, report: (line: string) => void): JobIndex => {
  const triggers = new Map<Path, Trigger>();
  const scheduled = new Map<Path, Scheduled>();
  const said = new Map<Path, string>();

  const complain = (path: Path, message: string): void => {
    if (said.get(path) !== message) report(message);
    said.set(path, message);
  };

  const refresh = async (path: Path): Promise<void> => {
    triggers.delete(path);
    scheduled.delete(path);
    const read = await sys.read(path, { as: 'text' });
    if (!read.ok) {
      if (read.error.code === 'ENOENT') said.delete(path);
      else complain(path, `${path}: ${read.error.message}`);
      return;
    }
    const job = parseJob(path, String(read.value.content));
    if (!job.ok) return complain(path, job.error.message);
    const { on } = job.value;
    if (on && tooManyStars(on.change))
      return complain(
        path,
        `${path}: on.change "${on.change}" has too many stars: at most three in one name, and ** at most twice.`,
      );
    said.delete(path);
    const schedule = scheduleOf(job.value);
    if (schedule) scheduled.set(path, { job: job.value, schedule, since: read.value.stat.at });
    if (on) triggers.set(path, { job: job.value, on, matches: matcher(on.change) });
  };

  return {
    refresh,
    load: async () => {
      const listed = await sys.list(JOBS, { limit: 10_000 });
      for (const { path, kind } of listed.ok ? listed.value.entries : [])
        if (kind === 'file' && isJobFile(path)) await refresh(path);
    },
    trigger: (path) => triggers.get(path),
    triggers: () => [...triggers.values()],
    scheduled: () => [...scheduled.values()],
  };
};

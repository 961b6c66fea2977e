/**
 * Whether a job may start now, seen from outside the gate: what the operator stopped, and what runs already. The gate
 * decides again when it is fired; here it is known beforehand, so that a job is not fired in vain.
 */
import { POLICY } from '../protocol/capability.ts';
import type { Job } from '../protocol/formats/job.ts';
import { parsePolicy, type Policy } from '../protocol/formats/policy.ts';
import { installedFile } from '../protocol/formats/records.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';

const dataAt = async (sys: Sys, path: Path): Promise<object> => {
  const read = await sys.read(path, { as: 'text' });
  try {
    const data: unknown = read.ok ? JSON.parse(String(read.value.content)) : undefined;
    return typeof data === 'object' && data !== null ? data : {};
  } catch {
    return {};
  }
};

/** The operator's policy; undefined when there is none, or none that can be read. */
export const policyOf = async (sys: Sys): Promise<Policy | undefined> => {
  const read = await sys.read(POLICY, { as: 'text' });
  const policy = read.ok ? parsePolicy(POLICY, String(read.value.content)) : undefined;
  return policy?.ok ? policy.value : undefined;
};

/** [R6] Why a job is not to run at this time, in words; undefined when it is. */
export const whyHeld = async (sys: Sys, job: Job): Promise<string | undefined> => {
  if (job.paused) return 'The job is paused.';
  if ((await policyOf(sys))?.paused === true) return 'Everything is stopped.';
  if (job.program === undefined) return undefined;
  const record = await dataAt(sys, installedFile(job.program));
  return 'state' in record && record.state === 'active' ? undefined : `The program ${job.program} is not active.`;
};

export const isRunning = async (sys: Sys, job: Path): Promise<boolean> => {
  const live = await sys.list('/proc/runs');
  for (const { path } of live.ok ? live.value.entries : []) {
    const run = await dataAt(sys, path);
    if ('job' in run && run.job === job) return true;
  }
  return false;
};

/** This device's id. */
export const deviceOf = async (sys: Sys): Promise<string> => {
  const kernel = await dataAt(sys, '/proc/kernel');
  return 'device' in kernel && typeof kernel.device === 'string' ? kernel.device : '';
};

/** Tells the operator, in a line, why a job did not run. */
export const tellOperator =
  (sys: Sys) =>
  (line: string): void =>
    void sys.fire({ kind: 'notify', title: 'A job did not run', body: line.slice(0, 4000) });

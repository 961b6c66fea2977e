/**
 * The facts that bind spending, gathered from the files they stand in: a run's role, job and program, also those of
 * whatever started it, and the operator's policy.
 */
import { limitsOf, type Bound, type Limit } from '../policy/budget.ts';
import { actorNameOf } from '../protocol/actor.ts';
import { parseJob, type Job } from '../protocol/formats/job.ts';
import type { Policy } from '../protocol/formats/policy.ts';
import type { Path } from '../protocol/paths.ts';
import type { Ledger } from '../process/ledger.ts';
import type { Process } from '../process/processes.ts';
import type { Kernel } from './kernel.ts';

/** What a run belongs to: of its own, else of the run that started it. A job does not escape its limit by firing agents. */
export const belongings = (kernel: Kernel, process: Process): { job?: Path; program?: string } => {
  let { job, program } = process;
  for (let above = process; above.parent !== undefined && !(job && program);) {
    const parent = kernel.processes.get(above.parent);
    if (!parent) break;
    job ??= parent.job;
    program ??= parent.program;
    above = parent;
  }
  return { ...(job ? { job } : {}), ...(program ? { program } : {}) };
};

export const readJob = async (kernel: Kernel, path: Path): Promise<Job | undefined> => {
  const read = await kernel.fs.read(path, { as: 'text' });
  const job = read.ok ? parseJob(path, String(read.value.content)) : undefined;
  return job?.ok ? job.value : undefined;
};

export const zoneOf = (policy: Policy): string => policy.tz ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;

export const limitsFor = async (kernel: Kernel, ledger: Ledger, process: Process): Promise<Limit[]> => {
  const { job, program } = belongings(kernel, process);
  const { policy, role } = await kernel.facts.of(`agent:${process.agent ?? actorNameOf(process.actor)}`, []);
  const bound: Bound = {
    run: process.id,
    role,
    job: job === undefined ? undefined : await readJob(kernel, job),
    program: program === undefined ? undefined : (await kernel.facts.programs()).find(({ name }) => name === program),
  };
  return limitsOf(bound, policy, ledger.device, ledger.devices());
};

/**
 * The facts that bind spending, gathered from the files they stand in: a run's role, job and program, also those of
 * whatever started it, and the operator's policy.
 */
import { limitsOf, type Bound, type Limit } from '../policy/budget.ts';
import { actorNameOf } from '../protocol/actor.ts';
import { POLICY, roleFile } from '../protocol/capability.ts';
import { parseJob, type Job } from '../protocol/formats/job.ts';
import { parsePolicy, type Policy } from '../protocol/formats/policy.ts';
import { parseRole } from '../protocol/formats/role.ts';
import type { Path } from '../protocol/paths.ts';
import type { Ledger } from '../process/ledger.ts';
import type { Process } from '../process/processes.ts';
import { disputedTexts } from './disputed.ts';
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

/** [M8] Policy's budget as it stands, and as each device last wrote it where it stands as none did. */
export const policyLimits = async (kernel: Kernel, ledger: Ledger): Promise<Limit[]> => {
  const [own, all] = [ledger.device, ledger.devices()];
  const limits = limitsOf({}, await kernel.facts.policy(), own, all);
  // One device does not disagree with itself.
  for (const text of all.length > 1 ? await disputedTexts(kernel, POLICY) : []) {
    const policy = parsePolicy(POLICY, text);
    if (policy.ok) limits.push(...limitsOf({}, policy.value, own, all));
  }
  return limits;
};

/** The same of a role and a job. */
const disputedLimits = async (kernel: Kernel, run: string, agent: string, job: Path | undefined): Promise<Limit[]> => {
  const limits: Limit[] = [];
  const add = (bound: Bound): unknown => limits.push(...limitsOf({ run, ...bound }, {}, '', []));
  for (const text of await disputedTexts(kernel, roleFile(agent))) {
    const role = parseRole(roleFile(agent), text);
    if (role.ok) add({ role: role.value });
  }
  for (const text of job === undefined ? [] : await disputedTexts(kernel, job)) {
    const parsed = job === undefined ? undefined : parseJob(job, text);
    if (parsed?.ok) add({ job: parsed.value });
  }
  return limits;
};

export const limitsFor = async (kernel: Kernel, ledger: Ledger, process: Process): Promise<Limit[]> => {
  const { job, program } = belongings(kernel, process);
  const agent = process.agent ?? actorNameOf(process.actor);
  const { role } = await kernel.facts.of(`agent:${agent}`, []);
  const bound: Bound = {
    run: process.id,
    role,
    job: job === undefined ? undefined : await readJob(kernel, job),
    program: program === undefined ? undefined : (await kernel.facts.programs()).find(({ name }) => name === program),
  };
  return [
    ...limitsOf(bound, {}, ledger.device, []),
    ...(await policyLimits(kernel, ledger)),
    ...(ledger.devices().length > 1 ? await disputedLimits(kernel, process.id, agent, job) : []),
  ];
};

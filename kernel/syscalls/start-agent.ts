/**
 * Start one run of an agent: read its role, give it a process, hand the order to the agents room, and hold it to what
 * the job expects.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Actor } from '../protocol/actor.ts';
import type { Job } from '../protocol/formats/job.ts';
import { roleFile } from '../protocol/capability.ts';
import { parseRole } from '../protocol/formats/role.ts';
import type { Rehearsal } from '../protocol/formats/rehearsal.ts';
import type { Ended } from '../protocol/ports.ts';
import type { Process } from '../process/processes.ts';
import { refused } from '../fs/reads.ts';
import type { Path } from '../protocol/paths.ts';
import type { Caller, Kernel } from './kernel.ts';
import { lineageOf, loops } from './lineage.ts';
import { slotLines, type DueSlot } from './slots.ts';

export type Start = {
  agent: string;
  prompt: string;
  job?: Job;
  after?: string;
  rehearsal?: Rehearsal;
  parent?: string;
  /** The slot this run answers. */
  due?: DueSlot;
  /** [R2] The run goes on from its record, which began then. */
  resumes?: { file: Path; startedAt: number; paused: boolean; by: Actor; title: string };
  /** [L4] Who is above a run that goes on; of a new one, the caller says it. */
  above?: readonly string[];
};

/** Today, YYYY-MM-DD, where the job or this device says it is. */
export const today = (time: number, tz?: string): string =>
  new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(tz ? { timeZone: tz } : {}),
  }).format(time);

/** [R4] A run owes its output: without a revision of it made by this run, the run failed. */
export const owed = async (
  kernel: Kernel,
  process: Process,
  job: Job | undefined,
  date: string,
  ended: Ended,
): Promise<Ended> => {
  if (ended.state !== 'done' || !job?.expects) return ended;
  const path = job.expects.replaceAll('{date}', date);
  const history = await kernel.fs.history(path, { limit: 50 });
  if (history.ok && history.value.entries.some((revision) => revision.run === process.id)) return ended;
  // Writing the same bytes again makes no revision; what is owed is there all the same.
  const stat = kernel.fs.stat(path);
  if (stat && today(Date.parse(stat.at), job.tz) === date && ended.text !== undefined && job.expects.includes('{date}'))
    return ended;
  return {
    ...ended,
    state: 'failed',
    error: { code: 'ENOENT', call: 'run', path, message: `The run ended without its owed output ${path}.` },
  };
};

export const startAgent = async (
  kernel: Kernel,
  caller: Caller,
  start: Start,
  id: string,
): Promise<Result<{ process: Process; ended: Promise<Ended> }>> => {
  const file = roleFile(start.agent);
  const read = await kernel.fs.read(file, { as: 'text' });
  if (!read.ok) return err('ENOENT', `There is no agent ${start.agent}: ${file} does not exist.`, { path: file });
  const role = parseRole(file, String(read.value.content));
  if (!role.ok) return role;
  // Rights go by the actor's name: a role may not run under another's.
  if (role.value.name !== start.agent)
    return err(
      'EINVAL',
      `${file} says name: ${role.value.name}, but lies in the folder of ${start.agent}. The two must be the same.`,
      { path: file },
    );
  const above = start.above ?? lineageOf(caller);
  const loop = loops(start.agent, above);
  if (loop) return loop;
  const { job, rehearsal, due, resumes } = start;
  const after = resumes?.file ?? start.after;
  const date = today(resumes?.startedAt ?? kernel.now(), job?.tz);
  const prompt = start.prompt.replaceAll('{date}', date);
  const program = job?.program ?? role.value.program;
  const parent = start.parent ?? caller.run;
  const spawned = kernel.processes.spawn(
    {
      id,
      actor: `agent:${role.value.name}`,
      by: resumes?.by ?? caller.actor,
      kind: job ? 'job' : 'agent',
      agent: role.value.name,
      capabilities: [],
      record: true,
      title:
        resumes?.title ?? job?.title ?? job?.slug ?? start.prompt.split('\n', 1)[0]?.slice(0, 120) ?? role.value.name,
      prompt,
      ...(job ? { job: job.path } : {}),
      ...(program ? { program } : {}),
      ...(parent ? { parent } : {}),
      ...(job && due ? { slot: due.slot, also: slotLines(job.path, due, id, kernel) } : {}),
      ...(resumes ? { resumes } : {}),
      ...(rehearsal
        ? { recorded: rehearsal.title, model: rehearsal.model }
        : role.value.model
          ? { model: role.value.model }
          : {}),
      ...(start.after ? { after: start.after } : {}),
      ...(above.length > 0 ? { above } : {}),
    },
    async (process) => {
      const { actor, signal } = process;
      const sys = kernel.sys({ actor, run: process.id, capabilities: [], above, signal });
      const ended = await kernel.ports.agents.run(sys, {
        role: role.value,
        prompt,
        date,
        ...(job ? { job } : {}),
        ...(after ? { after } : {}),
        ...(rehearsal ? { rehearsal } : {}),
      });
      return owed(kernel, process, job, date, ended);
    },
  );
  return spawned.then(ok, refused);
};

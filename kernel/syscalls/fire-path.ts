/**
 * Fire a path: an agent, a job, or a program (to rehearse it). The same request, key or slot is one run; a run that has
 * a record has been fired. Only the scheduler fires a job for a slot: how it ends is written to the slot's ledger with
 * the run's own start and end, in one change set.
 */
import { hashHex } from '../protocol/bytes.ts';
import { PROGRAMS } from '../protocol/capability.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { JOBS, parseJob, type Job } from '../protocol/formats/job.ts';
import { RUNS, type RunRecord } from '../protocol/formats/records.ts';
import { isUnder, nameOf, parentOf, type Path } from '../protocol/paths.ts';
import type { FireValue } from '../protocol/syscalls.ts';
import type { Caller, Kernel } from './kernel.ts';
import { rehearse } from './rehearse.ts';
import type { DueSlot } from './slots.ts';
import { startAgent, type Start } from './start-agent.ts';
import { startBashJob } from './start-bash-job.ts';

type Args = Record<string, unknown> | undefined;

/** Who alone may say that a run stands for a slot. */
export const SCHEDULER = 'daemon:scheduler';

/** The same request, or the same key, is the same run. 48 bits: a hundred runs a day do not meet in a lifetime. */
export const runId = (kernel: Kernel, caller: Caller, target: string, key: string | undefined): string =>
  hashHex(
    key === undefined ? `${caller.cause}|${target}|${caller.cause ? '' : kernel.now()}` : `key|${target}|${key}`,
  ).slice(0, 12);

/** [R5] A run that has a record, of any day, has been fired. */
const recorded = async (kernel: Kernel, id: string): Promise<FireValue | undefined> => {
  const days = await kernel.fs.list(RUNS, { limit: 10_000 });
  const day = days.ok ? days.value.entries.find((stat) => kernel.fs.stat(`${stat.path}/${id}.jsonl`)) : undefined;
  const read = day && (await kernel.fs.read(`${day.path}/${id}.jsonl`, { as: 'text' }));
  if (!read?.ok) return undefined;
  const last = JSON.parse(String(read.value.content).trimEnd().split('\n').at(-1) ?? '{}') as RunRecord;
  if (last.t !== 'end') return { run: id, state: 'running' };
  return { run: id, state: last.state === 'done' ? 'done' : 'failed', result: last };
};

/** What a trigger saw change, as lines under the job's own words. */
const changedLines = (args: Args): string => {
  const changed = args?.['changed'];
  const paths = Array.isArray(changed)
    ? changed.filter((path): path is string => typeof path === 'string').slice(0, 100)
    : [];
  return paths.length === 0 ? '' : `\n\nChanged just now:\n${paths.map((path) => `- ${path}`).join('\n')}`;
};

const textArg = (args: Args, name: string): string | undefined => {
  const value = args?.[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
};

/** Which slot this run answers, where the scheduler says so; nobody else is heard. */
const slotIn = (caller: Caller, args: Args): DueSlot | undefined => {
  const slot = textArg(args, 'slot');
  const missed = args?.['missed'];
  if (caller.actor !== SCHEDULER || slot === undefined) return undefined;
  return { slot, ...(typeof missed === 'number' && missed > 0 ? { missed } : {}) };
};

/** [R6] Why this job does not run now, whoever asks; undefined when it may. */
export const whyNot = async (kernel: Kernel, job: Job): Promise<string | undefined> => {
  const { program } = job;
  const active = (one: { name: string; state: string }): boolean => one.name === program && one.state === 'active';
  return program && !(await kernel.facts.programs()).some(active)
    ? `The program ${program} is not active, so its jobs do not run.`
    : undefined;
};

const jobAt = async (kernel: Kernel, path: Path): Promise<Result<Job>> => {
  const read = await kernel.fs.read(path, { as: 'text' });
  return read.ok ? parseJob(path, String(read.value.content)) : read;
};

const orderFor = async (kernel: Kernel, caller: Caller, path: Path, args: Args): Promise<Result<Start>> => {
  if (isUnder(path, JOBS)) {
    const job = await jobAt(kernel, path);
    if (!job.ok) return job;
    const prompt =
      job.value.run === 'bash' ? job.value.body : (textArg(args, 'prompt') ?? job.value.body) + changedLines(args);
    const due = slotIn(caller, args);
    return ok({ agent: job.value.agent ?? '', prompt, job: job.value, ...(due ? { due } : {}) });
  }
  const folder = nameOf(path) === 'AGENT.md' ? parentOf(path) : path;
  if (parentOf(folder) !== '/workspace/agents')
    return err('EINVAL', `${path} is neither a job, an agent nor a program, so there is nothing to run.`, { path });
  const prompt = textArg(args, 'prompt');
  return prompt
    ? ok({ agent: nameOf(folder), prompt })
    : err('EINVAL', 'Say what the agent is to do: args: { prompt: "…" }.');
};

export const firePath = async (
  kernel: Kernel,
  caller: Caller,
  path: Path,
  args: Args,
  id: string,
): Promise<Result<FireValue>> => {
  if (kernel.processes.get(id)) return ok({ run: id, state: 'running' });
  const earlier = await recorded(kernel, id);
  if (earlier) return ok(earlier);
  const wait = args?.['wait'] === true;
  if (isUnder(path, PROGRAMS)) {
    if (args?.['rehearse'] !== true)
      return err(
        'EINVAL',
        'A program is fired to rehearse it: give args: { rehearse: true }. Its jobs are fired by their own paths.',
      );
    return caller.actor === 'operator'
      ? rehearse(kernel, caller, nameOf(path), id, wait)
      : err('EACCES', 'Only the operator rehearses a program.');
  }
  const policy = await kernel.facts.policy();
  if (policy.paused && caller.actor !== 'operator') return ok({ state: 'denied', result: 'Everything is stopped.' });
  const order = await orderFor(kernel, caller, path, args);
  if (!order.ok) return order;
  const { job } = order.value;
  const reason = job && (await whyNot(kernel, job));
  if (reason) return ok({ state: 'denied', result: reason });
  const { absent } = kernel.ports.bash;
  // [R10] Refused before it has begun: its slot, or its key, is still to be answered.
  if (job?.run === 'bash' && absent !== undefined) return err('EAGAIN', absent);
  const after = textArg(args, 'after');
  const start: Start = { ...order.value, ...(after ? { after } : {}) };
  const started = await (job?.run === 'bash' ? startBashJob : startAgent)(kernel, caller, start, id);
  // Somebody was quicker with the same request.
  if (!started.ok) return started.error.code === 'EEXIST' ? ok({ run: id, state: 'running' }) : started;
  if (!wait) return ok({ run: id, state: 'running' });
  const ended = await started.value.ended;
  return ok({ run: id, state: ended.state === 'done' ? 'done' : 'failed', result: ended });
};

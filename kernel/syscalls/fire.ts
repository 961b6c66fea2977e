/**
 * fire: start something now. A path names an agent, a job or a program (to rehearse it); an object is an effect.
 * Runs are processes: the answer comes when they have started, or with `wait` when they have ended.
 */
import { actorNameOf } from '../protocol/actor.ts';
import { hashHex } from '../protocol/bytes.ts';
import { isBash, type Effect } from '../protocol/effects.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { JOBS, parseJob } from '../protocol/formats/job.ts';
import { emptyUsage, RUNS, slotFile, type RunRecord } from '../protocol/formats/records.ts';
import { isUnder, nameOf, parsePath, parentOf, type Path } from '../protocol/paths.ts';
import { PROGRAMS } from '../protocol/capability.ts';
import type { FireValue } from '../protocol/syscalls.ts';
import { decideEffect } from '../policy/decide.ts';
import { authorOf, type Caller, type Handler, type Kernel } from './kernel.ts';
import { newProposal } from './propose.ts';
import { rehearse } from './rehearse.ts';
import { startAgent, type Start } from './start-agent.ts';

/** The same request, or the same key, is the same run. */
export const runId = (kernel: Kernel, caller: Caller, target: string, key: string | undefined): string =>
  hashHex(
    key === undefined ? `${caller.cause}|${target}|${caller.cause ? '' : kernel.now()}` : `key|${target}|${key}`,
  ).slice(0, 8);

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

/** [R5] An effect leaves no record of its own: who is first with a key writes its slot. */
const claimKey = (kernel: Kernel, caller: Caller, id: string, key: string): Promise<Result<unknown>> => {
  const content = `${JSON.stringify({ key, by: caller.actor, at: new Date(kernel.now()).toISOString() })}\n`;
  return kernel.fs.write([{ op: 'put', path: slotFile(id), content, base: null }], authorOf(caller, `Fires ${key}`));
};

/** What a trigger saw change, as lines under the job's own words. */
const changedLines = (args: Record<string, unknown> | undefined): string => {
  const changed = args?.['changed'];
  const paths = Array.isArray(changed)
    ? changed.filter((path): path is string => typeof path === 'string').slice(0, 100)
    : [];
  return paths.length === 0 ? '' : `\n\nChanged just now:\n${paths.map((path) => `- ${path}`).join('\n')}`;
};

const textArg = (args: Record<string, unknown> | undefined, name: string): string | undefined => {
  const value = args?.[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
};

const firePath = async (
  kernel: Kernel,
  caller: Caller,
  path: Path,
  args: Record<string, unknown> | undefined,
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

  let start: Start;
  if (isUnder(path, JOBS)) {
    const read = await kernel.fs.read(path, { as: 'text' });
    if (!read.ok) return read;
    const job = parseJob(path, String(read.value.content));
    if (!job.ok) return job;
    if (job.value.run === 'bash')
      return err(
        'ENOSYS',
        'Jobs that run a bash script arrive with the scheduler. Run the script from the command line.',
      );
    const program = job.value.program;
    if (program && !(await kernel.facts.programs()).some((one) => one.name === program && one.state === 'active')) {
      return ok({ state: 'denied', result: `The program ${program} is not active, so its jobs do not run.` });
    }
    const prompt = (textArg(args, 'prompt') ?? job.value.body) + changedLines(args);
    start = { agent: job.value.agent ?? '', prompt, job: job.value };
  } else {
    const folder = nameOf(path) === 'AGENT.md' ? parentOf(path) : path;
    if (parentOf(folder) !== '/workspace/agents')
      return err('EINVAL', `${path} is neither a job, an agent nor a program, so there is nothing to run.`, { path });
    const prompt = textArg(args, 'prompt');
    if (!prompt) return err('EINVAL', 'Say what the agent is to do: args: { prompt: "…" }.');
    start = { agent: nameOf(folder), prompt };
  }
  const after = textArg(args, 'after');
  const started = await startAgent(kernel, caller, { ...start, ...(after ? { after } : {}) }, id);
  // Somebody was quicker with the same request.
  if (!started.ok) return started.error.code === 'EEXIST' ? ok({ run: id, state: 'running' }) : started;
  if (!wait) return ok({ run: id, state: 'running' });
  const ended = await started.value.ended;
  return ok({ run: id, state: ended.state === 'done' ? 'done' : 'failed', result: ended });
};

const fireBash = async (kernel: Kernel, caller: Caller, effect: Effect, id: string): Promise<Result<FireValue>> => {
  if (!isBash(effect)) return err('EINVAL', 'A bash effect needs a script.');
  const { kind: _kind, ...order } = effect;
  let answer: Awaited<ReturnType<typeof kernel.ports.bash.run>> | undefined;
  const parent = caller.run === '' ? {} : { parent: caller.run };
  const line = order.script.split('\n', 1)[0] ?? '';
  const spawned = await kernel.processes.spawn(
    {
      id,
      actor: caller.actor,
      by: caller.actor,
      kind: 'bash',
      title: line.slice(0, 200),
      capabilities: caller.capabilities,
      record: false,
      ...parent,
    },
    async (process) => {
      const abort = AbortSignal.any([process.signal, caller.signal]);
      // An agent's bash line belongs to the agent's run, so that the run can be read, and undone, as one.
      answer = await kernel.ports.bash.run(
        kernel.sys({ actor: caller.actor, run: caller.run || id, capabilities: caller.capabilities, signal: abort }),
        order,
      );
      return { state: answer.ok ? 'done' : 'failed', usage: emptyUsage() };
    },
  );
  await spawned.ended;
  if (!answer) return err('EIO', 'The command line broke before it answered.');
  return answer.ok ? ok({ run: id, state: 'done', result: answer.value }) : answer;
};

const fireEffect = async (
  kernel: Kernel,
  caller: Caller,
  effect: Effect,
  id: string,
  key: string | undefined,
): Promise<Result<FireValue>> => {
  const facts = await kernel.facts.of(caller.actor, caller.capabilities);
  const verdict = decideEffect(caller.actor, effect, facts);
  if (verdict.verdict === 'deny') return err(verdict.code, verdict.reason);
  const again = (result: string): Result<FireValue> =>
    ok(kernel.processes.get(id) ? { run: id, state: 'running' } : { run: id, state: 'unknown', result });
  // [G6] Writes of a bash line carry its run: one that began before the kernel moved is not begun again.
  if ([...kernel.causes.keys()].some((cause) => cause.startsWith(`${id}.`))) {
    return again('This was begun before and may not have ended. It is not done again: look at what it wrote.');
  }
  const claimed = key === undefined ? ok(undefined) : await claimKey(kernel, caller, id, key);
  if (!claimed.ok) {
    return claimed.error.code === 'EEXIST' ? again('This key was fired before. It is not fired again.') : claimed;
  }
  if (verdict.verdict === 'queue') {
    const asked = {
      effect,
      rationale: `${actorNameOf(caller.actor)} fired it.`,
      reversibility: 'irreversible',
    } as const;
    const proposed = await newProposal(kernel, caller, asked, verdict.reason);
    return proposed.ok
      ? ok({ state: 'queued', result: { proposal: proposed.value.id, reason: verdict.reason } })
      : proposed;
  }
  if (effect.kind === 'bash') return fireBash(kernel, caller, effect, id);
  const done = await kernel.ports.effects.run(kernel.sys({ ...caller, capabilities: [] }), effect);
  return done.ok ? ok({ state: 'done', result: done.value }) : done;
};

export const fire: Handler<'fire'> = async (kernel, caller, { target, args, key }) => {
  if (typeof target !== 'string')
    return fireEffect(kernel, caller, target, runId(kernel, caller, target.kind, key), key);
  const path = parsePath(target);
  return path.ok ? firePath(kernel, caller, path.value, args, runId(kernel, caller, path.value, key)) : path;
};

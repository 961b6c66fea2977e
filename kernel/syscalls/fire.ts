/**
 * fire: start something now. A path names an agent, a job or a program (to rehearse it); an object is an effect.
 * Runs are processes: the answer comes when they have started, or with `wait` when they have ended.
 */
import { actorNameOf } from '../protocol/actor.ts';
import { isBash, isHttp, isMcp, isOutward, looks, type Effect } from '../protocol/effects.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { emptyUsage, slotFile } from '../protocol/formats/records.ts';
import { parsePath } from '../protocol/paths.ts';
import type { FireValue } from '../protocol/syscalls.ts';
import { queue } from '../policy/decide.ts';
import { decideBelow } from '../policy/decide-below.ts';
import { decideEffect } from '../policy/decide-effect.ts';
import { firePath, runId } from './fire-path.ts';
import { authorOf, type Caller, type Handler, type Kernel } from './kernel.ts';
import { carry } from './mcp.ts';
import { factsFor } from './outside-facts.ts';
import { newProposal } from './propose.ts';
import { noteSource } from './taint.ts';

/** [R5] An effect leaves no record of its own: who is first with a key writes its slot. */
const claimKey = (kernel: Kernel, caller: Caller, id: string, key: string): Promise<Result<unknown>> => {
  const content = `${JSON.stringify({ key, by: caller.actor, at: new Date(kernel.now()).toISOString() })}\n`;
  return kernel.fs.write([{ op: 'put', path: slotFile(id), content, base: null }], authorOf(caller, `Fires ${key}`));
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
      const { actor, capabilities, above } = caller;
      const abort = AbortSignal.any([process.signal, caller.signal]);
      // An agent's bash line belongs to the agent's run, so that the run can be read, and undone, as one.
      answer = await kernel.ports.bash.run(
        kernel.sys({ actor, run: caller.run || id, capabilities, above, signal: abort }),
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
  const facts = await factsFor(kernel, caller.actor, effect, caller.capabilities);
  // A script is judged line by line; what it sends comes here again.
  const above = effect.kind === 'bash' ? [] : (caller.above ?? []);
  const uppers = above.map(async (name) => {
    const actor = `agent:${name}` as const;
    return { actor, facts: await factsFor(kernel, actor, effect) };
  });
  const decided = decideBelow({ actor: caller.actor, facts }, await Promise.all(uppers), (actor, known) =>
    decideEffect(actor, effect, known),
  );
  const sends = isOutward(effect) && !looks(effect);
  const offline = isOutward(effect) && kernel.ports.effects.online?.() === false;
  if (decided.verdict === 'apply' && offline && (looks(effect) || caller.actor === 'operator'))
    return err('EAGAIN', 'This device is offline. Nothing was sent: try again when it is online.');
  const verdict =
    decided.verdict === 'apply' && offline ? queue('This device was offline when it was asked for.') : decided;
  if (verdict.verdict === 'deny') return err(verdict.code, verdict.reason);
  const again = (result: string): Result<FireValue> =>
    ok(kernel.processes.get(id) ? { run: id, state: 'running' } : { run: id, state: 'unknown', result });
  // [G6] Writes of a bash line carry its run: one that began before the kernel moved is not begun again.
  if ([...kernel.causes.keys()].some((cause) => cause.startsWith(`${id}.`))) {
    return again('This was begun before and may not have ended. It is not done again: look at what it wrote.');
  }
  // What is sent is sent once: without a key, the request itself is one.
  const once = key ?? (sends && verdict.verdict === 'apply' ? caller.cause : undefined);
  const claimed = once === undefined ? ok(undefined) : await claimKey(kernel, caller, id, once);
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
  const done = await carry(kernel, kernel.sys({ ...caller, capabilities: [] }), effect);
  if (isHttp(effect)) noteSource(kernel, caller, `${effect.method} ${effect.url.replace(/[?#].*$/, '')}`);
  if (isMcp(effect)) noteSource(kernel, caller, `${effect.tool} of MCP server ${effect.server}`);
  if (done.ok) return ok({ state: 'done', result: done.value });
  return done.error.detail?.['unknown'] ? ok({ state: 'unknown', result: done.error.message }) : done;
};

export const fire: Handler<'fire'> = async (kernel, caller, { target, args, key }) => {
  if (typeof target !== 'string')
    return fireEffect(kernel, caller, target, runId(kernel, caller, target.kind, key), key);
  const path = parsePath(target);
  return path.ok ? firePath(kernel, caller, path.value, args, runId(kernel, caller, path.value, key)) : path;
};

/** Facts for an effect: with the operator's policy, whoever asks, and the place of the MCP server that it names. */
import type { Actor } from '../protocol/actor.ts';
import type { Capability } from '../protocol/capability.ts';
import { isMcp, isMcpTools, isOutward, type Effect } from '../protocol/effects.ts';
import { decideBelow, type Judged } from '../policy/decide-below.ts';
import { decideEffect, decideEgress } from '../policy/decide-effect.ts';
import type { Facts, Verdict } from '../policy/decide.ts';
import type { Caller, Kernel } from './kernel.ts';
import { serverOf } from './mcp.ts';

export const factsFor = async (
  kernel: Kernel,
  actor: Actor,
  effect: Effect,
  capabilities: readonly Capability[] = [],
): Promise<Facts> => {
  const facts = await kernel.facts.of(actor, capabilities);
  if (!isOutward(effect)) return facts;
  const server = isMcp(effect) || isMcpTools(effect) ? await serverOf(kernel, effect.server) : undefined;
  return { ...facts, policy: await kernel.facts.policy(), server };
};

/**
 * [E11] May this actor do it, in a run that those above led to? Each of them is asked as well. A script is judged line by
 * line: what it sends comes here again.
 */
export const judgeEffect = async (
  kernel: Kernel,
  { actor, capabilities, above = [] }: Pick<Caller, 'actor' | 'capabilities' | 'above'>,
  effect: Effect,
): Promise<Verdict> => {
  const judged = async (one: Actor, held: readonly Capability[]): Promise<Judged> => ({
    actor: one,
    facts: await factsFor(kernel, one, effect, held),
  });
  const uppers = await Promise.all((effect.kind === 'bash' ? [] : above).map((name) => judged(`agent:${name}`, [])));
  return decideBelow(await judged(actor, capabilities), uppers, (one, facts) => decideEffect(one, effect, facts));
};

/** [E1] May it leave at all, whoever approved it? */
export const fenceFor = async (kernel: Kernel, effect: Effect): Promise<Verdict> => {
  const { policy, server } = await factsFor(kernel, 'operator', effect);
  return decideEgress(effect, policy.egress, server);
};

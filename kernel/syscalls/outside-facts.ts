/** Facts for an effect: with the operator's policy, whoever asks, and the place of the MCP server that it names. */
import type { Actor } from '../protocol/actor.ts';
import type { Capability } from '../protocol/capability.ts';
import { isMcp, isMcpTools, isOutward, type Effect } from '../protocol/effects.ts';
import { decideEgress } from '../policy/decide-effect.ts';
import type { Facts, Verdict } from '../policy/decide.ts';
import type { Kernel } from './kernel.ts';
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

/** [E1] May it leave at all, whoever approved it? */
export const fenceFor = async (kernel: Kernel, effect: Effect): Promise<Verdict> => {
  const { policy, server } = await factsFor(kernel, 'operator', effect);
  return decideEgress(effect, policy.egress, server);
};

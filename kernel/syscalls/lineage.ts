/**
 * [L4] Which agents' runs led to a run: who started whom, from the first. It is carried from handle to handle, so no agent
 * can say it otherwise, and it ends chains that are too long or come round again.
 */
import { actorKind, actorNameOf } from '../protocol/actor.ts';
import { err, type Err } from '../protocol/errors.ts';
import type { Judged } from '../policy/decide-below.ts';
import type { Caller, Kernel } from './kernel.ts';

/** Agents in one chain, the last included. */
const DEEPEST = 4;

/** Above whatever the caller starts. */
export const lineageOf = ({ actor, above = [] }: Pick<Caller, 'actor' | 'above'>): readonly string[] =>
  actorKind(actor) === 'agent' ? [...above, actorNameOf(actor)] : above;

/** What holds for each of those above the caller. */
export const factsAbove = (kernel: Kernel, { above = [] }: Pick<Caller, 'above'>): Promise<Judged[]> =>
  Promise.all(
    above.map(async (name) => ({ actor: `agent:${name}` as const, facts: await kernel.facts.of(`agent:${name}`, []) })),
  );

/** Why `agent` is not started below these; undefined when it may be. */
export const loops = (agent: string, above: readonly string[]): Err | undefined => {
  const chain = [...above, agent].join(' → ');
  if (above.includes(agent))
    return err(
      'EINVAL',
      `${agent} waits further up for this very work (${chain}). Do it yourself, or give it to another agent.`,
    );
  return above.length >= DEEPEST
    ? err('EINVAL', `Agents start agents at most ${DEEPEST} deep, and this would be ${chain}. Do it yourself.`)
    : undefined;
};

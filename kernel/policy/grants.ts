/** What the operator's policy grants an actor at a moment. A line whose time is over grants nothing. */
import type { Actor } from '../protocol/actor.ts';
import type { Policy } from '../protocol/formats/policy.ts';

export const granted = (policy: Policy, actor: Actor, what: 'write' | 'effects', now: number): string[] => {
  const grants = policy.grants[actor];
  return (grants?.[what] ?? []).filter((line) => {
    const until = grants?.until?.[line];
    return until === undefined || Date.parse(until) > now;
  });
};

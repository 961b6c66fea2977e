/**
 * [L4] What a run may do that another agent's run led to: what everybody above it may do as well. Whoever has work done by
 * another may not have done what it may not do. Pure; each is judged as if it asked itself.
 */
import { actorNameOf, type Actor } from '../protocol/actor.ts';
import type { Path } from '../protocol/paths.ts';
import { decideWrite, memoryOf, type Facts, type Verdict } from './decide.ts';

/** An actor, and what holds for it. */
export type Judged = { actor: Actor; facts: Facts };

/** From widest to strictest. */
const STRICTNESS: readonly Verdict['verdict'][] = ['apply', 'queue', 'deny'];
const isStricter = (a: Verdict, b: Verdict): boolean => STRICTNESS.indexOf(a.verdict) > STRICTNESS.indexOf(b.verdict);

/** The strictest of all verdicts, in words that name whose it is. */
export const decideBelow = (
  own: Judged,
  above: readonly Judged[],
  decide: (actor: Actor, facts: Facts) => Verdict,
): Verdict => {
  let strictest = decide(own.actor, own.facts);
  for (const upper of above) {
    const verdict = decide(upper.actor, upper.facts);
    if (verdict.verdict === 'apply' || !isStricter(verdict, strictest)) continue;
    const reason = `${actorNameOf(own.actor)} works for ${actorNameOf(upper.actor)} in this run, which is bound as well: ${verdict.reason}`;
    strictest = { ...verdict, reason };
  }
  return strictest;
};

/** A memory is its owner's alone, whomever it works for. */
export const decideWriteBelow = (own: Judged, above: readonly Judged[], path: Path): Verdict =>
  decideBelow(own, memoryOf(path) === actorNameOf(own.actor) ? [] : above, (actor, facts) =>
    decideWrite(actor, path, facts),
  );

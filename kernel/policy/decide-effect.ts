/**
 * May this actor do that outside? Two things must both say yes for an address: the operator's `egress`, which fences
 * everybody, and a grant of the actor's own. Then the table of autonomy holds. Pure, like decide.ts.
 */
import { actorKind, actorNameOf, type Actor } from '../protocol/actor.ts';
import {
  effectClass,
  isDownload,
  isHttp,
  isMcp,
  isMcpTools,
  isOutward,
  type Effect,
  type EffectClass,
} from '../protocol/effects.ts';
import { grantsFor, isOnEgress, parseAddress, stops, type EffectGrant } from '../protocol/outside.ts';
import { APPLY, deny, queue, stricter, type Facts, type Verdict } from './decide.ts';
import { granted } from './grants.ts';

/** [E1] The fence: nothing goes to an address that is not on it, whoever asks and whoever approved. */
export const decideEgress = (
  effect: Effect,
  egress: readonly string[],
  server: { url: string } | undefined,
): Verdict => {
  if (!isOutward(effect)) return APPLY;
  if (!isHttp(effect) && !server)
    return deny(
      'EACCES',
      `There is no MCP server ${String('server' in effect ? effect.server : '')} here: name it in policy (mcp), or activate its program.`,
    );
  const address = parseAddress(isHttp(effect) ? effect.url : (server?.url ?? ''));
  if (!address.ok) return deny('EACCES', address.error.message);
  return isOnEgress(address.value, egress)
    ? APPLY
    : deny('EACCES', `${address.value.origin} is not on the list of places to reach (egress in /system/policy.yaml).`);
};

const nameOf = (effect: Effect): string => {
  if (isHttp(effect)) return `${effect.method} ${effect.url}${effect.secret ? ` with ${effect.secret.name}` : ''}`;
  return isMcp(effect) ? `${effect.tool} of MCP server ${effect.server}` : effect.kind;
};

/** Of several grants that cover it, the one that the operator was most generous in. */
const mildest = (effect: Effect, grants: readonly EffectGrant[]): EffectClass => {
  const classes = grants.map((grant) => effectClass(effect, grant.class));
  return (
    (['read', 'spend', 'external-reversible'] as const).find((one) => classes.includes(one)) ?? 'external-irreversible'
  );
};

/** [A12] The table for what is not a mere read. */
const overAutonomy = (effect: Effect, strictness: EffectClass, { policy, role }: Facts): Verdict => {
  if (policy.paused) return queue('Everything is stopped.');
  const rule = stops(effect, policy.never_auto);
  if (rule) return queue(`Your rule never_auto says: ${rule}.`);
  const autonomy = stricter(policy.autonomy, role?.autonomy);
  if (autonomy === 'manual') return queue('Autonomy is manual: every change waits for you.');
  if (strictness === 'workspace') return APPLY;
  if (strictness === 'external-irreversible') return queue('It cannot be undone.');
  const usd = (isHttp(effect) || isMcp(effect)) && effect.value ? effect.value.usd : undefined;
  if (autonomy === 'autonomous') {
    if (usd === undefined && strictness === 'spend') return queue('It spends, and no value is known for it.');
    const budget = policy.budget?.usd;
    return usd !== undefined && budget !== undefined && usd > budget
      ? queue(`Its value, ${usd} USD, is above the budget of ${budget} USD.`)
      : APPLY;
  }
  if (usd === undefined) return queue('It reaches outside, and no value is known for it.');
  const ceiling = policy.ceiling.usd;
  return usd <= ceiling ? APPLY : queue(`Its value, ${usd} USD, is above your ceiling of ${ceiling} USD.`);
};

/** [P9] An effect that nobody listed is the strictest class: it waits, whoever asks. */
export const decideEffect = (actor: Actor, effect: Effect, facts: Facts): Verdict => {
  const { policy, role } = facts;
  const name = actorNameOf(actor);
  if (effect.kind === 'bash') {
    if (actor === 'operator') return APPLY;
    if (actorKind(actor) === 'agent' && !role?.tools.includes('bash'))
      return deny('EACCES', `${name} does not have bash among its tools.`);
    return policy.paused ? queue('Everything is stopped.') : APPLY;
  }
  if (isDownload(effect)) {
    return actor === 'operator'
      ? APPLY
      : deny('EACCES', 'Only the operator saves files. Name the file in your answer.');
  }
  // [N5] What the kernel's own machinery has to say does not wait for anybody.
  if ((actor === 'operator' || actorKind(actor) === 'daemon') && effect.kind === 'notify') return APPLY;
  if (isMcpTools(effect) && actor !== 'operator')
    return deny(
      'EACCES',
      'Only the operator approves tools. Those that are approved stand in /system/mcp; propose others.',
    );
  if (!isOutward(effect)) {
    return actor === 'operator' ? queue('It cannot be undone.') : overAutonomy(effect, effectClass(effect), facts);
  }
  const fenced = decideEgress(effect, policy.egress, facts.server);
  if (fenced.verdict !== 'apply') return fenced;
  // The operator's own hand needs no grant and waits for nobody.
  if (actor === 'operator') return APPLY;
  const lines = actorKind(actor) === 'agent' ? [...granted(policy, actor, 'effects', facts.now), ...facts.effects] : [];
  const grants = grantsFor(effect, lines);
  if (grants.length === 0) return deny('EACCES', `${actor} has no grant for ${nameOf(effect)}. Propose it instead.`);
  const strictness = mildest(effect, grants);
  // A mere look applies in every mode, as reads of files do.
  return strictness === 'read' ? APPLY : overAutonomy(effect, strictness, facts);
};

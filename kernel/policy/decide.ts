/**
 * The one place that says what an actor may do: (who, what, facts) → apply, queue or deny. Pure; it reads no file and
 * keeps no state. Rights come from the operator's policy and from powers the operator consented to, never from prose:
 * a role can only narrow them.
 */
import { actorKind, actorNameOf, type Actor } from '../protocol/actor.ts';
import {
  AUTONOMY,
  PROC,
  PROGRAMS,
  roleFile,
  SYSTEM,
  WORKSPACE,
  type Autonomy,
  type Capability,
} from '../protocol/capability.ts';
import { effectClass, type Effect, type EffectClass } from '../protocol/effects.ts';
import type { Policy } from '../protocol/formats/policy.ts';
import type { Role } from '../protocol/formats/role.ts';
import { isUnder, matcher, type Path } from '../protocol/paths.ts';

export type Verdict =
  | { verdict: 'apply' }
  | { verdict: 'queue'; reason: string }
  | { verdict: 'deny'; code: 'EACCES' | 'EROFS'; reason: string };

export type Facts = {
  policy: Policy;
  /** Write patterns consented to for this actor through an active program. */
  powers: readonly string[];
  /** The agent's own role; absent for everybody else. */
  role?: Role | undefined;
  /** Minted for this process by a call the operator made. */
  capabilities: readonly Capability[];
};

const APPLY: Verdict = { verdict: 'apply' };
const deny = (code: 'EACCES' | 'EROFS', reason: string): Verdict => ({ verdict: 'deny', code, reason });
const queue = (reason: string): Verdict => ({ verdict: 'queue', reason });

/** [P7] Where policy and role disagree, the stricter holds. */
export const stricter = (a: Autonomy, b: Autonomy | undefined): Autonomy =>
  b === undefined || AUTONOMY.indexOf(a) <= AUTONOMY.indexOf(b) ? a : b;

/** Files that decide what agents may do or when they run. No grant reaches them: an agent may only propose them. */
export const isAuthority = matcher([
  '/workspace/agents',
  // An agent's folder itself: to move one there, or away, is to make or end an agent.
  '/workspace/agents/*',
  '/workspace/agents/*/AGENT.md',
  '/workspace/jobs/**',
  '/workspace/settings/**',
  '/workspace/surfaces/**',
]);

const holds = (capabilities: readonly Capability[], path: Path): boolean =>
  capabilities.some((capability) => matcher(capability.paths)(path));

/** The agent whose private memory a path lies in. */
export const memoryOf = (path: Path): string | undefined =>
  /^\/workspace\/agents\/([^/]+)\/memory(?:\/|$)/.exec(path)?.[1];

export const decideRead = (actor: Actor, path: Path): Verdict => {
  const owner = memoryOf(path);
  if (owner === undefined || actorKind(actor) !== 'agent' || actorNameOf(actor) === owner) return APPLY;
  return deny('EACCES', `${path} is the private memory of agent ${owner}.`);
};

const neverAuto = (policy: Policy, word: 'path', target: string): string | undefined =>
  policy.never_auto.find((rule) => {
    const [kind, pattern] = rule.split(/\s+/, 2);
    return kind === word && pattern !== undefined && matcher(pattern)(target);
  });

export const decideWrite = (actor: Actor, path: Path, facts: Facts): Verdict => {
  // Minted capabilities come first: they are how the kernel's own calls reach what ordinary writes cannot.
  if (holds(facts.capabilities, path)) return APPLY;
  if (isUnder(path, PROC)) return deny('EROFS', '/proc shows what runs; it cannot be written.');
  if (isUnder(path, PROGRAMS))
    return deny('EROFS', '/programs holds installed bundles as they came. Edit the copy in /workspace.');
  if (isUnder(path, SYSTEM)) {
    return deny(
      'EACCES',
      actor === 'operator'
        ? `${path} is written by the kernel alone.`
        : `${path} is the kernel's. Nobody but the operator decides policy, and nobody else writes /system.`,
    );
  }
  if (!isUnder(path, WORKSPACE)) return deny('EACCES', 'Files are written below /workspace.');
  if (actor === 'operator') return APPLY;
  if (actorKind(actor) !== 'agent') return deny('EACCES', `${actor} may not write ${path}.`);

  const name = actorNameOf(actor);
  const owner = memoryOf(path);
  // Its own memory needs no grant and waits for nobody, unless everything is stopped or the operator said so.
  if (owner === name) {
    const rule = neverAuto(facts.policy, 'path', path);
    return facts.policy.paused || rule ? autonomyOver('workspace', facts, rule) : APPLY;
  }
  if (owner !== undefined) return deny('EACCES', `${path} is the private memory of agent ${owner}.`);
  if (isAuthority(path)) return deny('EACCES', `${path} decides what agents may do. Propose the change instead.`);

  const granted = [...(facts.policy.grants[actor]?.write ?? []), ...facts.powers];
  if (granted.length === 0 || !matcher(granted)(path))
    return deny('EACCES', `${name} has no grant to write ${path}. Propose the change instead.`);
  const asked = facts.role?.write ?? [];
  if (asked.length === 0 || !matcher(asked)(path))
    return deny('EACCES', `${roleFile(name)} does not let ${name} write ${path}.`);
  return autonomyOver('workspace', facts, neverAuto(facts.policy, 'path', path));
};

const autonomyOver = (effect: EffectClass, { policy, role }: Facts, rule: string | undefined): Verdict => {
  if (effect === 'read') return APPLY;
  if (policy.paused) return queue('Everything is stopped.');
  if (rule) return queue(`Your rule never_auto says: ${rule}.`);
  const autonomy = stricter(policy.autonomy, role?.autonomy);
  if (autonomy === 'manual') return queue('Autonomy is manual: every change waits for you.');
  if (effect === 'workspace') return APPLY;
  return queue(
    effect === 'external-irreversible' ? 'It cannot be undone.' : 'It reaches outside, and no value is known for it.',
  );
};

/** [P9] An effect that nobody listed is the strictest class: it waits, whoever asks. */
export const decideEffect = (actor: Actor, effect: Effect, facts: Facts): Verdict => {
  const strictness = effectClass(effect);
  if (effect.kind === 'bash') {
    if (actor === 'operator') return APPLY;
    if (actorKind(actor) === 'agent' && !facts.role?.tools.includes('bash'))
      return deny('EACCES', `${actorNameOf(actor)} does not have bash among its tools.`);
    return facts.policy.paused ? queue('Everything is stopped.') : APPLY;
  }
  if (actor === 'operator' && strictness === 'workspace') return APPLY;
  // [N5] What the kernel's own machinery has to say does not wait for anybody.
  if (actorKind(actor) === 'daemon' && effect.kind === 'notify') return APPLY;
  if (actor === 'operator') return queue('It cannot be undone.');
  return autonomyOver(strictness, facts, undefined);
};

/** [C7] Who proposed never decides; here only the operator decides at all. */
export const decideDecision = (actor: Actor, proposedBy: Actor): Verdict => {
  if (actor !== 'operator') return deny('EACCES', 'Only the operator decides proposals.');
  return actor === proposedBy ? deny('EACCES', 'You proposed this yourself. Do it directly, or let it expire.') : APPLY;
};

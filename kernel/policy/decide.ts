/**
 * The one place that says what an actor may do: (who, what, facts) → apply, queue or deny. Pure; it reads no file and
 * keeps no state. Rights come from the operator's policy and from powers the operator consented to, never from prose:
 * a role can only narrow them.
 */
import { actorKind, actorNameOf, type Actor } from '../protocol/actor.ts';
import { isAuthority } from '../protocol/authority.ts';
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
import type { Policy } from '../protocol/formats/policy.ts';
import type { Role } from '../protocol/formats/role.ts';
import { isUnder, matcher, type Path } from '../protocol/paths.ts';
import { granted } from './grants.ts';

export type Verdict =
  | { verdict: 'apply' }
  | { verdict: 'queue'; reason: string }
  | { verdict: 'deny'; code: 'EACCES' | 'EROFS'; reason: string };

export type Facts = {
  policy: Policy;
  /** Write patterns consented to for this actor through an active program. */
  powers: readonly string[];
  /** Effects consented to likewise, as lines of a grant. */
  effects: readonly string[];
  /** Where the MCP server lies that an effect names. */
  server?: { url: string } | undefined;
  /** The kernel's clock: grants end. */
  now: number;
  /** The agent's own role; absent for everybody else. */
  role?: Role | undefined;
  /** Minted for this process by a call the operator made. */
  capabilities: readonly Capability[];
};

export const APPLY: Verdict = { verdict: 'apply' };
export const deny = (code: 'EACCES' | 'EROFS', reason: string): Verdict => ({ verdict: 'deny', code, reason });
export const queue = (reason: string): Verdict => ({ verdict: 'queue', reason });

/** [P7] Where policy and role disagree, the stricter holds. */
export const stricter = (a: Autonomy, b: Autonomy | undefined): Autonomy =>
  b === undefined || AUTONOMY.indexOf(a) <= AUTONOMY.indexOf(b) ? a : b;

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
    return facts.policy.paused || rule ? autonomyOver(facts, rule) : APPLY;
  }
  if (owner !== undefined) return deny('EACCES', `${path} is the private memory of agent ${owner}.`);
  if (isAuthority(path)) return deny('EACCES', `${path} decides what agents may do. Propose the change instead.`);

  const patterns = [...granted(facts.policy, actor, 'write', facts.now), ...facts.powers];
  if (patterns.length === 0 || !matcher(patterns)(path))
    return deny('EACCES', `${name} has no grant to write ${path}. Propose the change instead.`);
  const asked = facts.role?.write ?? [];
  if (asked.length === 0 || !matcher(asked)(path))
    return deny('EACCES', `${roleFile(name)} does not let ${name} write ${path}.`);
  return autonomyOver(facts, neverAuto(facts.policy, 'path', path));
};

const autonomyOver = ({ policy, role }: Facts, rule: string | undefined): Verdict => {
  if (policy.paused) return queue('Everything is stopped.');
  if (rule) return queue(`Your rule never_auto says: ${rule}.`);
  return stricter(policy.autonomy, role?.autonomy) === 'manual'
    ? queue('Autonomy is manual: every change waits for you.')
    : APPLY;
};

/** [C7] [C8] The operator decides, or the reviewer whom the author's role names; who proposed never does. */
export const decideDecision = (actor: Actor, proposedBy: Actor, reviewer?: string): Verdict => {
  if (actor === proposedBy) return deny('EACCES', 'You proposed this yourself. Do it directly, or let it expire.');
  if (actor === 'operator' || (reviewer !== undefined && actor === `agent:${reviewer}`)) return APPLY;
  return deny('EACCES', 'Only the operator decides proposals, and the reviewer that a role names.');
};

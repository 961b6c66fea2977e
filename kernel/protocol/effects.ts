/**
 * Effects: things that reach outside the files. A closed set of kinds; an unknown kind is treated as irreversible.
 * The kernel binds consent to `effectHash`, so changing any input changes the hash and voids the approval.
 */
import * as z from 'zod/mini';
import { canonicalJson, hashHex } from './bytes.ts';

/** From weakest to strictest. */
export const EFFECT_CLASSES = ['read', 'workspace', 'spend', 'external-reversible', 'external-irreversible'] as const;
export type EffectClass = (typeof EFFECT_CLASSES)[number];

const notify = z
  .object({
    kind: z.literal('notify'),
    title: z.string().check(z.minLength(1), z.maxLength(200)),
    body: z._default(z.string().check(z.maxLength(4000)), ''),
  })
  .check(z.describe('Tell the operator something: shown in the cockpit and kept in the narrative.'));

const bash = z
  .object({
    kind: z.literal('bash'),
    script: z.string().check(z.minLength(1), z.maxLength(200_000)),
    cwd: z.optional(z.string()).check(z.describe('Absolute folder to start in; /workspace when left out.')),
    env: z.optional(z.record(z.string(), z.string())),
  })
  .check(z.describe('Run a bash script over the workspace, as the caller.'));

/** Any object with a kind: what is not known is refused later, with words, as the strictest class. */
const unknownEffect = z.looseObject({ kind: z.string().check(z.minLength(1)) });

export const effectSchema = z.union([notify, bash, unknownEffect]);
export type NotifyEffect = z.infer<typeof notify>;
export type BashEffect = z.infer<typeof bash>;
export type Effect = NotifyEffect | BashEffect | ({ kind: string } & Record<string, unknown>);

export const isNotify = (effect: Effect): effect is NotifyEffect => notify.safeParse(effect).success;
export const isBash = (effect: Effect): effect is BashEffect => bash.safeParse(effect).success;

/** A notice stays on this device; a bash line is its own syscalls, each of which passes the gate again. */
const CLASS_OF: Record<string, EffectClass> = { notify: 'workspace', bash: 'workspace' };
export const effectClass = (effect: Effect): EffectClass =>
  (Object.hasOwn(CLASS_OF, effect.kind) ? CLASS_OF[effect.kind] : undefined) ?? 'external-irreversible';

/** What consent binds to: SHA-256 over the canonical JSON of everything that will happen. */
export const consentHash = (what: { changes?: unknown; effect?: unknown }): string =>
  hashHex(canonicalJson({ changes: what.changes ?? null, effect: what.effect ?? null }));

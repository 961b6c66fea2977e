/** What an effect is to this room: how it is carried out, and what it needs from outside. Types only. */
import type { Actor } from '../protocol/actor.ts';
import type { Effect } from '../protocol/effects.ts';
import type { Result } from '../protocol/errors.ts';
import type { Carried, KnownServer, SecretsPort } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';

/** `by` and `run` come from the handle, never from the effect. */
export type Notice = { title: string; body: string; by: Actor; run: string };

export type EffectsOptions = {
  notify: (notice: Notice) => void | Promise<void>;
  /** Gives a secret's value for an origin it was stored for. */
  secrets: SecretsPort['use'];
  fetch: typeof fetch;
  /** How long an answer may take, and how much of it is read. */
  limits: { ms: number; bytes: number };
};

/** Carries out one effect, which the gate has decided may happen. `said` is what the outside answered. */
export type Carry = (
  sys: Sys,
  effect: Effect,
  options: EffectsOptions,
  known?: KnownServer,
) => Promise<Result<Carried>>;

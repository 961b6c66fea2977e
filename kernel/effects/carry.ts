/** What an effect is to this room: how it is carried out, and what it needs from outside. Types only. */
import type { Actor } from '../protocol/actor.ts';
import type { Effect } from '../protocol/effects.ts';
import type { Result } from '../protocol/errors.ts';
import type { Sys } from '../protocol/sys.ts';

/** `by` and `run` come from the handle, never from the effect. */
export type Notice = { title: string; body: string; by: Actor; run: string };

export type EffectsOptions = { notify: (notice: Notice) => void | Promise<void> };

/** Carries out one effect, which the gate has decided may happen. `said` is what the outside answered. */
export type Carry = (sys: Sys, effect: Effect, options: EffectsOptions) => Promise<Result<{ said: string }>>;

/**
 * Who asks. An actor is fixed by the port a request came through, never by an argument.
 */
import * as z from 'zod/mini';

export type Actor = 'operator' | `agent:${string}` | `program:${string}` | `daemon:${string}`;
export type ActorKind = 'operator' | 'agent' | 'program' | 'daemon';

const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** A name an agent, program or daemon may bear: lower case, digits, `. _ -`, at most 64 characters. */
export const actorName = z
  .string()
  .check(z.regex(NAME, 'Use lower-case letters, digits, dots, dashes; at most 64 characters.'));

export const actorKind = (actor: Actor): ActorKind => actor.split(':', 1)[0] as ActorKind;

/** The part after the colon; `operator` for the operator. */
export const actorNameOf = (actor: Actor): string => actor.slice(actor.indexOf(':') + 1);

export const actorSchema = z.custom<Actor>((value) => {
  if (value === 'operator') return true;
  if (typeof value !== 'string') return false;
  const [kind, name, rest] = value.split(':');
  return (kind === 'agent' || kind === 'program' || kind === 'daemon') && rest === undefined && NAME.test(name ?? '');
}, 'An actor is operator, agent:<name>, program:<name> or daemon:<name>.');

/**
 * How an actor's string is read for the eye: kind (shape and colour) and name (words).
 * `operator`, `agent:x`, `program:x`, `daemon:x`, `outside:host`. Anything else is shown as
 * outside, whole: what cannot be recognised is never dressed as one of ours.
 */
export type ActorKind = 'operator' | 'agent' | 'program' | 'daemon' | 'outside';

const KINDS = new Set<string>(['agent', 'program', 'daemon', 'outside']);

export interface ActorWords {
  kind: ActorKind;
  /** As written on screen: `you`, `analyst`, `acme.example`. */
  name: string;
  /** Said before the name by a screen reader, where the eye sees a shape. Empty for the operator. */
  said: string;
}

export function readActor(actor: string): ActorWords {
  if (actor === 'operator') return { kind: 'operator', name: 'you', said: '' };
  const cut = actor.indexOf(':');
  const kind = actor.slice(0, Math.max(cut, 0));
  const name = actor.slice(cut + 1);
  if (!KINDS.has(kind) || name === '') return { kind: 'outside', name: actor, said: 'from outside: ' };
  return { kind: kind as ActorKind, name, said: kind === 'outside' ? 'from outside: ' : `${kind} ` };
}

/**
 * Actor: mark and name. The operator reads as "you"; a screen reader also hears the kind.
 */
import { ActorMark } from './ActorMark.tsx';
import { readActor } from './actors.ts';

export function Actor(props: { actor: string; badge?: boolean; name?: string }) {
  const words = () => readActor(props.actor);
  return (
    <span class={`actor is-${words().kind}`} classList={{ 'actor-badge': props.badge ?? false }}>
      <ActorMark actor={props.actor} />
      <span>
        {words().said && <span class="vh">{words().said}</span>}
        {props.name ?? words().name}
      </span>
    </span>
  );
}

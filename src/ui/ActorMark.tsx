/**
 * ActorMark: the shape that says who. Circle operator, diamond agent, square program, open triangle
 * daemon, broken ring outside. It is silent: put the actor's name beside it, or use `label`.
 */
import { Match, Switch } from 'solid-js';
import { readActor } from './actors.ts';

export function ActorShape(props: { actor: string }) {
  const kind = () => readActor(props.actor).kind;
  return (
    <Switch>
      <Match when={kind() === 'operator'}>
        <circle cx="6" cy="6" r="5" fill="currentColor" />
      </Match>
      <Match when={kind() === 'agent'}>
        <path d="M6 .4 11.6 6 6 11.6.4 6z" fill="currentColor" />
      </Match>
      <Match when={kind() === 'program'}>
        <rect x="1.3" y="1.3" width="9.4" height="9.4" rx="1" fill="currentColor" />
      </Match>
      <Match when={kind() === 'daemon'}>
        <path d="M6 1.7 10.9 10.3H1.1z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />
      </Match>
      <Match when={kind() === 'outside'}>
        <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="3.2 1.6" />
      </Match>
    </Switch>
  );
}

export function ActorMark(props: { actor: string; label?: string }) {
  return (
    <svg
      class={`m is-${readActor(props.actor).kind}`}
      viewBox="0 0 12 12"
      role={props.label ? 'img' : undefined}
      aria-label={props.label}
      aria-hidden={props.label ? undefined : 'true'}
    >
      <ActorShape actor={props.actor} />
    </svg>
  );
}

/**
 * Say: one turn in the shell's log: who (mark in the margin), what was said or run, and a foot line.
 */
import { type JSX, Show } from 'solid-js';
import { ActorMark } from './ActorMark.tsx';
import { readActor } from './actors.ts';
import { Foot, type FootProps } from './Foot.tsx';

export interface SayProps {
  actor: string;
  foot?: FootProps;
  children: JSX.Element;
}

export function Say(props: SayProps) {
  const name = () => (props.actor === 'operator' ? 'You' : readActor(props.actor).name);
  return (
    <div class={`say is-${readActor(props.actor).kind}`}>
      <ActorMark actor={props.actor} />
      <div>
        <span class="vh">{name()}: </span>
        {props.children}
      </div>
      <Show when={props.foot}>{(foot) => <Foot {...foot()} />}</Show>
    </div>
  );
}

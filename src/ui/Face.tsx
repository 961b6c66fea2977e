/**
 * Face: a 32 px actor mark with an initial, for rosters. Decoration: the name stands beside it.
 */
import { ActorShape } from './ActorMark.tsx';
import { readActor } from './actors.ts';

export function Face(props: { actor: string; initial?: string }) {
  const words = () => readActor(props.actor);
  return (
    <span class={`face is-${words().kind}`} aria-hidden="true">
      <svg viewBox="0 0 12 12">
        <ActorShape actor={props.actor} />
      </svg>
      <b>{props.initial ?? words().name.slice(0, 1).toUpperCase()}</b>
    </span>
  );
}

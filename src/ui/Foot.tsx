/**
 * Foot: the quiet line that answers who, when, in which run, by whose leave, at what cost.
 * Items that are empty are left out; `end` stands at the right.
 */
import { For, type JSX, Show } from 'solid-js';
import { Actor } from './Actor.tsx';

export interface FootProps {
  /** First on the line, with its mark. */
  actor?: string;
  items?: readonly (JSX.Element | undefined)[];
  end?: JSX.Element;
}

export function Foot(props: FootProps) {
  return (
    <div class="foot">
      <Show when={props.actor}>{(actor) => <Actor actor={actor()} />}</Show>
      <For each={props.items?.filter((item) => item != null && item !== '' && item !== false)}>
        {(item) => <span>{item}</span>}
      </For>
      <Show when={props.end}>{(end) => <span class="end">{end()}</span>}</Show>
    </div>
  );
}

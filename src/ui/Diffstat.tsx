/** Diffstat: lines added and removed, in signs as well as colours. */
import { Show } from 'solid-js';

export function Diffstat(props: { add: number; del: number }) {
  return (
    <span class="diffstat">
      <Show when={props.add > 0 || props.del === 0}>
        <span class="a">+{props.add}</span>
      </Show>
      <Show when={props.add > 0 && props.del > 0}> </Show>
      <Show when={props.del > 0}>
        <span class="r">−{props.del}</span>
      </Show>
    </span>
  );
}

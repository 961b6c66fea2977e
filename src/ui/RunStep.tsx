/** RunStep: one row of a run: what it did, its tokens, its price. A failed step says why; a live one pulses. */
import { type JSX, Show } from 'solid-js';
import { Chip } from './Chip.tsx';

export interface RunStepProps {
  what: JSX.Element;
  /** Under the words: the path read, the error's sentence. */
  sub?: JSX.Element;
  tokens?: JSX.Element;
  price?: JSX.Element;
  state?: 'done' | 'live' | 'failed' | 'denied' | 'unknown';
  /** For a live step: "11 s". */
  since?: string;
}

export function RunStep(props: RunStepProps) {
  const live = () => props.state === 'live';
  return (
    <tr>
      <td>
        <span class="row row-wrap">
          <span>{props.what}</span>
          <Show when={live()}>
            <span class="pulse faint" aria-hidden="true" />
            <span class="faint">{props.since}</span>
          </Show>
          <Show when={props.state === 'failed'}>
            <Chip tone="fail" icon="x">
              Failed
            </Chip>
          </Show>
          <Show when={props.state === 'denied'}>
            <Chip icon="ban">Refused</Chip>
          </Show>
          <Show when={props.state === 'unknown'}>
            <Chip tone="unknown" icon="unknown">
              Unknown
            </Chip>
          </Show>
        </span>
        <Show when={props.sub}>{(sub) => <div class="small faint">{sub()}</div>}</Show>
      </td>
      <td class="num" classList={{ faint: live() }}>
        {props.tokens}
      </td>
      <td class="num" classList={{ faint: live() }}>
        {props.price}
      </td>
    </tr>
  );
}

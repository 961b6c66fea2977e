/**
 * Effect: exactly what will be sent or written, in mono, boxed. A verb line and its fields, or any
 * children (a Diff). Nothing here is a summary.
 */
import { For, type JSX, Show } from 'solid-js';

export interface EffectProps {
  /** `POST https://api.broker.example/orders` */
  verb?: string;
  fields?: readonly (readonly [name: string, value: string])[];
  children?: JSX.Element;
}

export function Effect(props: EffectProps) {
  return (
    <div class="effect">
      <Show when={props.verb}>{(verb) => <span class="verb">{verb()}</span>}</Show>
      <Show when={props.fields?.length}>
        <dl>
          <For each={props.fields}>
            {([name, value]) => (
              <>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </>
            )}
          </For>
        </dl>
      </Show>
      {props.children}
    </div>
  );
}

/**
 * Card: head, body, foot. A card that holds written content carries a foot line saying who wrote it.
 * `flush` lets a table or list run to the edges.
 */
import { children, createUniqueId, type JSX, Show } from 'solid-js';
import { Foot, type FootProps } from './Foot.tsx';

export interface CardProps {
  title?: JSX.Element;
  /** Heading level of the title; 2 by default. */
  level?: 2 | 3;
  /** Accessible name of a card that shows no title. */
  label?: string;
  /** Right of the title: chips, a small button, a menu. */
  actions?: JSX.Element;
  flush?: boolean;
  foot?: FootProps;
  busy?: boolean;
  class?: string;
  children?: JSX.Element;
}

export function Card(props: CardProps) {
  const id = createUniqueId();
  const title = children(() => props.title);
  return (
    <article
      class={props.class ? `card ${props.class}` : 'card'}
      aria-labelledby={title() ? id : undefined}
      aria-label={title() ? undefined : props.label}
      aria-busy={props.busy ? 'true' : undefined}
    >
      <Show when={title()}>
        <div class="card-head">
          <Show when={props.level === 3} fallback={<h2 id={id}>{title()}</h2>}>
            <h3 id={id}>{title()}</h3>
          </Show>
          {props.actions}
        </div>
      </Show>
      <Show when={props.children}>
        {(body) => <div class={props.flush ? 'card-flush' : 'card-body'}>{body()}</div>}
      </Show>
      <Show when={props.foot}>{(foot) => <Foot {...foot()} />}</Show>
    </article>
  );
}

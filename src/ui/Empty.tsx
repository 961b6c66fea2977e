/**
 * Empty: an honest empty place. It says why it is empty and offers one thing to do.
 */
import { createUniqueId, type JSX, Show } from 'solid-js';

export interface EmptyProps {
  title: string;
  /** The reason. */
  children: JSX.Element;
  /** One action. */
  action?: JSX.Element;
}

export function Empty(props: EmptyProps) {
  const id = createUniqueId();
  return (
    <section class="empty" aria-labelledby={id}>
      <h3 id={id}>{props.title}</h3>
      <div class="t13">{props.children}</div>
      <Show when={props.action}>{(action) => <div class="btn-row">{action()}</div>}</Show>
    </section>
  );
}

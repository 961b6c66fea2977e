/**
 * ErrorCard: a failure in its own place. Red edge; cause, place, what is safe, way out; the code last.
 */
import { createUniqueId, type JSX, Show } from 'solid-js';
import { Icon } from './Icon.tsx';

export interface ErrorCardProps {
  /** What cannot be done, as a sentence. */
  title: string;
  /** The cause, with its names and numbers. */
  children?: JSX.Element;
  /** A link to file and line, or a Code block. */
  place?: JSX.Element;
  /** What still works, what is not lost. */
  safe?: JSX.Element;
  actions?: JSX.Element;
  /** `ESTALE base r-4410, now r-4417` */
  code?: string;
}

export function ErrorCard(props: ErrorCardProps) {
  const id = createUniqueId();
  return (
    <section class="error-card card-body stack-s" aria-labelledby={id}>
      <h3 id={id} class="row">
        <span class="fail-ink">
          <Icon name="warn" />
        </span>
        {props.title}
      </h3>
      <Show when={props.children}>{(cause) => <div class="t13">{cause()}</div>}</Show>
      <Show when={props.place}>{(place) => <div class="small">{place()}</div>}</Show>
      <Show when={props.safe}>{(safe) => <p class="small faint">{safe()}</p>}</Show>
      <Show when={props.actions}>{(actions) => <div class="btn-row">{actions()}</div>}</Show>
      <Show when={props.code}>{(code) => <p class="small faint mono">{code()}</p>}</Show>
    </section>
  );
}

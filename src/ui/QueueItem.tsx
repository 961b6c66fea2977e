/**
 * QueueItem: one proposal in the inbox's list: mark, what, value; who and how final; how long it still waits.
 */
import { type JSX, Show } from 'solid-js';
import { ActorMark } from './ActorMark.tsx';

export interface QueueItemProps {
  href: string;
  actor: string;
  title: JSX.Element;
  /** "$1,228.00", or a Diffstat. */
  value?: JSX.Element;
  sub: JSX.Element;
  /** "41 min", or a Chip. */
  end?: JSX.Element;
  /** The time left is short. */
  urgent?: boolean;
  current?: boolean;
  past?: boolean;
}

export function QueueItem(props: QueueItemProps) {
  return (
    <a
      class="q-item"
      classList={{ past: props.past ?? false }}
      href={props.href}
      aria-current={props.current ? 'true' : undefined}
    >
      <ActorMark actor={props.actor} />
      <span>
        <span class="t">
          <span>{props.title}</span>
          <span>{props.value}</span>
        </span>
        <span class="s">
          <span>{props.sub}</span>
          <Show when={props.end}>
            {(end) => <span classList={{ 'wait-ink': props.urgent ?? false }}>{end()}</span>}
          </Show>
        </span>
      </span>
    </a>
  );
}

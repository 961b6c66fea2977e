/**
 * TimelineItem: one line of a Ledger. Its mark stands in the margin and is also said in words,
 * because the margin drops names.
 */
import { type JSX, Show } from 'solid-js';
import { ActorMark } from './ActorMark.tsx';
import { readActor } from './actors.ts';

export interface TimelineItemProps {
  when: string;
  /** The full instant, machine-readable, for `<time>`. */
  at?: string;
  actor: string;
  sub?: JSX.Element;
  /** A price, or a Diffstat. */
  cost?: JSX.Element;
  current?: boolean;
  /** Makes the words a button. */
  onOpen?: () => void;
  children: JSX.Element;
}

export function TimelineItem(props: TimelineItemProps) {
  const words = () => readActor(props.actor);
  return (
    <li aria-current={props.current ? 'true' : undefined}>
      <time class="when" dateTime={props.at}>
        {props.when}
      </time>
      <span class={`at is-${words().kind}`}>
        <ActorMark actor={props.actor} label={`${words().said}${words().name}`} />
      </span>
      <div class="what">
        <Show when={props.onOpen} fallback={props.children}>
          <button type="button" class="link" onClick={() => props.onOpen?.()}>
            {props.children}
          </button>
        </Show>
        <Show when={props.sub}>{(sub) => <div class="sub">{sub()}</div>}</Show>
      </div>
      <span class="cost">{props.cost}</span>
    </li>
  );
}

/**
 * ListLine: one row of a list with its mark in the margin, two lines of words, and something at the right.
 * Put it in `<ul class="list">` (or `card list`). With `href` the whole row is the link; without, `end` may hold buttons.
 */
import { type JSX, Show } from 'solid-js';
import { ActorMark } from './ActorMark.tsx';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export interface ListLineProps {
  actor?: string;
  icon?: IconName;
  title: JSX.Element;
  sub?: JSX.Element;
  end?: JSX.Element;
  href?: string;
}

export function ListLine(props: ListLineProps) {
  const inside = () => (
    <>
      <Show when={props.actor} fallback={<Icon name={props.icon ?? 'dash'} />}>
        {(actor) => <ActorMark actor={actor()} />}
      </Show>
      <span>
        <span class="t">{props.title}</span>
        <Show when={props.sub}>{(sub) => <span class="s">{sub()}</span>}</Show>
      </span>
      <Show when={props.end}>{(end) => end()}</Show>
    </>
  );
  return (
    <li>
      <Show when={props.href} fallback={<div class="line">{inside()}</div>}>
        {(href) => (
          <a class="line" href={href()}>
            {inside()}
          </a>
        )}
      </Show>
    </li>
  );
}

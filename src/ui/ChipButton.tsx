/**
 * ChipButton: a small offer that can be pressed: a question to ask, a filter that is on or off.
 */
import { type JSX, Show } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export function ChipButton(props: {
  icon?: IconName;
  pressed?: boolean;
  disabled?: boolean;
  onClick?: () => void;
  children: JSX.Element;
}) {
  return (
    <button
      type="button"
      class="chip chip-btn"
      aria-pressed={props.pressed}
      disabled={props.disabled}
      onClick={() => props.onClick?.()}
    >
      <Show when={props.icon}>{(name) => <Icon name={name()} />}</Show>
      {props.children}
    </button>
  );
}

/**
 * Chip: a state in a word and a shape. Only what needs the operator has colour; `unknown` is dashed, never coloured.
 */
import { type JSX, Show } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export type ChipTone = 'wait' | 'fail' | 'live' | 'mine' | 'quiet' | 'unknown' | 'over';

export interface ChipProps {
  tone?: ChipTone;
  icon?: IconName;
  title?: string;
  children: JSX.Element;
}

export function Chip(props: ChipProps) {
  return (
    <span class={props.tone ? `chip chip-${props.tone}` : 'chip'} title={props.title}>
      <Show when={props.tone === 'live'}>
        <span class="pulse" aria-hidden="true" />
      </Show>
      <Show when={props.icon}>{(name) => <Icon name={name()} />}</Show>
      {props.children}
    </span>
  );
}

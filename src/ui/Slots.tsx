/**
 * Slots: how each due time of a job ended, oldest first: a shape each, its words on hover and to screen readers. One with
 * an `href` is a link to the run behind it.
 */
import { For, Show } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export type SlotState = 'running' | 'done' | 'failed' | 'skipped' | 'missed' | 'unknown' | 'next';

export interface Slot {
  state: SlotState;
  /** "14 Nov", or "12 Nov, budget spent". */
  when: string;
  href?: string | undefined;
}

export const slotIcon: Record<SlotState, IconName> = {
  running: 'play',
  done: 'check',
  failed: 'x',
  skipped: 'dash',
  missed: 'ring',
  unknown: 'unknown',
  next: 'clock',
};

export function Slots(props: { slots: readonly Slot[] }) {
  return (
    <span class="slots">
      <For each={props.slots}>
        {(slot) => {
          const words = `${slot.when}: ${slot.state}`;
          return (
            <Show
              when={slot.href}
              fallback={
                <span class={`slot slot-${slot.state}`} role="img" aria-label={words} title={words}>
                  <Icon name={slotIcon[slot.state]} />
                </span>
              }
            >
              {(href) => (
                <a class={`slot slot-${slot.state}`} href={href()} aria-label={words} title={words}>
                  <Icon name={slotIcon[slot.state]} />
                </a>
              )}
            </Show>
          );
        }}
      </For>
    </span>
  );
}

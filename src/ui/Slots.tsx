/** Slots: how each due time of a job ended, oldest first: a shape each, its words on hover and to screen readers. */
import { For } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export type SlotState = 'done' | 'failed' | 'skipped' | 'missed' | 'unknown' | 'next';

export interface Slot {
  state: SlotState;
  /** "14 Nov", or "12 Nov, budget spent". */
  when: string;
}

export const slotIcon: Record<SlotState, IconName> = {
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
        {(slot) => (
          <span
            class={`slot slot-${slot.state}`}
            role="img"
            aria-label={`${slot.when}: ${slot.state}`}
            title={`${slot.when}: ${slot.state}`}
          >
            <Icon name={slotIcon[slot.state]} />
          </span>
        )}
      </For>
    </span>
  );
}

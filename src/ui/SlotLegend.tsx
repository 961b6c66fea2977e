/** SlotLegend: what the shapes in Slots mean. */
import { For } from 'solid-js';
import { Icon } from './Icon.tsx';
import { slotIcon, type SlotState } from './Slots.tsx';

const STATES: readonly SlotState[] = ['done', 'running', 'failed', 'skipped', 'missed', 'unknown'];

export function SlotLegend() {
  return (
    <p class="legend legend-foot">
      <For each={STATES}>
        {(state) => (
          <span>
            <Icon name={slotIcon[state]} />
            {state}
          </span>
        )}
      </For>
    </p>
  );
}

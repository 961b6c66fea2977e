/**
 * DockHead and DockPlaces: the shell's head, and the three buttons that move it: side, bottom, full.
 * A phone has one move only: full or not.
 */
import { For, Show } from 'solid-js';
import { Button } from './Button.tsx';
import type { IconName } from './icons.ts';

export type DockPlace = 'side' | 'bottom' | 'full';

export interface DockPlacesProps {
  place: DockPlace;
  onPlace: (place: DockPlace) => void;
  /** Beside the order line where a laptop already shows the head: one button, phones only. */
  phoneOnly?: boolean;
}

const PLACES: readonly { place: DockPlace; icon: IconName; label: string }[] = [
  { place: 'side', icon: 'side', label: 'Shell at the side' },
  { place: 'bottom', icon: 'bottom', label: 'Shell at the bottom' },
  { place: 'full', icon: 'full', label: 'Shell in full' },
];

export function DockPlaces(props: DockPlacesProps) {
  const leave = (place: DockPlace) => (place === 'full' && props.place === 'full' ? 'bottom' : place);
  return (
    <For each={PLACES.filter((to) => !props.phoneOnly || to.place === 'full')}>
      {(to) => (
        <Button
          small
          variant="quiet"
          class={to.place !== 'full' ? 'only-wide' : props.phoneOnly ? 'only-phone' : undefined}
          icon={to.icon}
          label={to.label}
          pressed={props.place === to.place}
          onClick={() => props.onPlace(leave(to.place))}
        />
      )}
    </For>
  );
}

export function DockHead(props: Omit<DockPlacesProps, 'phoneOnly'>) {
  return (
    <div class="dock-head">
      <Show when={props.place === 'full'} fallback={<h2>Shell</h2>}>
        <h1>Shell</h1>
      </Show>
      <DockPlaces place={props.place} onPlace={props.onPlace} />
    </div>
  );
}

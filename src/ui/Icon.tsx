/**
 * Icon: one symbol of the set, hidden from screen readers unless it is given a label of its own.
 */
import { type IconName, icons } from './icons.ts';

export function Icon(props: { name: IconName; label?: string }) {
  return (
    <svg
      class="i"
      viewBox="0 0 16 16"
      role={props.label ? 'img' : undefined}
      aria-label={props.label}
      aria-hidden={props.label ? undefined : 'true'}
    >
      <path d={icons[props.name]} />
    </svg>
  );
}

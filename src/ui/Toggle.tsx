/**
 * Toggle: a switch whose effect is immediate. Its state is a word as well as a place.
 */
export interface ToggleProps {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  /** The words for the two states; "on" and "off" by default. */
  words?: readonly [on: string, off: string];
  disabled?: boolean;
}

export function Toggle(props: ToggleProps) {
  return (
    <button
      type="button"
      class="toggle"
      role="switch"
      aria-checked={props.on}
      disabled={props.disabled}
      onClick={() => props.onChange(!props.on)}
    >
      <span class="toggle-track" aria-hidden="true" />
      <span class="grow">{props.label}</span>
      <span class="faint" aria-hidden="true">
        {props.on ? (props.words?.[0] ?? 'on') : (props.words?.[1] ?? 'off')}
      </span>
    </button>
  );
}

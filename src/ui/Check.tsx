/**
 * Check: a box to tick or, as `radio`, one choice of several with the same `name`; a hint says what it entails.
 */
import { type JSX, Show } from 'solid-js';

export interface CheckProps {
  label: JSX.Element;
  hint?: JSX.Element;
  checked: boolean;
  onChange?: (checked: boolean) => void;
  kind?: 'checkbox' | 'radio';
  name?: string;
  value?: string;
  disabled?: boolean;
}

export function Check(props: CheckProps) {
  return (
    <label class="check">
      <input
        type={props.kind ?? 'checkbox'}
        name={props.name}
        value={props.value}
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => props.onChange?.(event.currentTarget.checked)}
      />
      <span>
        {props.label}
        <Show when={props.hint}>{(hint) => <span class="hint">{hint()}</span>}</Show>
      </span>
    </label>
  );
}

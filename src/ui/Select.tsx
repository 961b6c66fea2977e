/**
 * Select: one of a short list, through the browser's own picker. Inside a Field it is labelled by it.
 */
import { For } from 'solid-js';
import { useField } from './Field.tsx';

export interface SelectOption {
  value: string;
  label: string;
  disabled?: boolean;
}

export interface SelectProps {
  value: string;
  options: readonly SelectOption[];
  onPick?: (value: string) => void;
  label?: string;
  disabled?: boolean;
  id?: string;
  name?: string;
}

export function Select(props: SelectProps) {
  const field = useField();
  return (
    <select
      class="select"
      id={props.id ?? field?.id}
      name={props.name}
      aria-label={props.label}
      aria-describedby={field?.describedBy()}
      aria-invalid={field?.invalid() ? 'true' : undefined}
      disabled={props.disabled}
      onChange={(event) => props.onPick?.(event.currentTarget.value)}
    >
      <For each={props.options}>
        {(option) => (
          <option value={option.value} disabled={option.disabled} selected={option.value === props.value}>
            {option.label}
          </option>
        )}
      </For>
    </select>
  );
}

/**
 * Seg: a few choices side by side, one of them on. For views and modes, not for forms.
 */
import { For, Show } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export interface SegOption<T extends string> {
  value: T;
  /** Written on the button; with `icon` alone it is only heard. */
  label: string;
  /** Heard in place of the label, for a label such as `$`. */
  said?: string;
  icon?: IconName;
}

export interface SegProps<T extends string> {
  label: string;
  options: readonly SegOption<T>[];
  value: T;
  onChange: (value: T) => void;
  disabled?: boolean;
}

export function Seg<T extends string>(props: SegProps<T>) {
  return (
    <div class="seg" role="group" aria-label={props.label}>
      <For each={props.options}>
        {(option) => (
          <button
            type="button"
            aria-pressed={option.value === props.value}
            aria-label={option.said ?? (option.icon ? option.label : undefined)}
            disabled={props.disabled}
            onClick={() => props.onChange(option.value)}
          >
            <Show when={option.icon} fallback={option.label}>
              {(icon) => <Icon name={icon()} />}
            </Show>
          </button>
        )}
      </For>
    </div>
  );
}

/**
 * ToastRegion: says what happened and how to take it back. The region is always on the page, so that
 * what appears in it is heard. A toast leaves by itself after `stay`, never while pointed at or focused.
 */
import { createEffect, For, onCleanup, Show } from 'solid-js';
import { Button } from './Button.tsx';
import type { IconName } from './icons.ts';

export interface ToastItem {
  id: string;
  text: string;
  tone?: 'plain' | 'fail';
  action?: { label: string; icon?: IconName; onRun: () => void };
  /** Milliseconds on screen; 8,000 by default, 0 until dismissed. */
  stay?: number;
}

export interface ToastRegionProps {
  toasts: readonly ToastItem[];
  onDismiss: (id: string) => void;
}

function ToastRow(props: { toast: ToastItem; onDismiss: () => void }) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    const stay = props.toast.stay ?? 8_000;
    if (stay > 0) timer = setTimeout(() => props.onDismiss(), stay);
  };
  createEffect(release);
  onCleanup(hold);
  return (
    <div
      class="toast"
      classList={{ 'toast-fail': props.toast.tone === 'fail' }}
      onPointerEnter={hold}
      onPointerLeave={release}
      onFocusIn={hold}
      onFocusOut={release}
    >
      <span class="grow">{props.toast.text}</span>
      <Show when={props.toast.action}>
        {(action) => (
          <Button
            small
            icon={action().icon}
            onClick={() => {
              action().onRun();
              props.onDismiss();
            }}
          >
            {action().label}
          </Button>
        )}
      </Show>
      <Button small variant="quiet" icon="x" label="Dismiss" onClick={() => props.onDismiss()} />
    </div>
  );
}

export function ToastRegion(props: ToastRegionProps) {
  return (
    <div class="toasts" role="status" aria-live="polite">
      <For each={props.toasts}>{(toast) => <ToastRow toast={toast} onDismiss={() => props.onDismiss(toast.id)} />}</For>
    </div>
  );
}

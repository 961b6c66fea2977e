/**
 * Progress: a long job with its measure, its price in the words, and a way to end it.
 * Without `max` the length is not known and the bar is not drawn.
 */
import { type JSX, Show } from 'solid-js';
import { Button } from './Button.tsx';
import { cssVar } from './css-var.ts';

export interface ProgressProps {
  label: string;
  value?: number;
  max?: number;
  /** "7 of 12 listings. $0.05 of $0.12 reserved." */
  children?: JSX.Element;
  onStop?: () => void;
  stopLabel?: string;
  stopping?: boolean;
  small?: boolean;
}

export function Progress(props: ProgressProps) {
  const percent = () => (props.max ? Math.min(100, ((props.value ?? 0) / props.max) * 100) : 0);
  return (
    <div class="progress">
      <div>
        <Show when={props.max}>
          {(max) => (
            <div
              class="bar"
              role="progressbar"
              aria-label={props.label}
              aria-valuemin={0}
              aria-valuemax={max()}
              aria-valuenow={props.value ?? 0}
            >
              <span ref={(el) => cssVar(el, '--v', percent)} />
            </div>
          )}
        </Show>
        <Show when={props.children}>{(words) => <p class="small faint">{words()}</p>}</Show>
      </div>
      <Show when={props.onStop}>
        <Button variant="stop" icon="stop" small={props.small} busy={props.stopping} onClick={() => props.onStop?.()}>
          {props.stopping ? 'Stopping' : (props.stopLabel ?? 'Stop')}
        </Button>
      </Show>
    </div>
  );
}

/**
 * Meter: how much of a limit is used (solid) and reserved (ruled). Without `label` it is decoration
 * beside words that already say the same.
 */
import { Show } from 'solid-js';
import { cssVar } from './css-var.ts';

export interface MeterProps {
  value: number;
  max: number;
  /** Reserved, in the same unit. */
  held?: number;
  /** Accessible name, such as "Budget of November". */
  label?: string;
  /** In words: "$11.82 used, $0.17 reserved, of $30.00". */
  text?: string;
  large?: boolean;
  /** `warn` near the limit, `over` at it; by default it turns at 90 % and 100 %. */
  tone?: 'plain' | 'warn' | 'over';
}

export function Meter(props: MeterProps) {
  const percent = (part: number) => (props.max > 0 ? Math.min(100, Math.max(0, (part / props.max) * 100)) : 0);
  const tone = () =>
    props.tone ?? (percent(props.value) >= 100 ? 'over' : percent(props.value) >= 90 ? 'warn' : 'plain');
  const role = () => (props.label ? 'meter' : undefined);
  return (
    <div
      class="meter"
      classList={{ 'meter-lg': props.large ?? false }}
      role={role()}
      aria-label={props.label}
      aria-hidden={props.label ? undefined : 'true'}
      aria-valuemin={role() && 0}
      aria-valuemax={role() && props.max}
      aria-valuenow={role() && Math.min(props.max, props.value)}
      aria-valuetext={role() && props.text}
    >
      <span
        classList={{ warn: tone() === 'warn', over: tone() === 'over' }}
        ref={(el) => cssVar(el, '--v', () => percent(props.value))}
      />
      <Show when={props.held}>
        {(held) => <span class="held" ref={(el) => cssVar(el, '--v', () => percent(held()))} />}
      </Show>
    </div>
  );
}

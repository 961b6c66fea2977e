/**
 * Skeleton: holds the place at its final height from the start and is drawn only after 300 ms,
 * so that what is quick never flickers.
 */
import { For } from 'solid-js';
import { cssVar } from './css-var.ts';

export interface SkeletonProps {
  /** Widths of the lines in percent; three lines by default. */
  lines?: readonly number[];
  /** What is loading, said to screen readers. */
  label?: string;
}

export function Skeleton(props: SkeletonProps) {
  return (
    <div aria-busy="true">
      <div class="skeleton" aria-hidden="true">
        <For each={props.lines ?? [62, 88, 45]}>{(width) => <span ref={(el) => cssVar(el, '--v', () => width)} />}</For>
      </div>
      <p class="vh">{props.label ?? 'Loading'}</p>
    </div>
  );
}

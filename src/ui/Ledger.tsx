/** Ledger: a ruled timeline of TimelineItems: time, margin, what, cost. Newest first unless the caller says otherwise. */
import type { JSX } from 'solid-js';

export function Ledger(props: { label?: string; children: JSX.Element }) {
  return (
    <ol class="ledger" aria-label={props.label}>
      {props.children}
    </ol>
  );
}

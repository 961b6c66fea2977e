/**
 * Decide: the cut line and two equal decisions. Reject left, ink-bordered; approve right, green, repeating the verb.
 * There is no third button. A pending decision says so and holds both.
 */
import { children, type JSX, Show } from 'solid-js';

export interface Decision {
  /** "Approve and sell" */
  label: string;
  /** "Sent once. Cannot be taken back." */
  consequence?: string;
  onDecide: () => void;
  disabled?: boolean;
}

export interface DecideProps {
  /** Id of the deed's title. */
  labelledBy: string;
  reject: Decision;
  approve: Decision;
  /** `amend`: it is being changed, which holds both. */
  pending?: 'reject' | 'approve' | 'amend';
  aside?: JSX.Element;
  keys?: boolean;
}

export function Decide(props: DecideProps) {
  const aside = children(() => props.aside);
  const one = (which: 'reject' | 'approve') => {
    const decision = () => props[which];
    const held = () => props.pending !== undefined || decision().disabled;
    return (
      <button
        type="button"
        class={which === 'approve' ? 'btn btn-primary' : 'btn no'}
        aria-disabled={held() ? 'true' : undefined}
        aria-busy={props.pending === which ? 'true' : undefined}
        onClick={() => {
          if (!held()) decision().onDecide();
        }}
      >
        <span>{decision().label}</span>
        <Show when={props.pending === which ? 'Recording your decision' : decision().consequence}>
          {(words) => <small>{words()}</small>}
        </Show>
      </button>
    );
  };
  return (
    <div class="decide" role="group" aria-labelledby={props.labelledBy}>
      {one('reject')}
      {one('approve')}
      <Show when={aside() || props.keys}>
        <div class="decide-foot">
          <span>{aside()}</span>
          <Show when={props.keys}>
            <span class="keys">
              <kbd>R</kbd> reject &nbsp; <kbd>Shift A</kbd> approve
            </span>
          </Show>
        </div>
      </Show>
    </div>
  );
}

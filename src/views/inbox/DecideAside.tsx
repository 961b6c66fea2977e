/**
 * DecideAside: under the two decisions: why the last attempt was not taken, a reason for whoever asked, and the two longer
 * ways to decide. A way that is not there is not offered.
 */
import { createSignal, Show } from 'solid-js';
import { Input } from '../../ui/Input.tsx';
import { Problem } from '../../ui/Problem.tsx';

export interface DecideAsideProps {
  refusal: string | undefined;
  reason: string;
  onReason: (text: string) => void;
  onRemember: (() => void) | undefined;
  onAmend: (() => void) | undefined;
}

export function DecideAside(props: DecideAsideProps) {
  const [asked, setAsked] = createSignal(false);
  return (
    <div class="grow stack-s">
      <Problem words={props.refusal} />
      <Show when={asked()}>
        <Input
          label="Reason for your decision"
          placeholder="Why; the proposer can read it"
          value={props.reason}
          onText={props.onReason}
          maxlength={1000}
          ref={(el) => queueMicrotask(() => el.focus())}
        />
      </Show>
      <p class="row row-wrap">
        <Show when={!asked()}>
          <button type="button" class="link decide-why" onClick={() => setAsked(true)}>
            Give a reason with your decision
          </button>
        </Show>
        <Show when={props.onAmend}>
          {(amend) => (
            <button type="button" class="link decide-why" onClick={() => amend()()}>
              Change it first
            </button>
          )}
        </Show>
        <Show when={props.onRemember}>
          {(remember) => (
            <button type="button" class="link decide-why" onClick={() => remember()()}>
              Approve and remember
            </button>
          )}
        </Show>
      </p>
    </div>
  );
}

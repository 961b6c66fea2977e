/** What went wrong, in words, said as soon as it shows; nothing while there is none. */
import { Show } from 'solid-js';

export interface ProblemProps {
  words: string | undefined;
}

export function Problem(props: ProblemProps) {
  return (
    <Show when={props.words}>
      {(words) => (
        <p class="fail-ink" role="alert">
          {words()}
        </p>
      )}
    </Show>
  );
}

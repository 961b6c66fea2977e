/**
 * Code: a few lines of a file with their numbers, and the one that matters marked. Only code scrolls sideways.
 */
import { For } from 'solid-js';

export interface CodeProps {
  /** "surfaces.yaml, lines 13 to 15" */
  label: string;
  text: string;
  /** Number of the first line; 1 by default. */
  from?: number;
  /** Number of the line at fault. */
  bad?: number;
}

export function Code(props: CodeProps) {
  return (
    <div class="code-line" tabindex="0" role="group" aria-label={props.label}>
      <For each={props.text.split('\n')}>
        {(line, at) => {
          const no = () => (props.from ?? 1) + at();
          return (
            <div classList={{ bad: no() === props.bad }}>
              <span>{no()}</span>
              <code>{line}</code>
            </div>
          );
        }}
      </For>
    </div>
  );
}

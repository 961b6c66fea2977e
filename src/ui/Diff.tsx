/**
 * Diff: lines as the caller computed them, with signs, numbers and the changed words marked.
 * It draws and never compares.
 */
import { For, type JSX, Show } from 'solid-js';

export interface DiffLine {
  kind: 'same' | 'add' | 'del';
  text: string;
  /** The line's number in the version it belongs to. */
  no?: number;
  /** Changed stretches: [from, to) in UTF-16 units, in order, not overlapping. */
  words?: readonly (readonly [from: number, to: number])[];
}

export interface DiffHunk {
  /** Shown above the lines: a path, or "lines 14 to 20". */
  head?: string;
  lines: readonly DiffLine[];
}

export interface DiffProps {
  label: string;
  hunks: readonly DiffHunk[];
}

const SIGN = { same: '', add: '+', del: '−' } as const;
const CLASS = { same: 'd', add: 'd add', del: 'd rem' } as const;

function marked(line: DiffLine): JSX.Element {
  if (!line.words?.length) return line.text;
  const parts: JSX.Element[] = [];
  let at = 0;
  for (const [from, to] of line.words) {
    parts.push(line.text.slice(at, from), <mark>{line.text.slice(from, to)}</mark>);
    at = to;
  }
  parts.push(line.text.slice(at));
  return parts;
}

export function Diff(props: DiffProps) {
  return (
    <div class="diff" role="group" tabindex="0" aria-label={props.label}>
      <For each={props.hunks}>
        {(hunk) => (
          <>
            <Show when={hunk.head}>{(head) => <div class="hunk">{head()}</div>}</Show>
            <For each={hunk.lines}>
              {(line) => (
                <div class={CLASS[line.kind]}>
                  <span>{line.no}</span>
                  <span>{SIGN[line.kind]}</span>
                  {line.kind === 'add' ? (
                    <ins>{marked(line)}</ins>
                  ) : line.kind === 'del' ? (
                    <del>{marked(line)}</del>
                  ) : (
                    <span>{line.text}</span>
                  )}
                </div>
              )}
            </For>
          </>
        )}
      </For>
    </div>
  );
}

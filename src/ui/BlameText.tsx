/**
 * BlameText: a file's text with its authors in the margin, for reading. The first line of each stretch by one author
 * names them and can be asked why; text that came from outside is underlined with dots.
 */
import { For, Show } from 'solid-js';
import { ActorMark } from './ActorMark.tsx';
import { readActor } from './actors.ts';

export interface BlameLine {
  no: number;
  text: string;
  actor: string;
  /** "07:02", "3 Aug": shown where a stretch begins. */
  when: string;
  /** Changes whenever the entry behind the line does. */
  entry: string;
  /** It quotes something that came from the web. */
  outside?: boolean;
}

export interface BlameTextProps {
  label: string;
  lines: readonly BlameLine[];
  /** Number of the line being asked about. */
  current?: number;
  onWhy: (line: BlameLine) => void;
}

export function BlameText(props: BlameTextProps) {
  const begins = (at: number) => props.lines[at]?.entry !== props.lines[at - 1]?.entry;
  return (
    <div class="editor" tabindex="0" role="region" aria-label={props.label}>
      <For each={props.lines}>
        {(line, at) => {
          const words = () => readActor(line.actor);
          return (
            <div
              class="ln"
              classList={{ brk: begins(at()), on: line.no === props.current, out: line.outside ?? false }}
            >
              <Show when={begins(at())} fallback={<span class={`blame is-${words().kind}`} />}>
                <button type="button" class={`blame is-${words().kind}`} onClick={() => props.onWhy(line)}>
                  <span class="vh">
                    line {line.no}, {words().said}
                  </span>
                  <ActorMark actor={line.actor} />
                  <span class="who">{words().name}</span>
                  <span class="when">{line.when}</span>
                </button>
              </Show>
              <span class="no">{line.no}</span>
              <code>{line.text}</code>
            </div>
          );
        }}
      </For>
    </div>
  );
}

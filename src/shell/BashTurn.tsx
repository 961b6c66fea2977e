/**
 * One bash line and what it did: output, errors in red, the exit code in words when it is not 0, and the files it
 * changed, each with a link to the revision it made.
 */
import { For, Show } from 'solid-js';
import { createNow } from '../client/now.ts';
import { href } from '../client/route.ts';
import { Button } from '../ui/Button.tsx';
import { Say } from '../ui/Say.tsx';
import { clockTime, plural, stopwatch } from '../ui/words.ts';
import type { LineEnd } from './bash.tsx';
import type { Changed } from './changes.ts';

export interface BashTurnProps {
  script: string;
  at: number;
  /** Another line runs first. */
  waiting: boolean;
  end: LineEnd | undefined;
  changed: readonly Changed[];
  canStop: boolean;
  onStop: () => void;
}

/** Longer output is kept whole in no file, so all of it is shown, but not at once: the page stays quick. */
const SHOWN_CHARS = 20_000;

export function BashTurn(props: BashTurnProps) {
  const ended = () => (props.end?.ok ? props.end.ended : undefined);
  const refused = () => (props.end && !props.end.ok ? props.end.error : undefined);
  const foot = () => ({
    items: [
      'ran as you',
      exitWords(ended()?.code),
      ...(ended() ? [props.changed.length === 0 ? 'no file changed' : plural(props.changed.length, 'change')] : []),
      clockTime(props.at, { now: Date.now() }),
    ],
  });
  return (
    <Say actor="operator" foot={props.end ? foot() : undefined}>
      <div class="cmd">
        <span class="ps">$</span> {props.script}
        <Show when={ended()?.stdout}>{(text) => <Output text={text()} />}</Show>
        <Show when={ended()?.stderr}>{(text) => <Output text={text()} failed />}</Show>
        <Show when={refused()}>
          {(error) => (
            <pre class="fail-ink">
              {error().code}
              {error().path ? ` ${error().path}` : ''}: {error().message}
            </pre>
          )}
        </Show>
      </div>
      <Show when={props.changed.length > 0}>
        <ul class="small mt-2" aria-label="What it changed">
          <For each={props.changed}>
            {(change) => (
              <li>
                <Show when={change.path} fallback={<span class="mono">revision {change.revision}</span>}>
                  {(path) => (
                    <a class="path" href={href({ room: 'files', path: path(), at: change.revision })}>
                      {path()}
                    </a>
                  )}
                </Show>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={!props.end}>
        <Running {...props} />
      </Show>
    </Say>
  );
}

function Output(props: { text: string; failed?: boolean }) {
  const shown = () => props.text.trimEnd().slice(-SHOWN_CHARS);
  const hidden = () => props.text.trimEnd().length - shown().length;
  return (
    <>
      <Show when={hidden() > 0}>
        <p class="small faint">
          The first {plural(hidden(), 'character')} are not shown. Send the output to a file to keep all of it.
        </p>
      </Show>
      <pre classList={{ 'fail-ink': props.failed ?? false }}>{shown()}</pre>
    </>
  );
}

function Running(props: Pick<BashTurnProps, 'waiting' | 'at' | 'canStop' | 'onStop'>) {
  const now = createNow(1_000);
  return (
    <div class="row mt-2">
      <span class="small faint">
        {props.waiting ? 'Waits for the line before it' : `Running, ${stopwatch(now() - props.at)}`}
      </span>
      <Show when={props.canStop}>
        <Button small variant="stop" icon="stop" onClick={() => props.onStop()}>
          Stop
        </Button>
      </Show>
    </div>
  );
}

const exitWords = (code: number | undefined): string | undefined => {
  if (code === undefined || code === 0) return undefined;
  if (code === 124) return 'out of time (exit 124)';
  if (code === 130) return 'stopped (exit 130)';
  return `exit ${code}`;
};

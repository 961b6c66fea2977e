/** CopyCard: a copy of every file, to keep elsewhere. It can be made at any time, also when the journal is damaged. */
import { createSignal, For, Match, onCleanup, Show, Switch } from 'solid-js';
import type { Copied, CopyProgress } from '../../client/copy-files.ts';
import { useClient } from '../../client/context.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { bytes, count, plural } from '../../ui/words.ts';

type State =
  | { is: 'idle' }
  | { is: 'running'; progress: CopyProgress; stop: AbortController }
  | { is: 'stopped' }
  | { is: 'failed'; why: string }
  | { is: 'done'; copied: Copied; names: string[] };

const SHOWN = 20;

const save = (blob: Blob, name: string): void => {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};

export function CopyCard() {
  const client = useClient();
  const [state, setState] = createSignal<State>({ is: 'idle' });
  const running = () => {
    const now = state();
    return now.is === 'running' ? now : undefined;
  };
  const done = () => {
    const now = state();
    return now.is === 'done' ? now : undefined;
  };
  onCleanup(() => running()?.stop.abort());

  const copy = async () => {
    const stop = new AbortController();
    const now = new Date();
    const show = (progress: CopyProgress) => {
      if (!stop.signal.aborted) setState({ is: 'running', progress, stop });
    };
    show({ done: 0, total: 0, bytes: 0, unread: 0 });
    try {
      const { copyFiles } = await import('../../client/copy-files.ts');
      const copied = await copyFiles({ stub: client.stub, now, signal: stop.signal, onProgress: show });
      if (!copied) return setState({ is: 'stopped' });
      const day = now.toISOString().slice(0, 10);
      const names = copied.parts.map((_, n) =>
        copied.parts.length === 1 ? `allod-${day}.zip` : `allod-${day}-part-${n + 1}.zip`,
      );
      copied.parts.forEach((part, n) => save(part, names[n] ?? ''));
      return setState({ is: 'done', copied, names });
    } catch (cause) {
      return setState({ is: 'failed', why: cause instanceof Error ? cause.message : String(cause) });
    }
  };

  return (
    <Card title="A copy of every file">
      <div class="stack-s">
        <p class="hint">
          One .zip with every file as it is now, in its folders. Former versions are not in it. What cannot be read is
          left out and named in a report inside.
        </p>
        <Show
          when={running()}
          fallback={
            <div class="btn-row">
              <Button icon="download" onClick={() => void copy()}>
                Save a copy of every file
              </Button>
            </div>
          }
        >
          {(now) => (
            <Progress
              label="Copying"
              value={now().progress.done}
              max={now().progress.total}
              onStop={() => now().stop.abort()}
              stopping={now().stop.signal.aborted}
            >
              {now().progress.total === 0
                ? 'Listing the files.'
                : `${count(now().progress.done)} of ${plural(now().progress.total, 'file')}, ${bytes(now().progress.bytes)}`}
              {now().progress.unread > 0 ? `. ${now().progress.unread} could not be read.` : ''}
            </Progress>
          )}
        </Show>
        <div role="status" class="t13">
          <Switch>
            <Match when={state().is === 'stopped'}>Stopped. Nothing was saved.</Match>
            <Match when={done()}>
              {(found) => (
                <>
                  <p>
                    {plural(found().copied.files, 'file')}, {bytes(found().copied.bytes)}, saved as{' '}
                    <span class="mono">{found().names.join(', ')}</span>.
                  </p>
                  <Show when={found().copied.unread.length > 0}>
                    <p class="wait-ink">{plural(found().copied.unread.length, 'file')} could not be read:</p>
                    <ul class="small">
                      <For each={found().copied.unread.slice(0, SHOWN)}>
                        {({ path, why }) => (
                          <li>
                            <span class="path">{path}</span> <span class="faint">{why}</span>
                          </li>
                        )}
                      </For>
                    </ul>
                    <Show when={found().copied.unread.length > SHOWN}>
                      <p class="small faint">The others are named in the report.</p>
                    </Show>
                  </Show>
                </>
              )}
            </Match>
          </Switch>
        </div>
        <Show when={state().is === 'failed'}>
          <p class="fail-ink t13" role="alert">
            The copy was not made: {(state() as Extract<State, { is: 'failed' }>).why}
          </p>
        </Show>
      </div>
    </Card>
  );
}

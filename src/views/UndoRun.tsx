/**
 * UndoRun: takes back what one run changed. First the kernel says what would change and what it leaves alone, and why;
 * then it is decided. Later work by others stays, and each step is a new revision, so this can be undone as well.
 */
import { createEffect, createSignal, For, Match, on, Show, Switch } from 'solid-js';
import type { SysError } from '../../kernel/protocol/errors.ts';
import type { Undone } from '../../kernel/protocol/syscalls.ts';
import { useClient, useDesk } from '../client/context.ts';
import { href } from '../client/route.ts';
import { readActor } from '../ui/actors.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorCard } from '../ui/ErrorCard.tsx';
import { ListLine } from '../ui/ListLine.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { count, plural } from '../ui/words.ts';
import { shortRun } from './run-file.ts';
import { undoneWords, WHAT_WORDS } from './undo-words.ts';

export interface UndoRunProps {
  run: string;
  open: boolean;
  onClose: () => void;
}

const SHOWN = 50;

export function UndoRun(props: UndoRunProps) {
  const client = useClient();
  const desk = useDesk();
  const [plan, setPlan] = createSignal<Undone>();
  const [failed, setFailed] = createSignal<SysError>();
  const [busy, setBusy] = createSignal(false);

  createEffect(
    on([() => props.open, () => props.run], async ([open, run]) => {
      setPlan(undefined);
      setFailed(undefined);
      if (!open) return;
      const answer = await client.call('undo', { run, dry: true });
      if (!props.open || run !== props.run) return;
      if (answer.ok) setPlan(answer.value);
      else setFailed(answer.error);
    }),
  );
  const undo = async () => {
    setBusy(true);
    const done = await client.call('undo', { run: props.run });
    setBusy(false);
    if (!done.ok) return setFailed(done.error);
    desk.say(undoneWords(shortRun(props.run), done.value));
    return props.onClose();
  };
  const files = () => plan()?.files ?? [];
  const left = () => plan()?.conflicts ?? [];

  return (
    <Dialog
      open={props.open}
      title={`Undo what run ${shortRun(props.run)} did`}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Leave it as it is</Button>
          <Show when={files().length > 0 && !failed()}>
            <Button variant="primary" icon="undo" busy={busy()} onClick={() => void undo()}>
              Undo in {plural(files().length, 'file')}
            </Button>
          </Show>
        </>
      }
    >
      <Switch fallback={<Skeleton lines={[80, 60]} label="Looking at what it changed" />}>
        <Match when={failed()}>
          {(error) => (
            <ErrorCard title="This cannot be undone now" code={error().code} safe="Nothing was changed.">
              {error().message}
            </ErrorCard>
          )}
        </Match>
        <Match when={plan() && files().length === 0 && left().length === 0}>
          <p>Nothing of what this run wrote is left to take back.</p>
        </Match>
        <Match when={plan()}>
          <Show when={files().length > 0}>
            <section>
              <h3 class="mb-2">What changes back</h3>
              <ul class="list">
                <For each={files().slice(0, SHOWN)}>
                  {(file) => (
                    <ListLine icon="undo" title={<span class="path">{file.path}</span>} sub={WHAT_WORDS[file.what]} />
                  )}
                </For>
              </ul>
              <Show when={files().length > SHOWN}>
                <p class="small faint">and {count(files().length - SHOWN)} more.</p>
              </Show>
            </section>
          </Show>
          <Show when={left().length > 0}>
            <section>
              <h3 class="mb-2">What stays, because it cannot be told apart</h3>
              <ul class="list">
                <For each={left().slice(0, SHOWN)}>
                  {(conflict) => (
                    <ListLine
                      {...(conflict.actor ? { actor: conflict.actor } : { icon: 'fork' as const })}
                      title={
                        <a
                          class="path"
                          href={href({
                            room: 'files',
                            path: conflict.path,
                            ...(conflict.revision ? { at: conflict.revision } : {}),
                          })}
                          onClick={() => props.onClose()}
                        >
                          {conflict.path}
                        </a>
                      }
                      sub={`${conflict.actor ? `${readActor(conflict.actor).name}: ` : ''}${conflict.reason}`}
                    />
                  )}
                </For>
              </ul>
              <Show when={left().length > SHOWN}>
                <p class="small faint">and {count(left().length - SHOWN)} more.</p>
              </Show>
            </section>
          </Show>
          <p class="small faint">
            What others wrote since stays. Each file gets a new revision, so this can be taken back too.
          </p>
        </Match>
      </Switch>
    </Dialog>
  );
}

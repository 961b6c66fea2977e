/** OrderDialog: what an agent is to do now. It starts a run and opens its page. */
import { createEffect, createSignal, on, Show } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import { useClient } from '../../client/context.ts';
import { go } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { TextArea } from '../../ui/TextArea.tsx';
import { AGENTS } from './roster.ts';

export interface OrderDialogProps {
  agent: string | undefined;
  /** No model is connected: say so before anything is asked. */
  noModel: boolean;
  onClose: () => void;
}

export function OrderDialog(props: OrderDialogProps) {
  const client = useClient();
  const [prompt, setPrompt] = createSignal('');
  const [failed, setFailed] = createSignal<SysError>();
  const [busy, setBusy] = createSignal(false);
  createEffect(
    on(
      () => props.agent,
      () => setFailed(undefined),
    ),
  );

  const run = async () => {
    if (busy() || props.agent === undefined) return;
    setBusy(true);
    const fired = await client.stub.fire(`${AGENTS}/${props.agent}/AGENT.md`, { args: { prompt: prompt() } });
    setBusy(false);
    if (!fired.ok) return setFailed(fired.error);
    const { run: id, state, result } = fired.value;
    if (id === undefined)
      return setFailed({
        code: 'EACCES',
        call: 'fire',
        message: typeof result === 'string' ? result : `The run was not started (${state}).`,
      });
    setPrompt('');
    props.onClose();
    go({ room: 'agents', run: id });
  };
  return (
    <Dialog
      open={props.agent !== undefined}
      title={`Run ${props.agent ?? ''}`}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Not now</Button>
          <Button variant="primary" icon="play" busy={busy()} onClick={() => void run()}>
            Run now
          </Button>
        </>
      }
    >
      <Field
        label="What is it to do?"
        hint="It works as itself: what it may not do alone, it proposes to you."
        error={failed()?.message}
      >
        <TextArea
          value={prompt()}
          onText={setPrompt}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void run();
          }}
        />
      </Field>
      <Show when={props.noModel}>
        <p class="small wait-ink">
          No model is connected, so this run would end at once, with that reason. Connect one in Settings first.
        </p>
      </Show>
    </Dialog>
  );
}

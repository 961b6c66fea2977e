/** RestoreFolder: every text below a folder as it was at a moment, as new revisions. */
import { createSignal, Show } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { plural, relativeDay } from '../../ui/words.ts';
import { restoreFolder } from './restore.ts';

export interface RestoreFolderProps {
  path: Path;
  open: boolean;
  onClose: () => void;
}

export function RestoreFolder(props: RestoreFolderProps) {
  const client = useClient();
  const desk = useDesk();
  const [text, setText] = createSignal('');
  const [failed, setFailed] = createSignal<Pick<SysError, 'message'>>();
  const [busy, setBusy] = createSignal(false);

  const restore = async () => {
    if (busy()) return;
    const at = new Date(text());
    if (text() === '' || Number.isNaN(at.getTime())) return setFailed({ message: 'Choose a day and a time.' });
    if (at.getTime() > Date.now())
      return setFailed({ message: 'That moment is still to come. Choose an earlier one.' });
    setFailed(undefined);
    setBusy(true);
    const done = await restoreFolder(client.stub, props.path, at);
    setBusy(false);
    if (!done.ok) return setFailed(done.error);
    const many = done.value.revisions.length;
    desk.say(
      many === 0
        ? 'Every file there is already as it was then.'
        : `${plural(many, 'file')} below ${nameOf(props.path)} ${many === 1 ? 'is' : 'are'} as of ${relativeDay(at, { now: Date.now() })}. What stood before is in the history.`,
    );
    return props.onClose();
  };

  return (
    <Dialog
      open={props.open}
      title={`Restore ${nameOf(props.path)} to a date`}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Leave it as it is</Button>
          <Button variant="primary" icon="undo" busy={busy()} onClick={() => void restore()}>
            {busy() ? 'Restoring' : 'Restore'}
          </Button>
        </>
      }
    >
      <form
        class="stack-s"
        onSubmit={(event) => {
          event.preventDefault();
          void restore();
        }}
      >
        <Field
          label="As it was at"
          hint={
            <>
              Every file below <span class="path">{props.path}</span> gets the content it had then, as a new revision.
              Nothing is lost: what is there now stays in each history.
            </>
          }
          {...(failed() ? { error: failed()?.message ?? '' } : {})}
        >
          <Input type="datetime-local" value={text()} onText={setText} />
        </Field>
        <Show when={busy()}>
          <p class="small faint" role="status">
            All of it is done as one: a large folder takes a while.
          </p>
        </Show>
      </form>
    </Dialog>
  );
}

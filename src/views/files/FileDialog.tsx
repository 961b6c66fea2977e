/** FileDialog: asks for what an act needs (a name, a new place), and says plainly what removing does. */
import { createEffect, createSignal, Match, on, Show, Switch } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import { nameOf, parentOf, parsePath, type Path } from '../../../kernel/protocol/paths.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { go } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { plural } from '../../ui/words.ts';
import { makeFile, makeFolder, moveTo, placeIn, removeAll, whatGoes, type Asked } from './acts.ts';

export interface FileDialogProps {
  asked: Asked | undefined;
  onClose: () => void;
  /** A new file or folder stands at this path. */
  onMade: (path: Path) => void;
  /** A folder whose rows changed without an event. */
  onChanged: (path: Path) => void;
}

const TITLES: Record<Asked['act'], string> = {
  file: 'New file',
  folder: 'New folder',
  move: 'Rename or move',
  remove: 'Remove',
};

export function FileDialog(props: FileDialogProps) {
  const client = useClient();
  const desk = useDesk();
  const [text, setText] = createSignal('');
  const [failed, setFailed] = createSignal<SysError>();
  const [busy, setBusy] = createSignal(false);
  const subject = () => (props.asked && 'path' in props.asked ? props.asked : undefined);
  const folder = () => (props.asked && 'folder' in props.asked ? props.asked.folder : undefined);
  const title = () => {
    const { asked } = props;
    if (!asked) return '';
    return 'path' in asked && asked.act === 'remove' ? `Remove ${nameOf(asked.path)}` : TITLES[asked.act];
  };

  createEffect(
    on(
      () => props.asked,
      (asked) => {
        setFailed(undefined);
        setText(asked && 'path' in asked ? asked.path : '');
      },
    ),
  );

  const act = async () => {
    const { asked } = props;
    if (!asked || busy()) return;
    setFailed(undefined);
    const place = 'folder' in asked ? placeIn(asked.folder, text()) : parsePath(text().trim());
    if (!place.ok) return setFailed(place.error);
    setBusy(true);
    const done = await perform(asked, place.value);
    setBusy(false);
    if (done) setFailed(done);
    else props.onClose();
  };

  const perform = async (asked: Asked, place: Path): Promise<SysError | undefined> => {
    if ('folder' in asked) {
      const made = await (asked.act === 'file' ? makeFile : makeFolder)(client, place);
      if (!made.ok) return made.error;
      props.onMade(place);
      props.onChanged(place);
      go({ room: 'files', path: place });
      return undefined;
    }
    if (asked.act === 'move') {
      const moved = await moveTo(client, asked.path, place);
      if (!moved.ok) return moved.error;
      props.onChanged(place);
      go({ room: 'files', path: place });
      return undefined;
    }
    const goes = await whatGoes(client, asked.path, asked.kind);
    if (!goes.ok) return goes.error;
    const removed = await removeAll(client, goes.value, asked.path);
    if (!removed.ok) return removed.error;
    props.onChanged(asked.path);
    desk.say(`${nameOf(asked.path)} is removed. Its history is kept: open its path to bring it back.`);
    if (asked.kind === 'dir') go({ room: 'files', path: parentOf(asked.path) });
    return undefined;
  };

  return (
    <Dialog
      open={props.asked !== undefined}
      title={title()}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Leave it as it is</Button>
          <Button variant={props.asked?.act === 'remove' ? 'stop' : 'primary'} busy={busy()} onClick={() => void act()}>
            {props.asked?.act === 'remove' ? 'Remove' : props.asked?.act === 'move' ? 'Move' : 'Make it'}
          </Button>
        </>
      }
    >
      <form
        class="stack-s"
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
      >
        <Switch>
          <Match when={folder()}>
            {(where) => (
              <Field
                label="Name"
                hint={
                  <>
                    In <span class="path">{where()}</span>. A name with slashes makes the folders on the way.
                  </>
                }
                error={failed()?.message}
              >
                <Input
                  mono
                  value={text()}
                  onText={setText}
                  placeholder={props.asked?.act === 'file' ? 'notes.md' : 'notes'}
                />
              </Field>
            )}
          </Match>
          <Match when={subject()?.act === 'move'}>
            <Field
              label="New path"
              hint="Its history goes with it. Links to the old path say where it is now."
              error={failed()?.message}
            >
              <Input mono value={text()} onText={setText} />
            </Field>
          </Match>
          <Match when={subject()?.act === 'remove' && subject()}>
            {(what) => <Removal path={what().path} kind={what().kind} error={failed()} />}
          </Match>
        </Switch>
      </form>
    </Dialog>
  );
}

function Removal(props: { path: Path; kind: 'file' | 'dir'; error: SysError | undefined }) {
  const client = useClient();
  const [files, setFiles] = createSignal<number>();
  if (props.kind === 'dir') {
    void whatGoes(client, props.path, 'dir').then((goes) => goes.ok && setFiles(goes.value.length - 1));
  }
  return (
    <>
      <p>
        <span class="path">{props.path}</span>
        {props.kind === 'dir'
          ? files() === undefined
            ? ' and everything in it'
            : ` and the ${plural(files() ?? 0, 'entry', 'entries')} in it`
          : ''}{' '}
        will be gone from the tree, for you and for every agent. It can be restored from history: every version is kept.
      </p>
      <Show when={props.error}>
        {(error) => (
          <p class="small fail-ink" role="alert">
            Not removed: {error().message}
          </p>
        )}
      </Show>
    </>
  );
}

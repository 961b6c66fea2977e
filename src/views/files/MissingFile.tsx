/** MissingFile: nothing stands at this path. If something once did, it says what became of it; the history is beside. */
import { createSignal, Match, Show, Switch } from 'solid-js';
import type { Revision } from '../../../kernel/protocol/files.ts';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { href } from '../../client/route.ts';
import { readActor } from '../../ui/actors.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { relativeDay } from '../../ui/words.ts';
import { writable } from './places.ts';
import { restoreRemoved } from './restore.ts';

export interface MissingFileProps {
  path: Path;
  last: Revision | undefined;
  /** The newest version that had a content. */
  content: Revision | undefined;
  onNewFile: () => void;
}

export function MissingFile(props: MissingFileProps) {
  const client = useClient();
  const desk = useDesk();
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<string>();
  const bringBack = async () => {
    setBusy(true);
    setFailed(undefined);
    const done = await restoreRemoved(client.stub, props.path);
    setBusy(false);
    if (!done.ok) return setFailed(done.error.message);
    desk.say(`${nameOf(props.path)} is back, with its history.`);
  };
  const moved = () => props.last && props.last.op !== 'remove' && props.last.path !== props.path;
  /** It begins a sentence. */
  const who = () => {
    const name = props.last ? readActor(props.last.actor).name : '';
    return name === 'you' ? 'You' : name;
  };
  const when = () => (props.last ? relativeDay(props.last.at, { now: Date.now() }) : '');
  return (
    <div class="pad grow">
      <Switch
        fallback={
          <Empty
            title={`There is no ${nameOf(props.path)} here, and there never was`}
            action={
              writable(props.path) ? (
                <Button icon="plus" onClick={() => props.onNewFile()}>
                  Make this file
                </Button>
              ) : undefined
            }
          >
            Nothing is at <span class="path">{props.path}</span>. Check the path, or look for it with Ctrl K.
          </Empty>
        }
      >
        <Match when={moved()}>
          <Empty
            title={`${nameOf(props.path)} is now ${nameOf(props.last?.path ?? '')}`}
            action={<Button href={href({ room: 'files', path: props.last?.path ?? '/' })}>Open it there</Button>}
          >
            {who()} moved it {when()}, to <span class="path">{props.last?.path}</span>. Its history went with it.
          </Empty>
        </Match>
        <Match when={props.last}>
          <Empty
            title={`${nameOf(props.path)} was removed`}
            action={
              <>
                <Show when={writable(props.path)}>
                  <Button variant="primary" icon="undo" busy={busy()} onClick={() => void bringBack()}>
                    Bring it back
                  </Button>
                </Show>
                <Show when={props.content}>
                  {(content) => (
                    <Button icon="eye" href={href({ room: 'files', path: props.path, at: content().id })}>
                      Open its last version
                    </Button>
                  )}
                </Show>
              </>
            }
          >
            {who()} removed it {when()}. Every version of it is still in its history.
            <Show when={!props.content}> A folder comes back with what was removed with it.</Show>
            <Show when={failed()}>
              {(message) => (
                <p class="fail-ink" role="alert">
                  Not brought back: {message()}
                </p>
              )}
            </Show>
          </Empty>
        </Match>
      </Switch>
    </div>
  );
}

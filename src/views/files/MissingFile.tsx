/** MissingFile: nothing stands at this path. If something once did, it says what became of it; the history is beside. */
import { Match, Switch } from 'solid-js';
import type { Revision } from '../../../kernel/protocol/files.ts';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import { href } from '../../client/route.ts';
import { readActor } from '../../ui/actors.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { relativeDay } from '../../ui/words.ts';
import { writable } from './places.ts';

export interface MissingFileProps {
  path: Path;
  last: Revision | undefined;
  /** The newest version that had a content. */
  content: Revision | undefined;
  onNewFile: () => void;
}

export function MissingFile(props: MissingFileProps) {
  const moved = () => props.last && props.last.op !== 'remove' && props.last.path !== props.path;
  const who = () => (props.last ? readActor(props.last.actor).name : '');
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
              props.content ? (
                <Button icon="eye" href={href({ room: 'files', path: props.path, at: props.content.id })}>
                  Open its last version
                </Button>
              ) : undefined
            }
          >
            {who()} removed it {when()}. Every version of it is still in its history, and any of them can be brought
            back.
          </Empty>
        </Match>
      </Switch>
    </div>
  );
}

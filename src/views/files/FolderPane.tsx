/** FolderPane: what is in a folder, newest writer and time at the right; an empty one says so. */
import { createMemo, createSignal, Match, Show, Switch } from 'solid-js';
import type { Stat } from '../../../kernel/protocol/files.ts';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import { createList } from '../../client/live.ts';
import { createNow } from '../../client/now.ts';
import { href } from '../../client/route.ts';
import { readActor } from '../../ui/actors.ts';
import { ActorMark } from '../../ui/ActorMark.tsx';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { bytes, plural, relativeDay } from '../../ui/words.ts';
import { VirtualRows } from '../VirtualRows.tsx';
import { writable } from './places.ts';
import { RestoreFolder } from './RestoreFolder.tsx';
import { inOrder } from './tree-rows.ts';

const ROW_PX = 57;

export interface FolderPaneProps {
  path: Path;
  onNewFile: () => void;
}

const WHY_EMPTY: Record<string, string> = {
  '/programs': 'No program is installed.',
  '/workspace/inbox': 'Files you drop on Home or here arrive in this folder.',
  '/workspace/jobs': 'A job says when something runs, and what. Programs bring theirs; you can write your own.',
  '/proc/runs': 'Nothing runs at this moment.',
};

export function FolderPane(props: FolderPaneProps) {
  const list = createList(() => props.path);
  const now = createNow(30_000);
  const [restoring, setRestoring] = createSignal(false);
  const entries = createMemo(() => inOrder(props.path, list.value() ?? []));
  return (
    <div class="pad grow">
      <Switch fallback={<Skeleton label="Listing the folder" />}>
        <Match when={list.error()}>
          {(error) => (
            <ErrorCard title="This folder cannot be listed" code={`${error().code} ${props.path}`}>
              {error().message}
            </ErrorCard>
          )}
        </Match>
        <Match when={list.value()?.length === 0}>
          <Empty
            title="Nothing is in this folder"
            action={
              <Show when={writable(props.path)}>
                <Button icon="plus" onClick={() => props.onNewFile()}>
                  New file here
                </Button>
                <Button icon="clock" onClick={() => setRestoring(true)}>
                  Restore to a date
                </Button>
              </Show>
            }
          >
            {WHY_EMPTY[props.path] ?? 'It was made, and nothing was put into it yet.'}
          </Empty>
        </Match>
        <Match when={list.value()}>
          <div class="row between mb-3">
            <p class="small faint">{plural(entries().length, 'entry', 'entries')}</p>
            <Show when={writable(props.path)}>
              <Button small variant="quiet" icon="clock" onClick={() => setRestoring(true)}>
                Restore to a date
              </Button>
            </Show>
          </div>
          <VirtualRows label={`In ${nameOf(props.path)}`} rows={entries()} height={ROW_PX} phoneHeight={ROW_PX + 4}>
            {(stat) => <EntryRow stat={stat} now={now()} />}
          </VirtualRows>
        </Match>
      </Switch>
      <RestoreFolder path={props.path} open={restoring()} onClose={() => setRestoring(false)} />
    </div>
  );
}

function EntryRow(props: { stat: Stat; now: number }) {
  const file = () => props.stat.kind === 'file';
  return (
    <a class="line" href={href({ room: 'files', path: props.stat.path })}>
      <Show when={file()} fallback={<Icon name="folder" />}>
        <ActorMark actor={props.stat.actor} />
      </Show>
      <span>
        <span class="t">{nameOf(props.stat.path)}</span>
        <span class="s">
          {file() ? `${readActor(props.stat.actor).name}, ${relativeDay(props.stat.at, { now: props.now })}` : 'Folder'}
        </span>
      </span>
      <Show when={file()}>
        <span class="small faint">{bytes(props.stat.size)}</span>
      </Show>
    </a>
  );
}

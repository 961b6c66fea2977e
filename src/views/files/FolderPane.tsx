/** FolderPane: what is in a folder, newest writer and time at the right; an empty one says so. */
import { createMemo, createSignal, For, Match, Show, Switch } from 'solid-js';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import { createList } from '../../client/live.ts';
import { createNow } from '../../client/now.ts';
import { href } from '../../client/route.ts';
import { readActor } from '../../ui/actors.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { ListLine } from '../../ui/ListLine.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { bytes, count, plural, relativeDay } from '../../ui/words.ts';
import { writable } from './places.ts';
import { inOrder } from './tree-rows.ts';

const FIRST = 300;

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
  const [shown, setShown] = createSignal(FIRST);
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
              </Show>
            }
          >
            {WHY_EMPTY[props.path] ?? 'It was made, and nothing was put into it yet.'}
          </Empty>
        </Match>
        <Match when={list.value()}>
          <p class="small faint mb-3">{plural(entries().length, 'entry', 'entries')}</p>
          <ul class="list">
            <For each={entries().slice(0, shown())}>
              {(stat) => (
                <ListLine
                  actor={stat.kind === 'file' ? stat.actor : undefined}
                  icon="folder"
                  title={nameOf(stat.path)}
                  sub={
                    stat.kind === 'file'
                      ? `${readActor(stat.actor).name}, ${relativeDay(stat.at, { now: now() })}`
                      : undefined
                  }
                  end={<span class="small faint">{stat.kind === 'file' ? bytes(stat.size) : ''}</span>}
                  href={href({ room: 'files', path: stat.path })}
                />
              )}
            </For>
          </ul>
          <Show when={entries().length > shown()}>
            <Button small variant="quiet" class="mt-3" onClick={() => setShown(entries().length)}>
              Show the other {count(entries().length - shown())}
            </Button>
          </Show>
        </Match>
      </Switch>
    </div>
  );
}

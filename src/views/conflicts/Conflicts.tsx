/**
 * Conflicts: where devices disagreed and both sides were kept, each with its words, its sides and what can be done. What
 * is settled stays on record below.
 */
import './conflicts.css';
import { createMemo, createSignal, For, Match, Show, Switch } from 'solid-js';
import { createConflicts } from '../../client/records.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { ListLine } from '../../ui/ListLine.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { relativeDay } from '../../ui/words.ts';
import type { Asked } from '../files/acts.ts';
import { FileDialog } from '../files/FileDialog.tsx';
import { Room } from '../Room.tsx';
import { ConflictCard } from './ConflictCard.tsx';
import { inTurn, TITLES } from './settle.ts';

const FIRST_OPEN = 20;
const FIRST_SETTLED = 30;

export function Conflicts() {
  const conflicts = createConflicts();
  const [asked, setAsked] = createSignal<Asked>();
  const [open, setOpen] = createSignal(FIRST_OPEN);
  const turn = createMemo(() => inTurn(conflicts.value() ?? []));
  const sub = () => (conflicts.value() ? `${turn().open.length} open, ${turn().settled.length} settled` : undefined);

  return (
    <Room
      title="Conflicts"
      sub={sub()}
      actions={
        <Button small variant="quiet" icon="back" href={href({ room: 'inbox' })}>
          Inbox
        </Button>
      }
    >
      <div class="narrow stack">
        <h2 class="vh">Where devices disagreed</h2>
        <Switch fallback={<Skeleton label="Reading the conflicts" />}>
          <Match when={conflicts.error() && !conflicts.value()}>
            <ErrorCard title="The conflicts cannot be read" code={conflicts.error()?.code}>
              {conflicts.error()?.message}
            </ErrorCard>
          </Match>
          <Match when={conflicts.value()}>
            <Show
              when={turn().open.length > 0}
              fallback={
                <Empty
                  title="Nothing is in conflict"
                  action={<Button href={href({ room: 'files' })}>Open the files</Button>}
                >
                  Texts changed on several devices are merged word by word. Where that cannot be done (two pictures, a
                  removal against a change, one name for two files) both sides are kept and shown here.
                </Empty>
              }
            >
              <For each={turn().open.slice(0, open())}>
                {(conflict) => <ConflictCard conflict={conflict} onAsk={setAsked} />}
              </For>
              <Show when={turn().open.length > open()}>
                <Button onClick={() => setOpen(open() + 50)}>Show more of {turn().open.length}</Button>
              </Show>
            </Show>
            <Show when={turn().settled.length > 0}>
              <Card title="Settled" flush>
                <ul class="list">
                  <For each={turn().settled.slice(0, FIRST_SETTLED)}>
                    {(conflict) => (
                      <ListLine
                        actor={conflict.by}
                        title={<span class="path">{conflict.path}</span>}
                        sub={`${TITLES[conflict.kind]}, ${relativeDay(conflict.at, { now: Date.now() })}`}
                        href={href({ room: 'files', path: conflict.path })}
                      />
                    )}
                  </For>
                </ul>
              </Card>
            </Show>
          </Match>
        </Switch>
      </div>
      <FileDialog
        asked={asked()}
        onClose={() => setAsked(undefined)}
        onMade={() => undefined}
        onChanged={() => conflicts.reload()}
      />
    </Room>
  );
}

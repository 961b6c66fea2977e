/** A rehearsal as it goes: its runs, each labelled as recorded, the way to stop it, and the way to what it made. */
import { createMemo, For, onCleanup, Show } from 'solid-js';
import { useClient } from '../../client/context.ts';
import { followRun } from '../../client/follow.ts';
import { createProcesses } from '../../client/records.ts';
import { href } from '../../client/route.ts';
import { createRuns, type RunHead } from '../../client/runs.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { ListLine } from '../../ui/ListLine.tsx';
import { WithPaths } from '../WithPaths.tsx';

const MOST = 50;

/** `run` is the rehearsal itself; the recorded runs are its children. It stays the same for the life of this card. */
export function Rehearsal(props: { name: string; run: string }) {
  const client = useClient();
  const whole = followRun(client, props.run);
  onCleanup(whole.stop);
  const runs = createRuns(MOST, ({ start }) => start.parent === props.run);
  const processes = createProcesses();
  const children = createMemo(() => (runs.value() ?? []).toReversed());
  const end = () => whole.run().end;
  const doing = (head: RunHead) =>
    processes
      .value()
      ?.find((process) => process.id === head.start.id)
      ?.live.trim()
      .split('\n')
      .at(-1);
  const state = () => {
    const ended = end();
    if (!ended) return <Chip tone="live">Playing</Chip>;
    return <Chip tone={ended.state === 'failed' ? 'fail' : 'quiet'}>{ended.state}</Chip>;
  };
  return (
    <Card
      title={`Rehearsal of ${props.name}`}
      actions={state()}
      foot={{ items: ['recorded answers', 'no key, no cost, nothing leaves'] }}
      flush
    >
      <ul class="list" aria-live="polite">
        <For
          each={children()}
          fallback={
            <li class="pad small muted">
              {end() ? 'No run was started.' : 'Laying out its material and starting the first run.'}
            </li>
          }
        >
          {(head) => (
            <ListLine
              actor={head.start.actor}
              href={href({ room: 'agents', run: head.start.id })}
              title={head.start.title}
              sub={<WithPaths text={head.end ? howItEnded(head) : doing(head) || 'At work'} />}
              end={
                <span class="row">
                  <Chip>Recorded</Chip>
                  <RunState head={head} />
                </span>
              }
            />
          )}
        </For>
      </ul>
      <Show when={end()?.error}>{(error) => <p class="pad t13 fail-ink">{error().message}</p>}</Show>
      <div class="pad btn-row">
        <Show
          when={end()}
          fallback={
            <Button small variant="stop" icon="stop" onClick={() => void client.call('kill', { run: props.run })}>
              Stop
            </Button>
          }
        >
          <Button small href={href({ room: 'home' })}>
            See what it made on Home
          </Button>
          <Button small variant="quiet" href={href({ room: 'inbox' })}>
            Open the Inbox
          </Button>
        </Show>
      </div>
    </Card>
  );
}

function RunState(props: { head: RunHead }) {
  return (
    <Show when={props.head.end} fallback={<Chip tone="live">Live</Chip>}>
      {(end) => <Chip tone={end().state === 'failed' ? 'fail' : 'quiet'}>{end().state}</Chip>}
    </Show>
  );
}

const howItEnded = ({ end }: RunHead): string =>
  end?.error?.message ?? end?.text?.split('\n')[0] ?? 'Ended without words';

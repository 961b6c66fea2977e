/**
 * Agents: who works here and with what rights, what runs at this moment, and every run that was. The schedule and each
 * run have pages of their own.
 */
import './agents.css';
import { createMemo, createSignal, For, Match, Show, Switch } from 'solid-js';
import { createPolicy, modelOf } from '../../client/policy.ts';
import { createInstalled, createProcesses } from '../../client/records.ts';
import { href } from '../../client/route.ts';
import { createRuns } from '../../client/runs.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { ListLine } from '../../ui/ListLine.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { money, plural, relativeDay } from '../../ui/words.ts';
import { Room } from '../Room.tsx';
import { shortRun } from '../run-file.ts';
import { AgentCard } from './AgentCard.tsx';
import { Broken } from './Broken.tsx';
import { LiveRun } from './LiveRun.tsx';
import { NewAgent } from './NewAgent.tsx';
import { OrderDialog } from './OrderDialog.tsx';
import { agentOfFile, createRoster } from './roster.ts';
import { RoomTabs } from './RoomTabs.tsx';
import { RunPage } from './RunPage.tsx';
import { RunState } from './RunState.tsx';
import { Schedule } from './Schedule.tsx';

const RUNS = 200;
const SHOWN = 20;

export function Agents(props: { run?: string | undefined; schedule?: boolean | undefined }) {
  return (
    <Switch fallback={<Everyone />}>
      <Match when={props.schedule}>
        <Schedule />
      </Match>
      <Match keyed when={props.run}>
        {(id) => <RunPage id={id} />}
      </Match>
    </Switch>
  );
}

function Everyone() {
  const roster = createRoster();
  const policy = createPolicy();
  const programs = createInstalled();
  const processes = createProcesses();
  const runs = createRuns(RUNS);
  const [asked, setAsked] = createSignal<string>();
  const [making, setMaking] = createSignal(false);
  const [shown, setShown] = createSignal(SHOWN);

  const liveIds = createMemo(() => new Set((processes.value() ?? []).map(({ id }) => id)));
  const heldIds = createMemo(
    () => new Set((processes.value() ?? []).filter(({ state }) => state === 'paused').map(({ id }) => id)),
  );
  /** Processes by their id: one that only changed its words stays the same row. */
  const alive = createMemo(() => [...liveIds()], [], { equals: (a, b) => a.join() === b.join() });
  const liveOf = (agent: string) => (processes.value() ?? []).filter((process) => process.agent === agent).length;
  const lastOf = (agent: string) =>
    runs.value()?.find(({ start }) => start.agent === agent && !liveIds().has(start.id));
  const sub = () => {
    const list = roster.value();
    return (
      list &&
      [
        plural(list.length, 'agent'),
        alive().length > 0 ? `${plural(alive().length, 'run')} live` : 'nothing runs at this moment',
      ].join(', ')
    );
  };

  return (
    <Room
      title="Agents"
      sub={sub()}
      actions={
        <Button small icon="plus" onClick={() => setMaking(true)}>
          New agent
        </Button>
      }
    >
      <RoomTabs current="agents" />
      <div classList={{ 'cols-run': alive().length > 0 }}>
        <section aria-label="Roster">
          <Switch fallback={<Skeleton label="Reading the roles" />}>
            <Match when={roster.error()}>
              {(error) => (
                <ErrorCard title="The agents cannot be listed" code={error().code}>
                  {error().message}
                </ErrorCard>
              )}
            </Match>
            <Match when={roster.value()?.length === 0}>
              <Empty title="No agent works here" action={<Button onClick={() => setMaking(true)}>New agent</Button>}>
                An agent is a file: its role in /workspace/agents. Programs bring theirs, and you can write your own.
              </Empty>
            </Match>
            <Match when={roster.value() && policy.value() && programs.value()}>
              <div class="roster">
                <For each={roster.value()}>
                  {(read) =>
                    'value' in read ? (
                      <AgentCard
                        role={read.value}
                        stat={read.stat}
                        policy={policy.value()!}
                        programs={programs.value() ?? []}
                        live={liveOf(read.value.name)}
                        last={lastOf(read.value.name)}
                        onRun={() => setAsked(agentOfFile(read.file))}
                      />
                    ) : (
                      <Broken
                        title={`${agentOfFile(read.file)} cannot work: its role cannot be read`}
                        file={read.file}
                        text={read.text}
                        error={read.error}
                        safe="Every other agent works as before."
                      />
                    )
                  }
                </For>
              </div>
            </Match>
            <Match when={policy.error()}>
              {(error) => (
                <ErrorCard
                  title="Your policy cannot be read, so nothing may act alone"
                  code={`${error().code} /system/policy.yaml`}
                  actions={
                    <Button small href={href({ room: 'settings', section: 'grants' })}>
                      Mend it in Settings
                    </Button>
                  }
                >
                  {error().message}
                </ErrorCard>
              )}
            </Match>
          </Switch>
        </section>
        <Show when={alive().length > 0}>
          <section class="stack gap-4" aria-label="Live runs">
            <For each={alive()}>
              {(id) => {
                const process = createMemo(() => processes.value()?.find((one) => one.id === id));
                return <Show when={process()}>{(one) => <LiveRun process={one()} />}</Show>;
              }}
            </For>
          </section>
        </Show>
      </div>

      <section class="mt-6" aria-labelledby="agents-runs">
        <div class="h-sec">
          <h2 id="agents-runs">Runs</h2>
          <span class="count">newest first</span>
        </div>
        <Show when={runs.value()} fallback={<Skeleton label="Reading the runs" />}>
          <Show
            when={runs.value()?.length}
            fallback={
              <Empty title="Nothing has run yet">
                Order something of an agent, or rehearse a program: each run is kept here, step by step.
              </Empty>
            }
          >
            <ul class="card list">
              <For each={runs.value()?.slice(0, shown())}>
                {(head) => (
                  <ListLine
                    actor={head.start.actor}
                    title={head.start.title}
                    sub={[
                      `run ${shortRun(head.start.id)}`,
                      relativeDay(head.start.at, { now: Date.now() }),
                      head.start.recorded
                        ? 'recorded'
                        : head.end?.usd === undefined
                          ? undefined
                          : money(head.end.usd, true),
                      head.end?.error?.message,
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                    end={
                      <RunState
                        end={head.end}
                        live={liveIds().has(head.start.id)}
                        held={heldIds().has(head.start.id)}
                      />
                    }
                    href={href({ room: 'agents', run: head.start.id })}
                  />
                )}
              </For>
            </ul>
            <Show when={(runs.value()?.length ?? 0) > shown()}>
              <Button small variant="quiet" class="mt-3" onClick={() => setShown(shown() + 50)}>
                Show older runs
              </Button>
            </Show>
          </Show>
        </Show>
      </section>

      <OrderDialog
        agent={asked()}
        noModel={policy.value() !== undefined && modelOf(policy.value()) === undefined}
        onClose={() => setAsked(undefined)}
      />
      <NewAgent open={making()} onClose={() => setMaking(false)} />
    </Room>
  );
}

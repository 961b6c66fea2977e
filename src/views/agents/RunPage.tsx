/** RunPage: one run, whole: who, why, each step with what stands behind it, what it wrote, proposed and cost. */
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import { createNow } from '../../client/now.ts';
import { createProcesses, createProposals } from '../../client/records.ts';
import { href } from '../../client/route.ts';
import { createRuns } from '../../client/runs.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { ListLine } from '../../ui/ListLine.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { plural, relativeDay, span, stopwatch } from '../../ui/words.ts';
import { Room } from '../Room.tsx';
import { createRun, shortRun } from '../run-file.ts';
import { UndoRun } from '../UndoRun.tsx';
import { shortPattern } from './rights.ts';
import { RunAbout } from './RunAbout.tsx';
import { RunControls } from './RunControls.tsx';
import { RunState } from './RunState.tsx';
import { Steps } from './Steps.tsx';
import { stepsOf, tokensOf, totalsOf } from './steps.ts';
import { createTouched } from './touched.ts';

export function RunPage(props: { id: string }) {
  const run = createRun(() => props.id);
  const processes = createProcesses();
  const proposals = createProposals();
  const children = createRuns(50, (head) => head.start.parent === props.id);
  const now = createNow(1_000);
  const [undoing, setUndoing] = createSignal(false);

  const process = () => (run.value()?.end ? undefined : processes.value()?.find(({ id }) => id === props.id));
  const held = () => process()?.state === 'paused';
  const start = () => run.value()?.start;
  const end = () => run.value()?.end;
  const records = () => run.value()?.records ?? [];
  const steps = () => stepsOf(records());
  const totals = () => totalsOf(records());
  const touched = createTouched(
    () => props.id,
    () => run.value(),
  );
  const proposed = () => (proposals.value() ?? []).filter((proposal) => proposal.run === props.id);
  const since = () => stopwatch(now() - Date.parse(start()?.at ?? new Date().toISOString()));
  /** How long the step at hand takes already. */
  const step = () => span(Math.max(0, now() - Date.parse(records().at(-1)?.at ?? start()?.at ?? '')));
  const title = () => `Run ${shortRun(props.id)}`;

  return (
    <Room
      title={title()}
      sub={start()?.title}
      actions={
        <Button small variant="quiet" icon="back" href={href({ room: 'agents' })}>
          Agents
        </Button>
      }
    >
      <Switch fallback={<Skeleton label="Reading the run" />}>
        <Match when={run.error() && !run.value()}>
          <Switch
            fallback={
              <ErrorCard title="This run cannot be read" code={run.error()?.code}>
                {run.error()?.message}
              </ErrorCard>
            }
          >
            <Match when={run.error()?.code === 'ENOENT'}>
              <h2 class="vh">This run</h2>
              <Empty
                title={`No run ${props.id}`}
                action={
                  <>
                    <Button href={href({ room: 'agents' })}>See all runs</Button>
                    <Button icon="undo" onClick={() => setUndoing(true)}>
                      Undo what it did
                    </Button>
                  </>
                }
              >
                No run with this id is on record in this workspace. A bash line leaves no record of its own: its changes
                are in the history of the files.
              </Empty>
            </Match>
          </Switch>
        </Match>
        <Match when={run.value()}>
          <div class="cols-run run-page">
            <div class="stack">
              <Card
                title="Steps"
                flush
                actions={<RunState end={end()} live={process() !== undefined} held={held()} since={since()} />}
                foot={{
                  actor: start()?.actor,
                  items: [
                    start() && relativeDay(start()?.at ?? '', { now: Date.now() }),
                    <a href={href({ room: 'files', path: run.value()?.path ?? '' })}>record</a>,
                  ],
                  end:
                    end() && start()
                      ? `took ${span(Date.parse(end()?.at ?? '') - Date.parse(start()?.at ?? ''))}`
                      : undefined,
                }}
              >
                <Show when={process()}>
                  {(alive) => (
                    <div class="btn-row run-controls">
                      <RunControls process={alive()} />
                    </div>
                  )}
                </Show>
                <Show
                  when={steps().length > 0 || process()}
                  fallback={<p class="pad muted t13">{end() ? 'It ended before its first step.' : 'No step yet.'}</p>}
                >
                  <Steps
                    label={`Steps of ${title()}`}
                    steps={steps()}
                    total={{ tokens: tokensOf(totals().usage), usd: totals().usd }}
                    recorded={start()?.recorded !== undefined}
                    live={process() && !held() ? { text: process()?.live ?? '', since: step() } : undefined}
                  />
                </Show>
              </Card>
              <Show when={children.value()?.length}>
                <Card title="Runs it started" flush>
                  <ul class="list">
                    <For each={children.value()}>
                      {(head) => (
                        <ListLine
                          actor={head.start.actor}
                          title={head.start.title}
                          sub={`run ${shortRun(head.start.id)}, ${relativeDay(head.start.at, { now: Date.now() })}`}
                          end={
                            <RunState
                              end={head.end}
                              live={processes.value()?.some(({ id }) => id === head.start.id) ?? false}
                            />
                          }
                          href={href({ room: 'agents', run: head.start.id })}
                        />
                      )}
                    </For>
                  </ul>
                </Card>
              </Show>
            </div>
            <div class="stack">
              <Show when={end()?.error}>
                {(error) => (
                  <ErrorCard
                    title="The run failed"
                    code={`${error().code} ${error().path ?? ''}`.trim()}
                    safe="What it had written before is kept, each change in its file’s history."
                  >
                    {error().message}
                  </ErrorCard>
                )}
              </Show>
              <RunAbout records={records()} start={start()} />
              <Show when={proposed().length > 0}>
                <Card title="What it proposed" flush>
                  <ul class="list">
                    <For each={proposed()}>
                      {(proposal) => (
                        <ListLine
                          icon="inbox"
                          title={proposal.title}
                          sub={proposal.state === 'pending' ? 'waits for you' : proposal.state}
                          href={href({ room: 'inbox', id: proposal.id })}
                        />
                      )}
                    </For>
                  </ul>
                </Card>
              </Show>
              <Card
                title="What it changed"
                flush
                actions={
                  <Button small variant="quiet" icon="undo" onClick={() => setUndoing(true)}>
                    Undo what this run did
                  </Button>
                }
              >
                <Show
                  when={touched.value()?.length}
                  fallback={
                    <p class="pad muted t13">{touched.loading() ? 'Looking through the history.' : 'No file.'}</p>
                  }
                >
                  <ul class="list">
                    <For each={touched.value()}>
                      {(file) => (
                        <ListLine
                          icon="file"
                          title={<span class="path">{shortPattern(file.path)}</span>}
                          sub={`${plural(file.revisions.length, 'revision')}: ${file.message}`}
                          href={href({ room: 'files', path: file.path, at: file.revisions[0] ?? '' })}
                        />
                      )}
                    </For>
                  </ul>
                </Show>
              </Card>
            </div>
          </div>
        </Match>
      </Switch>
      <UndoRun run={props.id} open={undoing()} onClose={() => setUndoing(false)} />
    </Room>
  );
}

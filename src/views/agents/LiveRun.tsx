/** LiveRun: one process that is alive: who, what it was asked, its steps as they come, what it says now; hold, go on, stop. */
import { createSignal, Show } from 'solid-js';
import { createNow } from '../../client/now.ts';
import type { Process } from '../../client/records.ts';
import { href } from '../../client/route.ts';
import { Actor } from '../../ui/Actor.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { span, stopwatch } from '../../ui/words.ts';
import { createRun, shortRun } from '../run-file.ts';
import { RunControls } from './RunControls.tsx';
import { RunState } from './RunState.tsx';
import { slotTime, slugOf } from './schedule-words.ts';
import { Steps } from './Steps.tsx';
import { stepsOf, tokensOf, totalsOf } from './steps.ts';

const LAST = 6;

export function LiveRun(props: { process: Process }) {
  const now = createNow(1_000);
  const run = createRun(() => props.process.id);
  const [all, setAll] = createSignal(false);
  const held = () => props.process.state === 'paused';
  const since = () => stopwatch(now() - Date.parse(props.process.startedAt));
  /** How long the step at hand takes already. */
  const step = () => span(Math.max(0, now() - Date.parse(records().at(-1)?.at ?? props.process.startedAt)));
  const records = () => run.value()?.records ?? [];
  const steps = () => stepsOf(records());
  const totals = () => totalsOf(records());
  const start = () => run.value()?.start;
  return (
    <Card
      title={
        <span class="row row-wrap">
          <Actor actor={props.process.actor} />
          <a class="mono faint plain" href={href({ room: 'agents', run: props.process.id })}>
            run {shortRun(props.process.id)}
          </a>
        </span>
      }
      actions={<RunState live held={held()} end={undefined} since={since()} />}
      foot={{
        items: [
          held() ? 'Held before its next call' : 'Hold waits for the next call',
          'stopping keeps what is written',
        ],
      }}
    >
      <div class="stack-s">
        <p class="t13 muted">
          <Show when={props.process.job} fallback={<q>{start()?.prompt ?? props.process.title}</q>}>
            {(job) => (
              <>
                Job <a href={href({ room: 'files', path: job() })}>{slugOf(job())}</a>
                <Show when={start()?.slot}>{(slot) => <>, due {slotTime(slot(), { now: now() })}</>}</Show>
              </>
            )}
          </Show>{' '}
          <Show when={start()?.by}>
            {(by) => (
              <span class="nowrap">
                Started by <Actor actor={by()} />
              </span>
            )}
          </Show>
        </p>
        <div class="btn-row">
          <RunControls process={props.process} />
        </div>
        <div class="bleed">
          <Steps
            brief
            label={`Steps of run ${shortRun(props.process.id)}`}
            steps={all() ? steps() : steps().slice(-LAST)}
            total={{ tokens: tokensOf(totals().usage), usd: totals().usd }}
            recorded={start()?.recorded !== undefined}
            live={held() ? undefined : { text: props.process.live.slice(-400), since: step() }}
          />
        </div>
        <Show when={steps().length > LAST}>
          <div class="btn-row">
            <Button small variant="quiet" expanded={all()} onClick={() => setAll(!all())}>
              {all() ? `Show the last ${LAST} steps` : `Show all ${steps().length} steps`}
            </Button>
          </div>
        </Show>
      </div>
    </Card>
  );
}

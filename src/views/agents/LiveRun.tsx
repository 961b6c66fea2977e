/** LiveRun: one process that is alive: who, what it was asked, its steps as they come, what it says now, and its stop. */
import { createSignal, Show } from 'solid-js';
import { nameOf } from '../../../kernel/protocol/paths.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { createNow } from '../../client/now.ts';
import type { Process } from '../../client/records.ts';
import { href } from '../../client/route.ts';
import { Actor } from '../../ui/Actor.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { stopwatch } from '../../ui/words.ts';
import { createRun, shortRun } from '../run-file.ts';
import { RunState } from './RunState.tsx';
import { Steps } from './Steps.tsx';
import { stepsOf, tokensOf, totalsOf } from './steps.ts';

const LAST = 6;

/** Ask the kernel to end a run; the record says when it did. */
export const createStop = (id: () => string) => {
  const client = useClient();
  const desk = useDesk();
  const [stopping, setStopping] = createSignal(false);
  const stop = async () => {
    setStopping(true);
    const killed = await client.call('kill', { run: id() });
    setStopping(false);
    if (!killed.ok) desk.say(`Not stopped: ${killed.error.message}`);
    else desk.say(killed.value.killed.length > 0 ? 'Stopped. What it wrote is kept.' : 'It had ended already.');
  };
  return { stopping, stop };
};

export function LiveRun(props: { process: Process }) {
  const now = createNow(1_000);
  const run = createRun(() => props.process.id);
  const { stopping, stop } = createStop(() => props.process.id);
  const since = () => stopwatch(now() - Date.parse(props.process.startedAt));
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
      actions={<RunState live end={undefined} since={since()} />}
      foot={{
        items: [
          'Stopping keeps what is written',
          steps().length > LAST ? `the last ${LAST} of ${steps().length} steps` : undefined,
        ],
      }}
    >
      <div class="stack-s">
        <p class="t13 muted">
          <Show when={props.process.job} fallback={<q>{start()?.prompt ?? props.process.title}</q>}>
            {(job) => (
              <>
                Job <a href={href({ room: 'files', path: job() })}>{nameOf(job()).replace(/\.md$/, '')}</a>
              </>
            )}
          </Show>
        </p>
        <Show when={steps().length > 0 || props.process.live}>
          <div class="bleed">
            <Steps
              brief
              label={`Steps of run ${shortRun(props.process.id)}`}
              steps={steps().slice(-LAST)}
              total={{ tokens: tokensOf(totals().usage), usd: totals().usd }}
              recorded={start()?.recorded !== undefined}
              live={props.process.live ? { text: props.process.live.slice(-400), since: since() } : undefined}
            />
          </div>
        </Show>
        <div class="btn-row">
          <Button variant="stop" small icon="stop" busy={stopping()} onClick={() => void stop()}>
            Stop run
          </Button>
        </div>
      </div>
    </Card>
  );
}

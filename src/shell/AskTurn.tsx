/**
 * One question and its answer: the operator's words, then what the agent says, live while it is said, with a foot line
 * of what it read and changed and cost. What it proposed stands under it and is decided in the Inbox.
 */
import { For, Match, Show, Switch } from 'solid-js';
import type { SysError } from '../../kernel/protocol/errors.ts';
import type { Proposal } from '../../kernel/protocol/formats/records.ts';
import type { FollowedRun } from '../client/follow.ts';
import { createNow } from '../client/now.ts';
import { href } from '../client/route.ts';
import { Button } from '../ui/Button.tsx';
import { Chip } from '../ui/Chip.tsx';
import { Say } from '../ui/Say.tsx';
import { clockTime, fromNow } from '../ui/words.ts';
import { Prose } from './Prose.tsx';
import { whatItCost, whatItDid } from './words-of-run.ts';

export interface AskTurnProps {
  prompt: string;
  at: number;
  run: FollowedRun | undefined;
  failed: SysError | undefined;
  running: boolean;
  proposed: readonly Proposal[];
  onStop: () => void;
}

export function AskTurn(props: AskTurnProps) {
  const clock = () => ({ now: Date.now() });
  const foot = () => {
    const run = props.run;
    if (!run) return undefined;
    return {
      items: [
        <a class="mono" href={href({ room: 'agents', run: run.id })}>
          run {run.id.slice(0, 6)}
        </a>,
        run.start?.recorded ? 'Recorded' : undefined,
        ...whatItDid(run.records),
        run.end?.state === 'cancelled' ? 'stopped' : undefined,
        whatItCost(run.end?.usd),
      ],
    };
  };
  return (
    <>
      <Say actor="operator" foot={{ items: [clockTime(props.at, clock())] }}>
        <p>{props.prompt}</p>
      </Say>
      <Say actor="agent:shell" foot={foot()}>
        <Switch fallback={<p class="faint">{props.run?.live ? '' : 'Waiting for the model'}</p>}>
          <Match when={props.failed}>{(error) => <Refusal error={error()} />}</Match>
          <Match when={props.run?.end}>
            {(end) => (
              <>
                <Show when={end().text}>{(text) => <Prose text={text()} />}</Show>
                <Show when={end().error}>{(error) => <Refusal error={error()} />}</Show>
                <Show when={!end().text && !end().error}>
                  <p class="faint">
                    {end().state === 'cancelled' ? 'Stopped before it answered.' : 'It ended without words.'}
                  </p>
                </Show>
              </>
            )}
          </Match>
          <Match when={props.run?.live}>{(live) => <Prose text={live()} />}</Match>
        </Switch>
        <For each={props.proposed}>{(proposal) => <Proposed proposal={proposal} />}</For>
        <Show when={props.running && props.run}>
          <div class="btn-row mt-2">
            <Button small icon="stop" variant="stop" onClick={props.onStop}>
              Stop
            </Button>
          </div>
        </Show>
      </Say>
    </>
  );
}

function Refusal(props: { error: SysError }) {
  const aboutModels = () => /model|key|secret/i.test(props.error.message);
  return (
    <>
      <p class="fail-ink">{props.error.message}</p>
      <Show when={aboutModels()}>
        <p>
          <a href={href({ room: 'settings', section: 'models' })}>Open Settings, Models</a>
        </p>
      </Show>
    </>
  );
}

function Proposed(props: { proposal: Proposal }) {
  const now = createNow();
  const waits = () => props.proposal.state === 'pending' && Date.parse(props.proposal.expiresAt) > now();
  return (
    <article class="card pad stack-s mt-2" aria-label={`Proposal: ${props.proposal.title}`}>
      <div class="row row-wrap">
        <Chip
          tone={waits() ? 'wait' : props.proposal.state === 'unknown' ? 'unknown' : 'quiet'}
          icon={waits() ? 'clock' : undefined}
        >
          {waits() ? `Expires ${fromNow(props.proposal.expiresAt, { now: now() })}` : stateWords(props.proposal, now())}
        </Chip>
      </div>
      <p>
        <strong>{props.proposal.title}</strong>
      </p>
      <p class="small">
        <a href={href({ room: 'inbox', id: props.proposal.id })}>
          {waits() ? 'Decide in the Inbox' : 'See it in the Inbox'}
        </a>
      </p>
    </article>
  );
}

const stateWords = (proposal: Proposal, now: number): string => {
  if (proposal.state === 'pending' && Date.parse(proposal.expiresAt) <= now) return 'Expired';
  return `${proposal.state[0]?.toUpperCase() ?? ''}${proposal.state.slice(1)}`;
};

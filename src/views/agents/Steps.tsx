/** Steps: a run's steps as a ruled table, each with what stands behind it folded in. The live one stands last and pulses. */
import { createMemo, For, Show } from 'solid-js';
import { href } from '../../client/route.ts';
import { Chip } from '../../ui/Chip.tsx';
import { RunSteps } from '../../ui/RunSteps.tsx';
import type { RunStepProps } from '../../ui/RunStep.tsx';
import { count, money, span } from '../../ui/words.ts';
import { shortPath, type Step } from './steps.ts';

export interface StepsProps {
  label: string;
  steps: readonly Step[];
  total: { tokens: number; usd: number | undefined };
  /** What it does right now, and for how long. */
  live?: { text: string; since: string };
  /** Its answers are a recording: it cost nothing. */
  recorded: boolean;
  /** Leave what stands behind a step to the run's own page. */
  brief?: boolean;
}

export function Steps(props: StepsProps) {
  const rowOf = (step: Step): RunStepProps => ({
    what: <What step={step} />,
    sub: props.brief ? undefined : <Behind step={step} />,
    tokens: step.tokens === undefined ? '' : count(step.tokens),
    price: step.usd === undefined || props.recorded ? '' : money(step.usd, true),
    state: step.state,
  });
  // A step that was drawn stays as it is, with what the reader unfolded in it.
  const done = createMemo<ReadonlyMap<string, RunStepProps>>(
    (before) =>
      new Map(
        props.steps
          .map((step, index) => [`${step.at} ${index} ${step.what}`, step] as const)
          .map(([key, step]) => [key, before.get(key) ?? rowOf(step)]),
      ),
    new Map(),
  );
  const live: RunStepProps = {
    what: 'At work',
    state: 'live',
    get sub() {
      return <span class="run-live">{props.live?.text}</span>;
    },
    get since() {
      return props.live?.since;
    },
  };
  const alive = createMemo(() => props.live !== undefined);
  const rows = createMemo(() => [...done().values(), ...(alive() ? [live] : [])]);
  const price = () =>
    props.recorded ? 'recorded' : props.total.usd === undefined ? 'not known' : money(props.total.usd, true);
  return (
    <RunSteps
      label={props.label}
      steps={rows()}
      total={props.total.tokens > 0 ? { tokens: count(props.total.tokens), price: price() } : undefined}
    />
  );
}

const MARKS = {
  resumed: { icon: 'sync', word: 'Resumed' },
  held: { icon: 'pause', word: 'Held' },
  'let go': { icon: 'right', word: 'Goes on' },
} as const;

function What(props: { step: Step }) {
  const only = () => (props.step.paths.length === 1 ? props.step.paths[0] : undefined);
  const mark = () => props.step.mark;
  return (
    <span
      classList={{ 'row top-line': mark() !== undefined, faint: props.step.kind === 'note' && mark() === undefined }}
    >
      <Show when={mark()}>{(kind) => <Chip icon={MARKS[kind()].icon}>{MARKS[kind()].word}</Chip>}</Show>
      {props.step.what}
      <Show when={only()}>
        {(path) => (
          <>
            {' '}
            <a class="path" title={path()} href={href({ room: 'files', path: path(), ...at(props.step.revisions[0]) })}>
              {shortPath(path())}
            </a>
          </>
        )}
      </Show>
    </span>
  );
}

function Behind(props: { step: Step }) {
  const kept = () => props.step.input !== undefined || props.step.result !== undefined;
  return (
    <>
      <Show when={props.step.text}>{(text) => <p class="run-text">{text()}</p>}</Show>
      <Show when={props.step.thinking}>
        {(thinking) => (
          <details class="run-more">
            <summary>What it thought</summary>
            <p class="run-text faint">{thinking()}</p>
          </details>
        )}
      </Show>
      <Show when={props.step.paths.length > 1}>
        <p class="row row-wrap">
          <For each={props.step.paths.slice(0, 12)}>
            {(path) => (
              <a class="path" title={path} href={href({ room: 'files', path })}>
                {shortPath(path)}
              </a>
            )}
          </For>
          <Show when={props.step.paths.length > 12}>and {props.step.paths.length - 12} more</Show>
        </p>
      </Show>
      <Show when={kept()}>
        <details class="run-more">
          <summary>
            Input and result{props.step.ms !== undefined && props.step.ms >= 100 ? `, ${span(props.step.ms)}` : ''}
          </summary>
          <Show when={props.step.input}>
            {(input) => (
              <pre class="run-pre" tabindex="0">
                {input()}
              </pre>
            )}
          </Show>
          <Show when={props.step.result}>
            {(result) => (
              <pre class="run-pre" tabindex="0">
                {result()}
              </pre>
            )}
          </Show>
        </details>
      </Show>
    </>
  );
}

const at = (revision: string | undefined): { at?: string } => (revision === undefined ? {} : { at: revision });

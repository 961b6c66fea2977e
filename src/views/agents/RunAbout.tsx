/** RunAbout: what a run was asked, as whom, by whom, with which model, and what that cost. */
import { Show } from 'solid-js';
import type { RunRecord } from '../../../kernel/protocol/formats/records.ts';
import { nameOf } from '../../../kernel/protocol/paths.ts';
import { href } from '../../client/route.ts';
import type { Start } from '../../client/runs.ts';
import { Actor } from '../../ui/Actor.tsx';
import { Card } from '../../ui/Card.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { count, money } from '../../ui/words.ts';
import { shortRun } from '../run-file.ts';
import { slotTime } from './schedule-words.ts';
import { totalsOf } from './steps.ts';

export function RunAbout(props: { records: readonly RunRecord[]; start: Start | undefined }) {
  const totals = () => totalsOf(props.records);
  return (
    <Card
      title="About"
      actions={
        <Show when={props.start?.recorded}>
          {(of) => <Chip title={`The model’s answers are a recording: ${of()}`}>Recorded</Chip>}
        </Show>
      }
    >
      <Show when={props.start?.prompt}>{(prompt) => <p class="run-text mb-3">“{prompt()}”</p>}</Show>
      <Facts
        facts={[
          { term: 'Acts as', value: <Actor actor={props.start?.actor ?? ''} /> },
          { term: 'Started by', value: <Actor actor={props.start?.by ?? ''} /> },
          props.start?.job !== undefined && {
            term: 'Job',
            value: (
              <a href={href({ room: 'files', path: props.start?.job ?? '' })}>
                {nameOf(props.start?.job ?? '').replace(/\.md$/, '')}
              </a>
            ),
          },
          props.start?.slot !== undefined && {
            term: 'Due',
            value: (
              <a href={href({ room: 'agents', schedule: true })}>
                {slotTime(props.start?.slot ?? '', { now: Date.now() })}, by the clock
              </a>
            ),
          },
          props.start?.program !== undefined && {
            term: 'Program',
            value: <a href={href({ room: 'programs', name: props.start?.program ?? '' })}>{props.start?.program}</a>,
          },
          props.start?.parent !== undefined && {
            term: 'Part of',
            value: (
              <a class="mono" href={href({ room: 'agents', run: props.start?.parent ?? '' })}>
                run {shortRun(props.start?.parent ?? '')}
              </a>
            ),
          },
          {
            term: 'Model',
            value: props.start?.recorded
              ? `${props.start?.model ?? 'a model'}, recorded`
              : (props.start?.model ?? modelSeen(props.records) ?? 'the one in Settings'),
          },
          {
            term: 'Tokens',
            value: `${count(totals().usage.input + totals().usage.cacheRead + totals().usage.cacheWrite)} in, ${count(totals().usage.output)} out`,
          },
          {
            term: 'Cost',
            value: props.start?.recorded
              ? 'nothing: a recording was played'
              : totals().usd === undefined
                ? 'not known: this model has no price in Settings'
                : money(totals().usd ?? 0, true),
          },
        ]}
      />
    </Card>
  );
}

const modelSeen = (records: readonly { t: string; model?: string }[]): string | undefined =>
  records.find(({ t }) => t === 'model')?.model;

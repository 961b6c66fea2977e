/**
 * List: one line a row: who in the margin, what, and under it the rest. The first column is the title, the others are
 * the words below. In a stream it is a timeline: when, who, what, at what cost.
 */
import { For, Index, type JSX, Show } from 'solid-js';
import { ActorMark } from '../ui/ActorMark.tsx';
import { Chip, type ChipProps } from '../ui/Chip.tsx';
import { Ledger } from '../ui/Ledger.tsx';
import { TimelineItem } from '../ui/TimelineItem.tsx';
import { columnTime, money, plural } from '../ui/words.ts';
import { numberIn } from './cell.ts';
import { actorOf, isRun, stampOf, titleOf, wordsOf } from './columns.ts';
import { linkTo, open, targetOf } from './open-link.ts';
import type { Row, WidgetProps } from './widget.ts';
import { actorSaid, cellText } from './words.ts';

/** How a run's state is drawn; what is done is quiet. */
const STATES: Record<string, ChipProps['tone']> = {
  running: 'live',
  failed: 'fail',
  cancelled: 'quiet',
  skipped: 'quiet',
};

export function ListWidget(props: WidgetProps): JSX.Element {
  const now = () => props.data.at;
  const columns = () => props.panel.columns ?? [];
  const title = (row: Row) => titleOf(row, columns(), now());
  const sub = (row: Row) => wordsOf(row, columns(), now());
  const state = (row: Row) => (isRun(row) ? String(row.data['state']) : '');
  /** A recorded answer is never shown as if a model had given it. */
  const recorded = (row: Row) => isRun(row) && row.data['recorded'] !== undefined;
  const cost = (row: Row) => {
    const usd = numberIn(row.data['usd']);
    return usd === undefined ? '' : money(usd);
  };

  const Line = (line: { row: Row }) => (
    <li>
      <a {...linkTo(props.links, targetOf(line.row))} class="line">
        <ActorMark actor={actorOf(line.row)} label={actorSaid(actorOf(line.row))} />
        <span>
          <span class="t">{title(line.row)}</span>
          <Show when={sub(line.row)}>{(words) => <span class="s">{words()}</span>}</Show>
        </span>
        <Show when={recorded(line.row)}>
          <Chip tone="quiet">Recorded</Chip>
        </Show>
        <Show when={STATES[state(line.row)]} fallback={<span class="small faint nowrap">{cost(line.row)}</span>}>
          {(tone) => <Chip tone={tone()}>{state(line.row)}</Chip>}
        </Show>
      </a>
    </li>
  );
  const Lines = (list: { rows: readonly Row[]; label: string }) => (
    <Show
      when={props.archetype === 'stream'}
      fallback={
        <ul class="list" aria-label={list.label}>
          <For each={list.rows}>{(row) => <Line row={row} />}</For>
        </ul>
      }
    >
      <Ledger label={list.label}>
        <For each={list.rows}>
          {(row) => (
            <TimelineItem
              when={columnTime(stampOf(row), { now: now() })}
              at={stampOf(row)}
              actor={actorOf(row)}
              sub={
                [recorded(row) ? 'Recorded' : '', STATES[state(row)] ? state(row) : '', sub(row)]
                  .filter(Boolean)
                  .join(' · ') || undefined
              }
              cost={cost(row)}
              onOpen={() => open(props.links, targetOf(row))}
            >
              {title(row)}
            </TimelineItem>
          )}
        </For>
      </Ledger>
    </Show>
  );
  return (
    <>
      <Show when={props.data.groups} fallback={<Lines rows={props.data.rows} label={props.label} />}>
        {(groups) => (
          <Index each={groups()}>
            {(group) => (
              <>
                <p class="q-grp">
                  {cellText(group().name, now()) || 'none'} <span class="count">{group().rows.length}</span>
                </p>
                <Lines rows={group().rows} label={`${props.label}: ${group().name || 'none'}`} />
              </>
            )}
          </Index>
        )}
      </Show>
      <Show when={props.data.total > props.data.rows.length}>
        <p class="small faint pad">
          The first {props.data.rows.length} of {plural(props.data.total, 'row')}.
        </p>
      </Show>
    </>
  );
}

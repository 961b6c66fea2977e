/** ProposalLine: one proposal in the queue: who, what, how it can be undone, and how long it still waits or how it ended. */
import { Show } from 'solid-js';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { href } from '../../client/route.ts';
import { readActor } from '../../ui/actors.ts';
import { Chip } from '../../ui/Chip.tsx';
import { QueueItem } from '../../ui/QueueItem.tsx';
import { endChip, leftShort, soon, standingOf, undoWords } from './standing.ts';

export function ProposalLine(props: { proposal: Proposal; now: number; current: boolean }) {
  const waiting = () => standingOf(props.proposal, props.now) === 'waiting';
  const chip = () => endChip(props.proposal, props.now);
  const who = () => readActor(props.proposal.by).name;
  return (
    <QueueItem
      href={href({ room: 'inbox', id: props.proposal.id })}
      actor={props.proposal.by}
      title={<span class="clip">{props.proposal.title}</span>}
      sub={waiting() ? `${who()}, ${undoWords(props.proposal.reversibility)}` : who()}
      end={
        <Show when={chip()} fallback={leftShort(props.proposal, props.now)}>
          {(how) => <Chip {...how()} />}
        </Show>
      }
      urgent={waiting() && soon(props.proposal, props.now)}
      current={props.current}
      past={!waiting()}
    />
  );
}

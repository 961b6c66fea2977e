/**
 * Queue: proposals that wait, each a link to where it is decided. It shows and never decides.
 */
import { For, type JSX, Show } from 'solid-js';
import { ActorMark } from '../ui/ActorMark.tsx';
import { Chip } from '../ui/Chip.tsx';
import { plural } from '../ui/words.ts';
import { linkTo } from './open-link.ts';
import { proposalMark, proposalWords } from './proposal-words.ts';
import type { WidgetProps } from './widget.ts';
import { actorSaid } from './words.ts';

export function QueueWidget(props: WidgetProps): JSX.Element {
  const proposals = () => props.data.rows.flatMap(({ proposal }) => (proposal ? [proposal] : []));
  return (
    <>
      <ul class="list" aria-label={props.label}>
        <For each={proposals()}>
          {(proposal) => {
            const mark = () => proposalMark(proposal, props.data.at);
            return (
              <li>
                <a {...linkTo(props.links, { proposal: proposal.id })} class="line">
                  <ActorMark actor={proposal.by} label={actorSaid(proposal.by)} />
                  <span>
                    <span class="t">{proposal.title}</span>
                    <span class="s">{proposalWords(proposal)}</span>
                  </span>
                  <Chip tone={mark().tone} icon={mark().icon}>
                    {mark().words}
                  </Chip>
                </a>
              </li>
            );
          }}
        </For>
      </ul>
      <Show when={props.data.total > props.data.rows.length}>
        <p class="small faint pad">
          The first {props.data.rows.length} of {plural(props.data.total, 'proposal')}.
        </p>
      </Show>
    </>
  );
}

/** HitList: what was found, one row a file or version: where, the line with the words marked, who and when. */
import { For, Show } from 'solid-js';
import type { Hit } from '../../../kernel/protocol/files.ts';
import { href } from '../../client/route.ts';
import { ActorMark } from '../../ui/ActorMark.tsx';
import { readActor } from '../../ui/actors.ts';
import { Chip } from '../../ui/Chip.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { relativeDay } from '../../ui/words.ts';
import { VirtualRows, type RowsHandle } from '../VirtualRows.tsx';
import type { Marker } from './highlight.ts';
import type { Answer } from './searching.ts';

export interface HitListProps {
  answer: Answer;
  onUp: () => void;
  ref: (handle: RowsHandle) => void;
}

const ROW_PX = 78;
const BARE_ROW_PX = 58;

export function HitList(props: HitListProps) {
  // Who and when come with each hit or with none.
  const signed = () => props.answer.hits.some(({ actor }) => actor !== undefined);
  return (
    <VirtualRows
      class="card"
      label="Found"
      rows={props.answer.hits}
      height={signed() ? ROW_PX : BARE_ROW_PX}
      onUp={() => props.onUp()}
      ref={(handle) => props.ref(handle)}
    >
      {(hit) => <HitRow hit={hit} marker={props.answer.marker} />}
    </VirtualRows>
  );
}

/** A former version opens as it was, with its place in the history; what is there now opens at the line. */
const openHit = (hit: Hit): string =>
  href({ room: 'files', path: hit.path, line: hit.line, ...(hit.past ? { at: hit.revision } : {}) });

function HitRow(props: { hit: Hit; marker: Marker }) {
  const who = () => (props.hit.actor ? readActor(props.hit.actor) : undefined);
  return (
    <a class="hit" href={openHit(props.hit)}>
      <Show when={props.hit.actor} fallback={<Icon name="file" />}>
        {(actor) => <ActorMark actor={actor()} />}
      </Show>
      <span class="hit-top">
        <span class="path clip">{props.hit.path.replace(/^\/workspace\//, '')}</span>
        <span class="small faint nowrap">line {props.hit.line}</span>
        <Show when={props.hit.past}>
          <Chip icon="clock">former version</Chip>
        </Show>
      </span>
      <span class="hit-snippet clip">
        <For each={props.marker(props.hit.snippet)}>
          {(part) => (
            <Show when={part.hit} fallback={part.text}>
              <mark>{part.text}</mark>
            </Show>
          )}
        </For>
      </span>
      <Show when={who()}>
        {(words) => (
          <span class="small faint clip">
            <span class="vh">{words().said}</span>
            {words().name}
            <Show when={props.hit.at}>{(at) => <>, {relativeDay(at(), { now: Date.now() })}</>}</Show>
          </span>
        )}
      </Show>
    </a>
  );
}

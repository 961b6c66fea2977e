/**
 * HitList: what was found, one row a file or version: where, the line with the words marked, who and when. Only the rows
 * in sight are drawn, so a thousand are as light as ten. J K or the arrows move, Enter opens.
 */
import { createVirtualizer } from '@tanstack/solid-virtual';
import { createSignal, For, onMount, Show } from 'solid-js';
import type { Hit } from '../../../kernel/protocol/files.ts';
import { singleKeys } from '../../client/keys.ts';
import { href } from '../../client/route.ts';
import { ActorMark } from '../../ui/ActorMark.tsx';
import { readActor } from '../../ui/actors.ts';
import { Chip } from '../../ui/Chip.tsx';
import { cssVar } from '../../ui/css-var.ts';
import { Icon } from '../../ui/Icon.tsx';
import { relativeDay } from '../../ui/words.ts';
import type { Marker } from './highlight.ts';
import type { Answer } from './searching.ts';

export type HitListHandle = { focusFirst: () => void };

export interface HitListProps {
  answer: Answer;
  /** Former versions were searched too. */
  past: boolean;
  ref: (handle: HitListHandle | undefined) => void;
}

const ROW_PX = 78;
const AROUND = 8;

export function HitList(props: HitListProps) {
  let list!: HTMLOListElement;
  const [offset, setOffset] = createSignal(0);
  const hits = () => props.answer.hits;
  const virtual = createVirtualizer({
    get count() {
      return hits().length;
    },
    getScrollElement: () => list?.closest('main') ?? null,
    estimateSize: () => ROW_PX,
    overscan: AROUND,
    get scrollMargin() {
      return offset();
    },
  });
  onMount(() => {
    const main = list.closest('main');
    if (main) setOffset(list.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop);
    props.ref({ focusFirst: () => focus(0) });
  });

  const focus = (index: number): void => {
    if (index < 0 || index >= hits().length) return;
    virtual.scrollToIndex(index, { align: 'auto' });
    // The row exists once the scroll has been seen.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        list.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus({ preventScroll: true }),
      ),
    );
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const letters = singleKeys();
    const step =
      event.key === 'ArrowDown' || (letters && event.key === 'j')
        ? 1
        : event.key === 'ArrowUp' || (letters && event.key === 'k')
          ? -1
          : 0;
    const from = Number((event.target as Element).closest<HTMLElement>('[data-index]')?.dataset['index'] ?? -1);
    if (step === 0 || from < 0) return;
    event.preventDefault();
    if (from + step < 0) list.closest('.narrow')?.querySelector<HTMLElement>('input')?.focus();
    else focus(from + step);
  };

  return (
    <ol
      class="hits card"
      aria-label="Found"
      ref={(el) => {
        list = el;
        cssVar(el, '--all', () => `${virtual.getTotalSize()}px`);
      }}
      onKeyDown={onKeyDown}
    >
      <For each={virtual.getVirtualItems()}>
        {(item) => (
          <li
            data-index={item.index}
            aria-setsize={hits().length}
            aria-posinset={item.index + 1}
            ref={(el) => cssVar(el, '--at', () => `${item.start - offset()}px`)}
          >
            <Show when={hits()[item.index]}>{(hit) => <HitRow hit={hit()} marker={props.answer.marker} />}</Show>
          </li>
        )}
      </For>
    </ol>
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
      <span class="small faint clip">
        <Show when={who()}>
          {(words) => (
            <>
              <span class="vh">{words().said}</span>
              {words().name}
            </>
          )}
        </Show>
        <Show when={props.hit.at}>{(at) => <>, {relativeDay(at(), { now: Date.now() })}</>}</Show>
      </span>
    </a>
  );
}

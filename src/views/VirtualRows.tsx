/**
 * VirtualRows: a list of rows of one height of which only those in sight are drawn, so that ten thousand are as light as
 * ten. It scrolls with whatever scrolls around it. J K or the arrows move between the rows' links; up from the first
 * asks the caller.
 */
import './virtual-rows.css';
import { createVirtualizer } from '@tanstack/solid-virtual';
import { createSignal, For, onCleanup, onMount, Show, type JSX } from 'solid-js';
import { singleKeys } from '../client/keys.ts';
import { cssVar } from '../ui/css-var.ts';

export type RowsHandle = { focusFirst: () => void };

export interface VirtualRowsProps<T> {
  label: string;
  rows: readonly T[];
  /** Of each row, in pixels; on a phone another may be given. */
  height: number;
  phoneHeight?: number;
  class?: string;
  children: (row: T) => JSX.Element;
  onUp?: () => void;
  ref?: (handle: RowsHandle) => void;
}

const AROUND = 8;

const scrollerOf = (el: Element): HTMLElement => {
  for (let at = el.parentElement; at !== null; at = at.parentElement)
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  return document.documentElement;
};

export function VirtualRows<T>(props: VirtualRowsProps<T>) {
  const phone = matchMedia('(max-width: 899.98px)');
  const [narrow, setNarrow] = createSignal(phone.matches);
  const [place, setPlace] = createSignal<{ scroller: HTMLElement; offset: number }>();
  const height = () => (narrow() ? (props.phoneHeight ?? props.height) : props.height);
  let list!: HTMLOListElement;

  const measure = (): void => {
    const scroller = scrollerOf(list);
    const offset = list.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    setPlace({ scroller, offset: Math.max(0, Math.round(offset)) });
    setNarrow(phone.matches);
  };
  onMount(() => {
    measure();
    // What stands above may grow or go, and with the width of the page another element scrolls.
    const watch = new ResizeObserver(measure);
    watch.observe(document.documentElement);
    if (list.parentElement) watch.observe(list.parentElement);
    onCleanup(() => watch.disconnect());
    props.ref?.({ focusFirst: () => focus(0) });
  });
  const virtual = createVirtualizer({
    get count() {
      return props.rows.length;
    },
    getScrollElement: () => place()?.scroller ?? null,
    estimateSize: () => height(),
    overscan: AROUND,
    get scrollMargin() {
      return place()?.offset ?? 0;
    },
  });

  const focus = (index: number): void => {
    if (index < 0 || index >= props.rows.length) return;
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
    const down = event.key === 'ArrowDown' || (letters && event.key === 'j');
    const up = event.key === 'ArrowUp' || (letters && event.key === 'k');
    const from = Number((event.target as Element).closest<HTMLElement>('[data-index]')?.dataset['index'] ?? -1);
    if (from < 0 || (!down && !up)) return;
    event.preventDefault();
    if (up && from === 0) props.onUp?.();
    else focus(down ? from + 1 : from - 1);
  };

  return (
    <ol
      class={props.class ? `rows ${props.class}` : 'rows'}
      aria-label={props.label}
      ref={(el) => {
        list = el;
        cssVar(el, '--all', () => `${props.rows.length * height()}px`);
        cssVar(el, '--row', () => `${height()}px`);
      }}
      onKeyDown={onKeyDown}
    >
      <For each={virtual.getVirtualItems()}>
        {(item) => (
          <li
            data-index={item.index}
            aria-setsize={props.rows.length}
            aria-posinset={item.index + 1}
            ref={(el) => cssVar(el, '--at', () => `${item.index * height()}px`)}
          >
            <Show keyed when={props.rows[item.index]}>
              {(row) => props.children(row)}
            </Show>
          </li>
        )}
      </For>
    </ol>
  );
}

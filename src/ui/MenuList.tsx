/**
 * MenuList: the actions of a Menu or a ContextMenu in the browser's own popover: top layer, Esc and a press elsewhere
 * close it. Arrow keys move, letters jump, Enter does. It is placed beside a box on screen, inside the window.
 */
import { createSignal, For, Show } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export interface MenuItem {
  label: string;
  icon?: IconName;
  kbd?: string;
  /** Ends or takes something away: drawn in the stop colour. */
  stop?: boolean;
  disabled?: boolean;
  /** Begins a new group. */
  rule?: boolean;
  onRun: () => void;
}

export interface MenuListProps {
  id: string;
  label: string;
  items: readonly MenuItem[];
  /** The box to stand beside, asked when it opens. */
  beside: () => DOMRect;
  onOpen?: (open: boolean) => void;
  /** Gives focus back before the action runs. */
  restore?: () => void;
  ref?: (list: HTMLDivElement) => void;
}

const GAP = 4;
const EDGE = 8;

const clamp = (n: number, most: number): number => Math.max(EDGE, Math.min(n, most));

/** Index of the row that a key asks for, or -1. */
function rowFor(event: KeyboardEvent, rows: readonly HTMLElement[]): number {
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const { key } = event;
  if (key === 'ArrowDown') return (at + 1) % rows.length;
  if (key === 'ArrowUp') return (at - 1 + rows.length) % rows.length;
  if (key === 'Home') return 0;
  if (key === 'End') return rows.length - 1;
  if (key.length !== 1 || key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return -1;
  const starts = (row: HTMLElement) => row.textContent?.trim().toLowerCase().startsWith(key.toLowerCase()) ?? false;
  const after = rows.findIndex((row, n) => n > at && starts(row));
  return after >= 0 ? after : rows.findIndex(starts);
}

export function MenuList(props: MenuListProps) {
  const [open, setOpen] = createSignal(false);
  let list!: HTMLDivElement;

  const place = () => {
    const from = props.beside();
    const { width, height } = list.getBoundingClientRect();
    const left = from.left + from.width / 2 > innerWidth / 2 ? from.right - width : from.left;
    const below = from.bottom + GAP;
    const top = below + height + EDGE <= innerHeight ? below : from.top - GAP - height;
    list.style.setProperty('--x', `${clamp(left, innerWidth - width - EDGE)}px`);
    list.style.setProperty('--y', `${clamp(top, innerHeight - height - EDGE)}px`);
  };
  const rows = () => [...list.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') list.hidePopover();
    const all = rows();
    const to = all[rowFor(event, all)];
    if (!to) return;
    event.preventDefault();
    to.focus();
  };
  const onToggle = (event: Event) => {
    const now = (event as ToggleEvent).newState === 'open';
    setOpen(now);
    props.onOpen?.(now);
    if (!now) return;
    place();
    rows()[0]?.focus();
  };
  const run = (item: MenuItem) => {
    if (item.disabled) return;
    list.hidePopover();
    props.restore?.();
    item.onRun();
  };
  return (
    <div
      ref={(node) => {
        list = node;
        props.ref?.(node);
      }}
      id={props.id}
      class="menu"
      role="menu"
      aria-label={props.label}
      popover="auto"
      onKeyDown={onKeyDown}
      on:toggle={onToggle}
    >
      <Show when={open()}>
        <For each={props.items}>
          {(item) => (
            <>
              <Show when={item.rule}>
                <hr />
              </Show>
              <button
                type="button"
                role="menuitem"
                tabindex="-1"
                classList={{ stop: item.stop ?? false }}
                aria-disabled={item.disabled ? 'true' : undefined}
                onClick={() => run(item)}
              >
                <Show when={item.icon} fallback={<span />}>
                  {(icon) => <Icon name={icon()} />}
                </Show>
                <span>{item.label}</span>
                <Show when={item.kbd}>
                  <kbd aria-hidden="true">{item.kbd}</kbd>
                </Show>
              </button>
            </>
          )}
        </For>
      </Show>
    </div>
  );
}

/**
 * Palette: one line to find or run anything. The caller answers queries; this keeps the place and the keys:
 * arrows move, Enter runs, Ctrl Enter runs the other way, Esc closes. Focus never leaves the line.
 */
import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, on, Show } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export interface PaletteItem {
  id: string;
  icon: IconName;
  label: JSX.Element;
  /** Before the label where there is room: the folders of a path. */
  lead?: string;
  /** At the right: who and when, a price. */
  note?: JSX.Element;
  kbd?: string;
}

export interface PaletteGroup {
  label: string;
  items: readonly PaletteItem[];
}

export interface PaletteProps {
  open: boolean;
  query: string;
  groups: readonly PaletteGroup[];
  busy?: boolean;
  onQuery: (query: string) => void;
  onRun: (item: PaletteItem, how: { alternate: boolean }) => void;
  onClose: () => void;
}

export function Palette(props: PaletteProps) {
  const base = createUniqueId();
  const flat = createMemo(() => props.groups.flatMap((group) => group.items));
  const [at, setAt] = createSignal(0);
  const current = () => flat()[at()];
  const idOf = (item: PaletteItem) => `${base}-${flat().indexOf(item)}`;
  let el!: HTMLDialogElement;

  createEffect(() => {
    if (props.open && !el.open) el.showModal();
    else if (!props.open && el.open) el.close();
  });
  createEffect(on([() => props.query, () => props.open], () => setAt(0)));
  createEffect(() => {
    if (at() >= flat().length) setAt(Math.max(0, flat().length - 1));
  });
  createEffect(() => {
    const item = current();
    if (props.open && item) document.getElementById(idOf(item))?.scrollIntoView({ block: 'nearest' });
  });

  const key = (event: KeyboardEvent) => {
    const count = flat().length;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step && count) {
      event.preventDefault();
      setAt((at() + step + count) % count);
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      const item = current();
      if (item) props.onRun(item, { alternate: event.ctrlKey || event.metaKey });
    }
  };
  return (
    <dialog
      ref={(node) => (el = node)}
      class="dialog"
      aria-label="Search or run"
      on:close={() => {
        if (props.open) props.onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === el) props.onClose();
      }}
    >
      <Show when={props.open}>
        <div class="palette-in">
          <Icon name="search" />
          <label class="vh" for={`${base}-in`}>
            Search files, history and commands
          </label>
          <input
            id={`${base}-in`}
            ref={(input) => queueMicrotask(() => input.focus())}
            type="text"
            role="combobox"
            autocomplete="off"
            spellcheck={false}
            aria-expanded={flat().length > 0}
            aria-controls={`${base}-list`}
            aria-activedescendant={current() && `${base}-${at()}`}
            aria-autocomplete="list"
            value={props.query}
            onInput={(event) => props.onQuery(event.currentTarget.value)}
            onKeyDown={key}
          />
          <button type="button" class="btn btn-sm btn-quiet" onClick={() => props.onClose()}>
            <kbd aria-hidden="true">Esc</kbd>
            <span class="vh">Close</span>
          </button>
        </div>
        <div class="palette-list" id={`${base}-list`} role="listbox" aria-label="Results" aria-busy={props.busy}>
          <For each={props.groups.filter((group) => group.items.length > 0)}>
            {(group, n) => (
              <div role="group" aria-labelledby={`${base}-g${n()}`}>
                <div class="grp" id={`${base}-g${n()}`}>
                  {group.label}
                </div>
                <For each={group.items}>
                  {(item) => (
                    <div
                      class="opt"
                      id={idOf(item)}
                      role="option"
                      aria-selected={item === current()}
                      onPointerMove={() => setAt(flat().indexOf(item))}
                      onClick={(event) => props.onRun(item, { alternate: event.ctrlKey || event.metaKey })}
                    >
                      <Icon name={item.icon} />
                      <span class="clip">
                        <Show when={item.lead}>{(lead) => <span class="only-wide">{lead()}</span>}</Show>
                        {item.label}
                      </span>
                      <span class="foot">
                        <Show when={item.note}>{(note) => <span>{note()}</span>}</Show>
                        <Show when={item.kbd}>{(chord) => <kbd>{chord()}</kbd>}</Show>
                      </span>
                    </div>
                  )}
                </For>
              </div>
            )}
          </For>
        </div>
        <Show when={flat().length === 0}>
          <p class="palette-none" role="status">
            {props.busy ? 'Searching' : props.query ? `Nothing here is called “${props.query}”.` : 'Type to search.'}
          </p>
        </Show>
        <div class="palette-foot">
          <span>
            <kbd>↑</kbd> <kbd>↓</kbd> move
          </span>
          <span>
            <kbd>Enter</kbd> open
          </span>
          <span>
            <kbd>$</kbd> bash
          </span>
          <span>
            <kbd>/</kbd> path
          </span>
          <span>
            <kbd>@</kbd> agent
          </span>
        </div>
      </Show>
    </dialog>
  );
}

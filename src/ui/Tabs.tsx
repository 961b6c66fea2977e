/**
 * Tabs: several faces of one thing. Arrow keys move and open; the panel is named by its tab.
 */
import { createUniqueId, For, type JSX } from 'solid-js';

export interface Tab<T extends string> {
  id: T;
  label: JSX.Element;
}

export interface TabsProps<T extends string> {
  label: string;
  tabs: readonly Tab<T>[];
  current: T;
  onChange: (id: T) => void;
  /** The open panel's content. */
  children: JSX.Element;
}

export function Tabs<T extends string>(props: TabsProps<T>) {
  const base = createUniqueId();
  const key = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const last = props.tabs.length - 1;
    const at = props.tabs.findIndex((tab) => tab.id === props.current);
    const to =
      event.key === 'ArrowRight'
        ? at === last
          ? 0
          : at + 1
        : event.key === 'ArrowLeft'
          ? at <= 0
            ? last
            : at - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? last
              : -1;
    const tab = props.tabs[to];
    if (!tab) return;
    event.preventDefault();
    props.onChange(tab.id);
    event.currentTarget.querySelector<HTMLElement>(`#${CSS.escape(`${base}-${tab.id}`)}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={props.label} onKeyDown={key}>
        <For each={props.tabs}>
          {(tab) => (
            <button
              type="button"
              class="tab"
              role="tab"
              id={`${base}-${tab.id}`}
              aria-selected={tab.id === props.current}
              aria-controls={tab.id === props.current ? `${base}-panel` : undefined}
              tabindex={tab.id === props.current ? 0 : -1}
              onClick={() => props.onChange(tab.id)}
            >
              {tab.label}
            </button>
          )}
        </For>
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${props.current}`}>
        {props.children}
      </div>
    </>
  );
}

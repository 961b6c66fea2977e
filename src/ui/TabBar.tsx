/**
 * TabBar: the phone's bottom bar. The first four rooms stand on it; More opens a sheet with the others,
 * the money and device lines, and Stop everything.
 */
import { createSignal, For, type JSX, Show } from 'solid-js';
import { Icon } from './Icon.tsx';
import { NavList, type NavListProps } from './NavList.tsx';

const ON_THE_BAR = 4;

export interface TabBarProps extends Omit<NavListProps, 'label'> {
  /** Under the other rooms in the sheet. */
  children?: JSX.Element;
}

export function TabBar(props: TabBarProps) {
  const [open, setOpen] = createSignal(false);
  let sheet!: HTMLDialogElement;
  const others = () => props.items.slice(ON_THE_BAR);
  return (
    <>
      <nav class="tabbar" aria-label="Rooms">
        <For each={props.items.slice(0, ON_THE_BAR)}>
          {(item) => (
            <a
              href={item.href}
              aria-current={item.id === props.current ? 'page' : undefined}
              onClick={(event) => props.onGo?.(item, event)}
            >
              <Icon name={item.icon} />
              {item.label}
              <Show when={item.waiting && item.count}>
                <span class="n">
                  <span aria-hidden="true">{item.count}</span>
                  <span class="vh">{item.countSaid ?? item.count}</span>
                </span>
              </Show>
            </a>
          )}
        </For>
        <button
          type="button"
          aria-haspopup="dialog"
          aria-expanded={open()}
          aria-current={others().some((item) => item.id === props.current) ? 'page' : undefined}
          onClick={() => {
            setOpen(true);
            sheet.showModal();
          }}
        >
          <Icon name="more" />
          More
        </button>
      </nav>
      <dialog
        ref={(node) => (sheet = node)}
        class="sheet"
        aria-label="More rooms"
        on:close={() => setOpen(false)}
        onClick={(event) => {
          const at = event.target as Element;
          if (at === sheet || at.closest('a')) sheet.close();
        }}
      >
        <Show when={open()}>
          <NavList label="More rooms" items={others()} current={props.current} onGo={props.onGo} />
          <div class="rail-foot">{props.children}</div>
        </Show>
      </dialog>
    </>
  );
}

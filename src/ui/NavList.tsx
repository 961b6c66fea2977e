/** NavList: the rooms, each with its icon and count. Used by the rail and by the phone's sheet of other rooms. */
import { For, Show } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';

export interface NavItem {
  id: string;
  label: string;
  icon: IconName;
  href: string;
  /** "3", "2 live". */
  count?: string;
  /** How the count is said: "3 waiting". */
  countSaid?: string;
  /** It needs the operator. */
  waiting?: boolean;
}

export interface NavListProps {
  label: string;
  items: readonly NavItem[];
  current: string;
  onGo?: (item: NavItem, event: MouseEvent) => void;
}

export function NavList(props: NavListProps) {
  return (
    <nav class="nav" aria-label={props.label}>
      <For each={props.items}>
        {(item) => (
          <a
            href={item.href}
            aria-current={item.id === props.current ? 'page' : undefined}
            onClick={(event) => props.onGo?.(item, event)}
          >
            <Icon name={item.icon} />
            <span>{item.label}</span>
            <Show when={item.count}>
              <span class="n" classList={{ 'n-wait': item.waiting ?? false }}>
                <span aria-hidden={item.countSaid ? 'true' : undefined}>{item.count}</span>
                <Show when={item.countSaid}>
                  <span class="vh">{item.countSaid}</span>
                </Show>
              </span>
            </Show>
          </a>
        )}
      </For>
    </nav>
  );
}

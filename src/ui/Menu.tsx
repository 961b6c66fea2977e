/**
 * Menu: a small button and the few actions behind it.
 */
import { createSignal, createUniqueId } from 'solid-js';
import { Icon } from './Icon.tsx';
import type { IconName } from './icons.ts';
import { type MenuItem, MenuList } from './MenuList.tsx';

export interface MenuProps {
  /** Accessible name: "profile.md: more". */
  label: string;
  items: readonly MenuItem[];
  icon?: IconName;
  /** Words on the button; without them it is an icon. */
  words?: string;
}

export function Menu(props: MenuProps) {
  const id = createUniqueId();
  const [open, setOpen] = createSignal(false);
  let button!: HTMLButtonElement;
  return (
    <>
      <button
        ref={(node) => (button = node)}
        type="button"
        class="btn btn-sm btn-quiet"
        classList={{ 'btn-icon': !props.words }}
        aria-label={props.label}
        aria-haspopup="menu"
        aria-expanded={open()}
        aria-controls={id}
        popovertarget={id}
      >
        <Icon name={props.icon ?? 'more'} />
        {props.words}
      </button>
      <MenuList
        id={id}
        label={props.label}
        items={props.items}
        beside={() => button.getBoundingClientRect()}
        restore={() => button.focus()}
        onOpen={setOpen}
      />
    </>
  );
}

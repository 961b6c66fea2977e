/**
 * ContextMenu: the actions on what was pressed, at the place of the press. Open while `at` is given.
 */
import { createEffect, createUniqueId } from 'solid-js';
import { type MenuItem, MenuList } from './MenuList.tsx';

export interface ContextMenuProps {
  /** What the actions are on: "profile.md". */
  label: string;
  items: readonly MenuItem[];
  /** Where, in pixels of the window. */
  at?: { x: number; y: number };
  onClose: () => void;
}

export function ContextMenu(props: ContextMenuProps) {
  let list!: HTMLDivElement;
  let before: Element | null = null;
  const restore = () => before instanceof HTMLElement && before.focus();
  createEffect(() => {
    const open = list.matches(':popover-open');
    if (props.at && !open) {
      before = document.activeElement;
      list.showPopover();
    } else if (!props.at && open) list.hidePopover();
  });
  return (
    <MenuList
      id={createUniqueId()}
      label={props.label}
      items={props.items}
      ref={(node) => (list = node)}
      beside={() => new DOMRect(props.at?.x, props.at?.y, 0, 0)}
      restore={restore}
      onOpen={(open) => {
        if (!open) props.onClose();
      }}
    />
  );
}

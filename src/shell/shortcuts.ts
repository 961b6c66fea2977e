/**
 * The keys that work everywhere. Chords with Ctrl (or Cmd) always; single keys only outside fields, and not when the
 * operator switched them off. G waits a moment for the key of a room.
 */
import { onCleanup } from 'solid-js';
import { singleKeys, typing } from '../client/keys.ts';
import { go } from '../client/route.ts';
import { ROOMS } from './rooms.ts';

export type Commands = {
  find: () => void;
  /** Open the search of all files. */
  search: () => void;
  keys: () => void;
  shell: () => void;
  moveShell: () => void;
  stopAll: () => void;
};

const WAIT_AFTER_G = 1_500;

/** A dialog or menu of the browser's own is open: the keys belong to it. */
const covered = (): boolean => document.querySelector('dialog[open], [popover]:popover-open') !== null;

export const listenForShortcuts = (commands: Commands): void => {
  let gAt = 0;

  const chord = (event: KeyboardEvent): (() => void) | undefined => {
    if (!event.ctrlKey && !event.metaKey) return undefined;
    if (event.altKey) return undefined;
    if (event.code === 'KeyK' && !event.shiftKey) return commands.find;
    if (event.code === 'KeyF' && event.shiftKey) return commands.search;
    if (event.code === 'Backquote') return event.shiftKey ? commands.moveShell : commands.shell;
    if (event.code === 'Period' && event.shiftKey) return commands.stopAll;
    return undefined;
  };

  const single = (event: KeyboardEvent): (() => void) | undefined => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event) || !singleKeys()) return undefined;
    if (event.key === '?') return commands.keys;
    const key = event.key.toLowerCase();
    const room = Date.now() - gAt < WAIT_AFTER_G ? ROOMS.find((one) => one.key === key) : undefined;
    gAt = key === 'g' ? Date.now() : 0;
    return room && (() => go({ room: room.id }));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = chord(event) ?? (covered() ? undefined : single(event));
    if (!command) return;
    event.preventDefault();
    command();
  };
  addEventListener('keydown', onKeyDown);
  onCleanup(() => removeEventListener('keydown', onKeyDown));
};

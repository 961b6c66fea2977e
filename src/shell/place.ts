/**
 * Where the shell stands: at the side, along the bottom or in full, remembered on this device. Where a room would be
 * left too narrow beside it, the side becomes the bottom. A phone has its own rule: one line at the bottom that opens to
 * full and closes when a room is opened.
 */
import { createSignal, onCleanup, type Accessor } from 'solid-js';
import type { DockPlace } from '../ui/DockHead.tsx';

const KEPT = 'allod:dock';
const PHONE = '(max-width: 899.98px)';
const NARROW = '(max-width: 1099.98px)';

const keptPlace = (): DockPlace => {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === 'bottom' || kept === 'full' ? kept : 'side';
  } catch {
    return 'side';
  }
};

const keep = (place: DockPlace): void => {
  try {
    localStorage.setItem(KEPT, place);
  } catch {
    // Without storage the place lasts as long as the page.
  }
};

export type Place = {
  place: Accessor<DockPlace>;
  phone: Accessor<boolean>;
  move: (place: DockPlace) => void;
  /** The next of the three, for the keyboard. */
  next: () => void;
  /** Out of the way of a room, when it covers it. */
  makeRoom: () => void;
};

/** Does the window match? Followed. */
const createMedia = (query: string): Accessor<boolean> => {
  const media = matchMedia(query);
  const [matches, setMatches] = createSignal(media.matches);
  const follow = () => setMatches(media.matches);
  media.addEventListener('change', follow);
  onCleanup(() => media.removeEventListener('change', follow));
  return matches;
};

export const createPlace = (): Place => {
  const phone = createMedia(PHONE);
  const narrow = createMedia(NARROW);
  const [wide, setWide] = createSignal(keptPlace());
  const [opened, setOpened] = createSignal(false);

  const place = (): DockPlace => {
    if (phone()) return opened() ? 'full' : 'bottom';
    return narrow() && wide() === 'side' ? 'bottom' : wide();
  };
  /** Where a full shell goes back to. */
  let before: DockPlace = wide() === 'full' ? 'side' : wide();
  const move = (to: DockPlace): void => {
    if (phone()) return void setOpened(to === 'full');
    if (to !== 'full') before = to;
    setWide(to);
    keep(to);
  };
  return {
    place,
    phone,
    move,
    next: () => move(place() === 'side' ? 'bottom' : place() === 'bottom' ? 'full' : narrow() ? 'bottom' : 'side'),
    makeRoom: () => {
      if (phone()) setOpened(false);
      else if (wide() === 'full') move(before);
    },
  };
};

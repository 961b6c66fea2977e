/** How much waits for the operator, where it is seen without opening the page: its title, and the installed app's badge. */
import { createEffect, onCleanup, type Accessor } from 'solid-js';

const NAME = 'Allod';

export const titleWith = (waiting: number): string => (waiting > 0 ? `(${waiting}) ${NAME}` : NAME);

const badge = (waiting: number): void => {
  // Only an installed app has one; elsewhere the call is missing or refused.
  const set = waiting > 0 ? navigator.setAppBadge?.(waiting) : navigator.clearAppBadge?.();
  void set?.catch(() => undefined);
};

export const showWaiting = (waiting: Accessor<number>): void => {
  createEffect(() => {
    document.title = titleWith(waiting());
    badge(waiting());
  });
  onCleanup(() => (document.title = NAME));
};

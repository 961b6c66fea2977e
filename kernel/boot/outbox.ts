/**
 * What was approved without a network is sent when there is one: looked for now and then, and at once when the browser
 * says that it is online. Whether it still may go is for the gate's own settling to say.
 */
import type { Timer } from './kernel.ts';

const LOOK_MS = 30_000;

export const startOutbox = (send: () => Promise<void>, setTimer: Timer): (() => void) => {
  let stopped = false;
  let cancel = (): void => undefined;
  const look = (): void => {
    cancel();
    void send()
      .catch(() => undefined)
      .then(() => {
        if (!stopped) cancel = setTimer(look, LOOK_MS);
      });
  };
  cancel = setTimer(look, LOOK_MS);
  const page = globalThis as Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>;
  page.addEventListener?.('online', look);
  return () => {
    stopped = true;
    cancel();
    page.removeEventListener?.('online', look);
  };
};

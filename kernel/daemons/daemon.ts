/** Standing machinery that acts through a `Sys` of its own. */
import type { Sys } from '../protocol/sys.ts';

export type Daemon = {
  name: string;
  /** Patterns below /system that its handle may write: the composition root mints exactly these. None when left out. */
  writes?: readonly string[];
  /** Begin; the returned function ends it. `onAlarm` takes what to do when the kernel is woken: look what is due now. */
  start: (sys: Sys, onAlarm: (look: () => Promise<void>) => void) => () => void;
};

export type Timer = (run: () => void, ms: number) => () => void;

export const realTimer: Timer = (run, ms) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

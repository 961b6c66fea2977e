/** Standing machinery that acts through a `Sys` of its own. */
import type { Capability } from '../protocol/capability.ts';
import type { Sys } from '../protocol/sys.ts';

export type Daemon = {
  name: string;
  /** What it may write, and nothing else. */
  capabilities?: readonly Capability[];
  /** Begin; the returned function ends it. `onAlarm` takes what to do when the kernel is woken: look what is due now. */
  start: (sys: Sys, onAlarm: (look: () => Promise<void>) => void) => () => void;
};

/** Standing machinery that acts through a `Sys` of its own. */
import type { Sys } from '../protocol/sys.ts';

export type Daemon = {
  name: string;
  /** Begin; the returned function ends it. */
  start: (sys: Sys) => () => void;
};

/**
 * Daemons: standing machinery that acts through a `Sys` of its own. One file each and a row here.
 */
import type { Sys } from '../protocol/sys.ts';

export type Daemon = {
  name: string;
  /** Begin; the returned function ends it. */
  start: (sys: Sys) => () => void;
};

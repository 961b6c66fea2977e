/**
 * Who is told of what was committed: listeners to change sets, and listeners to the events of each file. What they are
 * told is durable, so no listener's mistake can make it fail: a thrown error is logged and the next one is told.
 */
import type { WatchEvent } from '../protocol/files.ts';
import type { Author, Staged } from './stage.ts';

export type Committed = { staged: Staged; author: Author; events: WatchEvent[]; source: WatchEvent['source'] };

export type Bus = {
  onCommit: (listener: (done: Committed) => void) => () => void;
  on: (listener: (event: WatchEvent) => void) => () => void;
  announce: (done: Committed) => void;
};

const subscribe =
  <T>(to: Set<T>) =>
  (listener: T) => {
    to.add(listener);
    return () => void to.delete(listener);
  };

const tell = <T>(those: Iterable<(what: T) => void>, what: T): void => {
  for (const listener of those) {
    try {
      listener(what);
    } catch (cause) {
      console.error('a listener failed', cause);
    }
  }
};

export const createBus = (): Bus => {
  const listeners = new Set<(event: WatchEvent) => void>();
  const committed = new Set<(done: Committed) => void>();
  return {
    onCommit: subscribe(committed),
    on: subscribe(listeners),
    announce: (done) => {
      tell(committed, done);
      for (const event of done.events) tell(listeners, event);
    },
  };
};

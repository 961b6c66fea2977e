/**
 * `Sys`: the handle the kernel gives a room that acts for somebody (an agent's loop, a daemon, the loader, bash).
 * It is bound to one actor and one process; there is no way to ask it to act as another.
 */
import type { Actor } from './actor.ts';
import type { WatchEvent } from './files.ts';
import type { Call, Stub } from './stub.ts';

export type Sys = Stub & {
  /** The typed call by name, for rows outside the six. */
  invoke: Call;
  actor: Actor;
  /** The process this handle belongs to; '' for a standing daemon. */
  run: string;
  /** Aborts when the process is killed. */
  signal: AbortSignal;
  /** Every change below the patterns, once it is durable. Returns the way to stop. */
  on: (patterns: string | readonly string[], listener: (event: WatchEvent) => void) => () => void;
  /** Milliseconds since 1970, by the kernel's clock. */
  now: () => number;
};

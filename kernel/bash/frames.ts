/**
 * What passes between the kernel's worker and the shell's. The worker says which call it wants; whose call it is was
 * fixed when the line was started, and is in no frame.
 */
import type { Actor } from '../protocol/actor.ts';
import type { Result } from '../protocol/errors.ts';
import type { BashEnded } from '../protocol/ports.ts';
import type { Limits, Line } from './line.ts';

export type ToShell =
  | { t: 'run'; line: Line; limits: Limits; actor: Actor }
  | { t: 'result'; id: number; result: Result<unknown> };

export type FromShell =
  | { t: 'call'; id: number; name: string; args: unknown }
  | { t: 'ended'; ended: BashEnded }
  | { t: 'crashed'; message: string };

/** The end of a worker that the kernel holds. */
export type ShellWorker = {
  postMessage: (frame: ToShell) => void;
  onmessage: ((event: { data: FromShell }) => void) | null;
  onerror: ((event: { message?: string }) => void) | null;
  terminate: () => unknown;
};

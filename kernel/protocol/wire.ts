/**
 * Frames between a page and a kernel, over a worker's port or a BroadcastChannel to the leader's tab.
 * The caller's identity is not in any frame: the kernel fixes it to the port.
 */
import type { Result } from './errors.ts';
import type { WatchEvent } from './files.ts';

export const WIRE_VERSION = 1;

/** The service worker's alarm: `periodicsync` when the browser sees fit, `sync` as soon as there is a network. */
export const ALARM = 'allod-alarm';

export type ToKernel =
  | { t: 'hello'; version: number; client: string }
  /** `id` is unique for ever (client id and a counter), so a repeated request after a hand-over is recognised. */
  | { t: 'call'; id: string; name: string; args: unknown }
  | { t: 'doc'; doc: number; update: Uint8Array }
  | { t: 'bye'; client: string };

export type KernelState =
  | { state: 'starting' }
  /** This or another tab leads; calls are answered. `leader` is true when the kernel runs in this tab's worker. */
  | { state: 'ready'; epoch: number; leader: boolean }
  /** The kernel cannot serve; `reason` says why and what to do. */
  | { state: 'stopped'; reason: string; code: string };

export type FromKernel =
  | { t: 'state'; state: KernelState }
  | { t: 'result'; id: string; result: Result<unknown> }
  | { t: 'event'; watch: number; event: WatchEvent }
  | { t: 'doc'; doc: number; update: Uint8Array };

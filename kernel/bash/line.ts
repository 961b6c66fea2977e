/**
 * What one line of bash is given and what it hands back. Shared by the page-side port, the worker and the runner.
 * `LinePort` is the little of `Sys` that a line needs: who it acts for, and a way to make syscalls as them.
 */
import type { Actor } from '../protocol/actor.ts';
import type { Call } from '../protocol/stub.ts';
import type { CallName } from '../protocol/syscalls.ts';

export type LinePort = { actor: Actor; invoke: Call };

export type Line = { script: string; cwd?: string | undefined; env?: Record<string, string> | undefined };

export type Limits = {
  /** Milliseconds one line may take. */
  timeMs: number;
  /** Characters kept of stdout and of stderr, each. */
  outputChars: number;
};

export const DEFAULT_LIMITS: Limits = { timeMs: 30_000, outputChars: 1_000_000 };

export const OUT_OF_TIME = 124;
export const KILLED = 130;

/** The calls that a line makes. The worker's proxy carries these and no others. */
export const LINE_CALLS: ReadonlySet<string> = new Set<CallName>([
  'read',
  'list',
  'search',
  'write',
  'propose',
  'fire',
  'undo',
  'blame',
  'plan',
  'install',
  'activate',
  'deactivate',
  'kill',
]);

/** The line as a revision's message: one line, at most 200 characters. */
export const messageOf = (script: string): string => {
  const flat = script.trim().replaceAll(/\s+/g, ' ');
  return flat.length <= 200 ? flat : `${flat.slice(0, 199)}…`;
};

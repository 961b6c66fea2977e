/**
 * What a handler gets: the services behind the gate, and who is calling. A handler holds no state of its own.
 */
import type { Actor } from '../protocol/actor.ts';
import type { Capability } from '../protocol/capability.ts';
import type { RevisionId } from '../protocol/entry.ts';
import type { Result } from '../protocol/errors.ts';
import type { Ports } from '../protocol/ports.ts';
import type { CallName, ParsedArgs, Values } from '../protocol/syscalls.ts';
import type { Sys } from '../protocol/sys.ts';
import type { FromKernel } from '../protocol/wire.ts';
import type { Author } from '../fs/stage.ts';
import type { Fs } from '../fs/fs.ts';
import type { Live, Seat } from '../fs/live.ts';
import type { createSearch } from '../search/search.ts';
import type { Ledger } from '../process/ledger.ts';
import type { Processes } from '../process/processes.ts';
import type { FactsOf } from './facts.ts';
import type { Proc } from './proc.ts';

/** A page's end of the wire: where events and live documents go. Processes inside the kernel have none. */
export type Outlet = {
  post: (frame: FromKernel) => void;
  watches: Map<number, () => void>;
  seats: Map<number, Seat>;
  next: () => number;
};

export type Caller = {
  actor: Actor;
  /** The process that asks, '' for the operator's own hand. */
  run: string;
  /** Unique to the request; a repeat after a hand-over carries the same one. */
  cause: string;
  capabilities: readonly Capability[];
  /** [L4] The agents whose runs led to this one, from the first. */
  above?: readonly string[] | undefined;
  signal: AbortSignal;
  outlet?: Outlet;
};

export type Storage = {
  persist: () => Promise<boolean>;
  state: () => Promise<{ usage: number; quota: number; persisted: boolean }>;
};

export type LazyLedger = {
  /** With all that is on disk by now. */
  open: () => Promise<Ledger>;
  /** Undefined as long as nothing was reserved or asked of it. */
  opened: () => Ledger | undefined;
};

export type Kernel = {
  /** Waits until everything that boot does is done, and has it done now; then gone. */
  starting?: () => Promise<unknown>;
  fs: Fs;
  live: Live;
  search: ReturnType<typeof createSearch>;
  processes: Processes;
  proc: Proc;
  /** What model calls cost; loaded when the first one is made. */
  ledger: LazyLedger;
  ports: Ports;
  storage: Storage;
  /** Check the journal's whole chain. */
  verify: () => Promise<Values['verify']>;
  facts: FactsOf;
  /** This device's id, and which boot of the workspace this is. */
  device: string;
  epoch: number;
  now: () => number;
  /** Revisions of recent change sets by their cause. */
  causes: Map<string, RevisionId[]>;
  /** One at a time for everything that decides: proposals are claimed by compare-and-set under this lock. */
  deciding: <T>(body: () => Promise<T>) => Promise<T>;
  /** A handle bound to an actor and a process, which passes this same gate. */
  sys: (caller: Omit<Caller, 'cause' | 'outlet'>) => Sys;
};

export type Handler<N extends CallName> = (
  kernel: Kernel,
  caller: Caller,
  args: ParsedArgs<N>,
) => Promise<Result<Values[N]>>;

export const authorOf = (caller: Pick<Caller, 'actor' | 'run' | 'cause'>, message: string): Author => ({
  actor: caller.actor,
  // Half a surrogate pair has no bytes: in memory stands what the journal holds.
  message: message.toWellFormed(),
  run: caller.run,
  cause: caller.cause,
});

/**
 * The process table: every run of an agent, a job, a program's call or a shell line. Holds what is live (for /proc),
 * hands each an abort signal, and writes its run record: `start` when it begins, `end` when it is over. It does not
 * know what a run does.
 */
import type { Actor } from '../protocol/actor.ts';
import type { Capability } from '../protocol/capability.ts';
import { fail, must, SysFailure, type Result } from '../protocol/errors.ts';
import type { Path } from '../protocol/paths.ts';
import { dayOf, emptyUsage, runFile, type RunKind, type RunRecord } from '../protocol/formats/records.ts';
import type { Ended } from '../protocol/ports.ts';

export type Process = {
  id: string;
  actor: Actor;
  kind: RunKind;
  title: string;
  /** Who started it. */
  by: Actor;
  parent?: string;
  job?: Path;
  agent?: string;
  program?: string;
  model?: string;
  recorded?: string;
  prompt?: string;
  after?: string;
  capabilities: readonly Capability[];
  /** Its run file; undefined for processes that leave no record of their own (a bash line is recorded by its writes). */
  file?: Path;
  startedAt: number;
  signal: AbortSignal;
  /** What it is doing at this moment; shown, never kept. */
  live: string;
};

export type NewProcess = Omit<Process, 'id' | 'startedAt' | 'signal' | 'live' | 'file'> & {
  id: string;
  record: boolean;
};

export type Processes = {
  spawn: (
    order: NewProcess,
    body: (process: Process) => Promise<Ended>,
  ) => Promise<{ process: Process; ended: Promise<Ended> }>;
  get: (id: string) => Process | undefined;
  list: () => Process[];
  kill: (id: string) => string[];
  setLive: (id: string, text: string) => void;
  on: (listener: (process: Process, what: 'start' | 'live' | 'end') => void) => () => void;
  /** Abort everything and wait for the records to close. */
  stop: () => Promise<void>;
};

/** How long a killed run may take to come to its own end, before it is ended without it. */
const GRACE_MS = 1000;

type Options = {
  now: () => number;
  setTimer: (run: () => void, ms: number) => () => void;
  /** Append one record to a run file, as the process's actor; `start` makes the file and is refused when it is there. */
  append: (file: Path, record: RunRecord, actor: Actor, run: string, cause: string) => Promise<Result<unknown>>;
};

const startRecord = (process: Process): RunRecord => {
  const { id, actor, kind, title, by, parent, job, agent, program, model, recorded, prompt, after } = process;
  const record: RunRecord = { t: 'start', at: new Date(process.startedAt).toISOString(), id, actor, kind, title, by };
  const optional = { parent, job, agent, program, model, recorded, prompt, after };
  return Object.assign(record, Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)));
};

export const createProcesses = ({ now, setTimer, append }: Options): Processes => {
  const table = new Map<string, { process: Process; abort: AbortController; ended: Promise<unknown> }>();
  const listeners = new Set<(process: Process, what: 'start' | 'live' | 'end') => void>();
  const tell = (process: Process, what: 'start' | 'live' | 'end'): void => {
    for (const listener of listeners) listener(process, what);
  };

  /** [R3] A run that does not heed its signal is over all the same: the gate takes nothing more from it. */
  const unheeded = (signal: AbortSignal): { ended: Promise<Ended>; heeded: () => void } => {
    let heeded = (): void => undefined;
    const ended = new Promise<Ended>((resolve) => {
      const wait = (): void => {
        heeded = setTimer(() => resolve({ state: 'cancelled', usage: emptyUsage() }), GRACE_MS);
      };
      if (signal.aborted) wait();
      else signal.addEventListener('abort', wait, { once: true });
    });
    return { ended, heeded: () => heeded() };
  };

  const finish = async (process: Process, outcome: Promise<Ended>): Promise<Ended> => {
    let ended: Ended;
    const { ended: cut, heeded } = unheeded(process.signal);
    try {
      ended = await Promise.race([outcome, cut]);
    } catch (cause) {
      // A bug in a run ends that run, visibly, and nothing else.
      const error =
        cause instanceof SysFailure
          ? cause.error
          : {
              code: 'EIO' as const,
              call: 'run',
              message: `The run broke: ${cause instanceof Error ? cause.message : String(cause)}`,
            };
      ended = { state: 'failed', error, usage: emptyUsage() };
    }
    heeded();
    if (process.signal.aborted && ended.state !== 'done') ended = { ...ended, state: 'cancelled' };
    if (process.file)
      await append(
        process.file,
        { t: 'end', at: new Date(now()).toISOString(), ...ended },
        process.actor,
        process.id,
        process.id,
      );
    table.delete(process.id);
    tell(process, 'end');
    return ended;
  };

  return {
    spawn: async ({ record, ...order }, body) => {
      if (table.has(order.id)) fail('EEXIST', `Run ${order.id} is live already.`);
      const abort = new AbortController();
      const startedAt = now();
      const process: Process = {
        ...order,
        startedAt,
        signal: abort.signal,
        live: '',
        ...(record ? { file: runFile(dayOf(startedAt), order.id) } : {}),
      };
      const begin = async (): Promise<void> => {
        if (process.file) must(await append(process.file, startRecord(process), process.actor, process.id, process.id));
        tell(process, 'start');
      };
      const begun = begin();
      const ended = begun.then(() =>
        finish(
          process,
          Promise.resolve().then(() => body(process)),
        ),
      );
      // In the table before its record is written: two starts of one run at once must not both find it absent.
      table.set(process.id, { process, abort, ended: ended.catch(() => undefined) });
      await begun.catch((cause: unknown) => {
        table.delete(process.id);
        throw cause;
      });
      return { process, ended };
    },
    get: (id) => table.get(id)?.process,
    list: () => [...table.values()].map((slot) => slot.process),
    kill: (id) => {
      const victims = new Set<string>();
      const slots = [...table.values()];
      // What a run started ends with it, to any depth.
      for (let before = -1; before !== victims.size;) {
        before = victims.size;
        for (const { process } of slots) {
          if (id === 'all' || process.id === id || victims.has(process.parent ?? '')) victims.add(process.id);
        }
      }
      for (const { process, abort } of slots) if (victims.has(process.id)) abort.abort();
      return [...victims];
    },
    setLive: (id, text) => {
      const process = table.get(id)?.process;
      if (!process) return;
      process.live = text;
      tell(process, 'live');
    },
    on: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop: async () => {
      for (const { abort } of table.values()) abort.abort();
      await Promise.all([...table.values()].map(({ ended }) => ended));
    },
  };
};

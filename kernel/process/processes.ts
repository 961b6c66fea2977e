/**
 * The process table: every run of an agent, a job, a program's call or a shell line. Holds what is live (for /proc),
 * hands each an abort signal, and writes its run record: `start` when it begins, `end` when it is over. It does not
 * know what a run does.
 */
import type { Actor } from '../protocol/actor.ts';
import type { Change } from '../protocol/files.ts';
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
  /** When it was due, ISO; of a run that the schedule started. */
  slot?: string;
  agent?: string;
  program?: string;
  model?: string;
  recorded?: string;
  prompt?: string;
  after?: string;
  /** [L4] The agents whose runs led to this one, from the first. */
  above?: readonly string[];
  capabilities: readonly Capability[];
  /** Its run file; undefined for processes that leave no record of their own (a bash line is recorded by its writes). */
  file?: Path;
  startedAt: number;
  signal: AbortSignal;
  /** What it is doing at this moment; shown, never kept. */
  live: string;
  /** [R9] Held before its next call until it is let go. */
  paused: boolean;
  /** What it has read that nobody here wrote; also what those that started it, or that it started, had read. */
  sources: string[];
};

export type NewProcess = Omit<Process, 'startedAt' | 'signal' | 'live' | 'file' | 'paused' | 'sources'> & {
  record: boolean;
  /** [R2] Its record is there already and does not end: this process goes on with it. */
  resumes?: { file: Path; startedAt: number; paused: boolean };
  /** What else is written in one change set with its `start` and its `end`. */
  also?: (record: RunRecord) => Change[];
};

export type Processes = {
  spawn: (
    order: NewProcess,
    body: (process: Process) => Promise<Ended>,
  ) => Promise<{ process: Process; ended: Promise<Ended> }>;
  get: (id: string) => Process | undefined;
  list: () => Process[];
  kill: (id: string) => string[];
  /** [R9] Hold a run and all it started before their next call, or let them go on; answers whom. */
  pause: (id: string, on: boolean) => Process[];
  /** Resolves when the run may go on: at once, unless it is held. */
  ready: (id: string) => Promise<void> | undefined;
  setLive: (id: string, text: string) => void;
  on: (listener: (process: Process, what: 'start' | 'live' | 'end') => void) => () => void;
  /** [R2] Abort everything. What did not end by itself has no `end` on record: the next kernel takes it up. */
  stop: () => Promise<void>;
};

/** Why the signal of a run is aborted that the next kernel takes up: it is not over. */
export const SUSPENDED = 'suspended';

/** How long a killed run may take to come to its own end, before it is ended without it. */
const GRACE_MS = 1000;

type Options = {
  now: () => number;
  setTimer: (run: () => void, ms: number) => () => void;
  /** Append one record to a run file, as the process's actor; `start` makes the file and is refused when it is there. */
  append: (
    file: Path,
    record: RunRecord,
    process: { actor: Actor; id: string },
    also: readonly Change[],
  ) => Promise<Result<unknown>>;
  /** This device, as run records name it. */
  device: string;
};

const startRecord = (process: Process, device: string): RunRecord => {
  const { id, actor, kind, title, by, parent, job, slot, agent, program, model, recorded, prompt, after, above } =
    process;
  const record: RunRecord = {
    t: 'start',
    at: new Date(process.startedAt).toISOString(),
    id,
    actor,
    kind,
    title,
    by,
    device,
  };
  const optional = { parent, job, slot, agent, program, model, recorded, prompt, after, above };
  return Object.assign(record, Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)));
};

type Slot = {
  process: Process;
  abort: AbortController;
  ended: Promise<unknown>;
  /** While it is held: who waits, and how to let them go. */
  held?: { over: Promise<void>; release: () => void };
};

export const createProcesses = ({ now, setTimer, append, device }: Options): Processes => {
  const table = new Map<string, Slot>();
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

  const finish = async (process: Process, outcome: Promise<Ended>, also: NewProcess['also']): Promise<Ended> => {
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
    const suspended = process.signal.reason === SUSPENDED && ended.state !== 'done';
    if (process.file && !suspended) {
      const record: RunRecord = { t: 'end', at: new Date(now()).toISOString(), ...ended };
      await append(process.file, record, process, also?.(record) ?? []);
    }
    const starter = table.get(process.parent ?? '')?.process;
    if (starter) starter.sources = [...new Set([...starter.sources, ...process.sources])];
    table.delete(process.id);
    tell(process, 'end');
    return ended;
  };

  /** A run and what it started, to any depth; every run with `all`. */
  const familyOf = (id: string): Slot[] => {
    const found = new Set<string>();
    const slots = [...table.values()];
    for (let before = -1; before !== found.size;) {
      before = found.size;
      for (const { process } of slots) {
        if (id === 'all' || process.id === id || found.has(process.parent ?? '')) found.add(process.id);
      }
    }
    return slots.filter(({ process }) => found.has(process.id));
  };

  /** Answers whether that changed anything. A run that is killed is held no longer. */
  const hold = (id: string, on: boolean): boolean => {
    const slot = table.get(id);
    if (!slot || slot.process.paused === on || slot.process.signal.aborted) return false;
    slot.process.paused = on;
    if (on) {
      let release = (): void => undefined;
      const over = new Promise<void>((resolve) => (release = resolve));
      slot.process.signal.addEventListener('abort', release, { once: true });
      slot.held = { over, release };
    } else {
      slot.held?.release();
      delete slot.held;
    }
    tell(slot.process, 'live');
    return true;
  };

  return {
    spawn: async ({ record, resumes, also, ...order }, body) => {
      if (table.has(order.id)) fail('EEXIST', `Run ${order.id} is live already.`);
      const abort = new AbortController();
      const startedAt = resumes?.startedAt ?? now();
      const process: Process = {
        ...order,
        startedAt,
        signal: abort.signal,
        live: '',
        paused: false,
        // What a run read before the kernel stopped is not kept.
        sources: [
          ...(table.get(order.parent ?? '')?.process.sources ?? []),
          ...(resumes ? ['what it read before the kernel stopped'] : []),
        ],
        ...(record ? { file: resumes?.file ?? runFile(dayOf(startedAt), order.id) } : {}),
      };
      const begin = async (): Promise<void> => {
        if (process.file && resumes) {
          const text = 'The kernel stopped while this ran. It is taken up again from its last step.';
          must(
            await append(
              process.file,
              { t: 'note', at: new Date(now()).toISOString(), text, resumed: true },
              process,
              [],
            ),
          );
        } else if (process.file) {
          const first = startRecord(process, device);
          must(await append(process.file, first, process, also?.(first) ?? []));
        }
        tell(process, 'start');
      };
      const begun = begin();
      const ended = begun.then(() =>
        finish(
          process,
          Promise.resolve().then(() => body(process)),
          also,
        ),
      );
      // In the table before its record is written: two starts of one run at once must not both find it absent.
      table.set(process.id, { process, abort, ended: ended.catch(() => undefined) });
      if (resumes?.paused) hold(process.id, true);
      await begun.catch((cause: unknown) => {
        table.delete(process.id);
        throw cause;
      });
      return { process, ended };
    },
    get: (id) => table.get(id)?.process,
    list: () => [...table.values()].map((slot) => slot.process),
    kill: (id) => {
      const slots = familyOf(id);
      for (const { abort } of slots) abort.abort();
      return slots.map(({ process }) => process.id);
    },
    pause: (id, on) => familyOf(id).flatMap(({ process }) => (hold(process.id, on) ? [process] : [])),
    ready: (id) => table.get(id)?.held?.over,
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
      for (const { abort } of table.values()) abort.abort(SUSPENDED);
      await Promise.all([...table.values()].map(({ ended }) => ended));
    },
  };
};

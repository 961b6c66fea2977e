/**
 * /proc: what is going on right now, as files. Virtual: made when read, never kept, never written.
 *
 *   /proc/kernel    version, device, epoch, entries, files,       /proc/runs/<id>  one live process
 *                   readonly: why nothing can be written        /proc/calls      the last calls through the gate
 *   /proc/schedule  each job's next slot, its last, and why not
 *   /proc/storage   usage, quota, persisted                       /proc/chunks     bytes of large files, and of those no entry names
 *   /proc/budget    limits: spent, reserved and left              /proc/ledger.csv every model call that was paid for
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Stat } from '../protocol/files.ts';
import { isUnder, join, nameOf, parentOf, type Path } from '../protocol/paths.ts';
import { PROC } from '../protocol/capability.ts';
import type { ListValue, ReadValue } from '../protocol/syscalls.ts';
import type { Process, Processes } from '../process/processes.ts';

export type CallLine = {
  at: string;
  actor: string;
  run: string;
  call: string;
  ms: number;
  code?: string;
  path?: string;
};

export type Proc = {
  read: (path: Path) => Promise<Result<ReadValue>>;
  list: (path: Path) => Promise<Result<ListValue>>;
  note: (line: CallLine) => void;
};

const CALLS_KEPT = 1000;

const stateOf = (signal: AbortSignal, paused: boolean): string =>
  signal.aborted ? 'stopping' : paused ? 'paused' : 'running';

export const processView = (process: Process) => {
  const { signal, capabilities: _c, startedAt, ...rest } = process;
  return { ...rest, startedAt: new Date(startedAt).toISOString(), state: stateOf(signal, rest.paused) };
};

type Options = {
  processes: Processes;
  kernel: () => Promise<object>;
  storage: () => Promise<object>;
  schedule: () => Promise<object>;
  chunks: () => Promise<object>;
  budget: () => Promise<object>;
  ledger: () => Promise<string>;
  now: () => number;
};

export const createProc = ({ processes, kernel, storage, schedule, chunks, budget, ledger, now }: Options): Proc => {
  const calls: CallLine[] = [];
  const runs = join(PROC, 'runs');

  const stat = (path: Path, kind: 'file' | 'dir', attrs: Record<string, string> = {}): Stat => ({
    path,
    kind,
    size: 0,
    revision: 'live',
    actor: 'daemon:kernel',
    at: new Date(now()).toISOString(),
    attrs,
    ...(kind === 'file' ? { as: 'record' as const } : {}),
  });

  const contentOf = async (path: Path): Promise<unknown> => {
    if (path === join(PROC, 'kernel')) return kernel();
    if (path === join(PROC, 'storage')) return storage();
    if (path === join(PROC, 'schedule')) return schedule();
    if (path === join(PROC, 'chunks')) return chunks();
    if (path === join(PROC, 'budget')) return budget();
    if (path === join(PROC, 'ledger.csv')) return ledger();
    if (path === join(PROC, 'calls')) return calls;
    const process = parentOf(path) === runs ? processes.get(nameOf(path)) : undefined;
    return process && processView(process);
  };

  return {
    note: (line) => {
      calls.push(line);
      if (calls.length > CALLS_KEPT) calls.splice(0, calls.length - CALLS_KEPT);
    },
    read: async (path) => {
      const value = await contentOf(path);
      if (value === undefined)
        return err('ENOENT', `There is nothing at ${path}; a run that has ended is under /system/runs.`, { path });
      const content = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
      return ok({ content, stat: { ...stat(path, 'file'), size: content.length } });
    },
    list: async (path) => {
      if (path === PROC)
        return ok({
          entries: [
            stat(join(PROC, 'budget'), 'file'),
            stat(join(PROC, 'calls'), 'file'),
            stat(join(PROC, 'chunks'), 'file'),
            stat(join(PROC, 'kernel'), 'file'),
            stat(join(PROC, 'ledger.csv'), 'file'),
            stat(runs, 'dir'),
            stat(join(PROC, 'schedule'), 'file'),
            stat(join(PROC, 'storage'), 'file'),
          ],
        });
      if (path !== runs)
        return err(isUnder(path, PROC) ? 'ENOTDIR' : 'ENOENT', `${path} is not a folder of /proc.`, { path });
      return ok({
        entries: processes.list().map((process) => ({
          ...stat(join(runs, process.id), 'file', {
            title: process.title,
            kind: process.kind,
            state: stateOf(process.signal, process.paused),
          }),
          actor: process.actor,
          at: new Date(process.startedAt).toISOString(),
        })),
      });
    },
  };
};

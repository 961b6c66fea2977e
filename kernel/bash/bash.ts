/**
 * BashPort: each line runs in a worker of its own, which the kernel can end at any moment. The worker's syscalls are
 * carried to the caller's handle, so a line can do exactly what its caller can. A worker that ended cleanly is kept
 * warm for the next line. This file never loads the shell itself; only the worker does.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { RevisionId } from '../protocol/entry.ts';
import type { BashEnded, BashPort } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import type { CallName } from '../protocol/syscalls.ts';
import type { FromShell, ShellWorker } from './frames.ts';
import { DEFAULT_LIMITS, KILLED, LINE_CALLS, OUT_OF_TIME, type Limits, type Line } from './line.ts';

export type BashOptions = Partial<Limits> & {
  /** Starts a worker; another one is given in tests. */
  spawn?: () => ShellWorker;
};

/** The shell stops itself at its limit; only one that cannot is ended from here. */
const GRACE_MS = 500;
/** How long a killed line's last write may still report its revisions. */
const LAST_WRITE_MS = 300;
const WARM_MS = 60_000;

const startWorker = (): ShellWorker =>
  new Worker(new URL('./bash.worker.ts', import.meta.url), { type: 'module' }) as unknown as ShellWorker;

type Outcome =
  | { how: 'ended'; ended: BashEnded }
  | { how: 'crashed'; message: string }
  | { how: 'killed' }
  | { how: 'late' };

export const createBash = (options: BashOptions = {}): BashPort => {
  const limits: Limits = { ...DEFAULT_LIMITS, ...options };
  const spawn = options.spawn ?? startWorker;
  let warm: { worker: ShellWorker; timer: ReturnType<typeof setTimeout> } | undefined;

  const take = (): ShellWorker => {
    if (!warm) return spawn();
    const { worker, timer } = warm;
    clearTimeout(timer);
    warm = undefined;
    return worker;
  };

  const keep = (worker: ShellWorker): void => {
    worker.onmessage = null;
    worker.onerror = null;
    if (warm) return void worker.terminate();
    const timer = setTimeout(() => {
      warm = undefined;
      worker.terminate();
    }, WARM_MS);
    warm = { worker, timer };
  };

  const stopped = (line: Line, code: number, words: string, revisions: RevisionId[]): BashEnded => ({
    stdout: '',
    stderr: `allod: ${words} ${revisions.length === 0 ? 'Nothing of it was written.' : 'What it had written before stays.'}\n`,
    code,
    cwd: line.cwd ?? '/workspace',
    env: line.env ?? {},
    revisions,
  });

  const run = async (sys: Sys, order: Line): Promise<Result<BashEnded>> => {
    if (sys.signal.aborted) return ok(stopped(order, KILLED, 'killed.', []));
    const worker = take();
    const written: RevisionId[] = [];
    const writing = new Set<Promise<unknown>>();

    const answer = async (name: string, args: unknown): Promise<Result<unknown>> => {
      if (!LINE_CALLS.has(name)) return err('ENOSYS', `bash makes no call named ${name}.`, { call: name });
      const result: Result<unknown> = await sys.invoke(name as CallName, args as never);
      if (name === 'write' && result.ok) written.push(...(result.value as { revisions: RevisionId[] }).revisions);
      return result;
    };

    const outcome = await new Promise<Outcome>((resolve) => {
      const onAbort = (): void => finish({ how: 'killed' });
      const watchdog = setTimeout(() => finish({ how: 'late' }), limits.timeMs + GRACE_MS);
      const finish = (how: Outcome): void => {
        clearTimeout(watchdog);
        sys.signal.removeEventListener('abort', onAbort);
        if (how.how === 'ended') keep(worker);
        else worker.terminate();
        resolve(how);
      };
      worker.onmessage = ({ data }: { data: FromShell }) => {
        if (data.t === 'ended') return finish({ how: 'ended', ended: data.ended });
        if (data.t === 'crashed') return finish({ how: 'crashed', message: data.message });
        const asked = answer(data.name, data.args).then((result) =>
          worker.postMessage({ t: 'result', id: data.id, result }),
        );
        if (data.name !== 'write') return;
        writing.add(asked);
        void asked.finally(() => writing.delete(asked));
      };
      worker.onerror = (event) =>
        finish({ how: 'crashed', message: event.message ?? 'its script could not be loaded' });
      sys.signal.addEventListener('abort', onAbort);
      worker.postMessage({
        t: 'run',
        line: { script: order.script, cwd: order.cwd, env: order.env },
        limits: { timeMs: limits.timeMs, outputChars: limits.outputChars },
        actor: sys.actor,
      });
    });

    if (outcome.how === 'ended') return ok(outcome.ended);
    // A write that was under way cannot be called back; wait a moment so that its revisions are told.
    await Promise.race([Promise.allSettled(writing), new Promise((resolve) => setTimeout(resolve, LAST_WRITE_MS))]);
    if (outcome.how === 'killed') return ok(stopped(order, KILLED, 'killed.', written));
    if (outcome.how === 'late')
      return ok(stopped(order, OUT_OF_TIME, `stopped after ${limits.timeMs / 1000} s.`, written));
    return err('EIO', `The shell's worker failed: ${outcome.message}. Nothing more of this line was run.`, {
      detail: { revisions: written },
    });
  };

  return { run };
};

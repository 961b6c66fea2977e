/**
 * The kernel's host in the service worker, for when every tab is closed: the same kernel under the same lock, for one
 * wake-up. It looks what is due, takes up what was left, and ends when nothing runs, when the browser's time for a
 * wake-up is nearly over, or at once when a tab opens. What still runs then stays open on record and goes on with the
 * next wake-up, or in the tab. Scripts need a tab: a service worker cannot start the worker that could be stopped.
 */
import { err } from '../protocol/errors.ts';
import type { BashPort } from '../protocol/ports.ts';
import { browserHost } from './host.ts';
import { bootKernel, type Running } from './kernel.ts';
import { kernelLock, rendezvousName, type Note } from './leadership.ts';

/** Chromium ends a sync event after 180 s; what is begun must be on record before. */
const BUDGET_MS = 150_000;

/** `forwarded`: a tab leads and was told. `idle`: nothing is left to do. `left`: something runs that must be gone on with. */
export type Woken = 'forwarded' | 'idle' | 'left';

const ABSENT = 'A script needs an open tab. It stays due until there is one.';
const NO_BASH: BashPort = { absent: ABSENT, run: async () => err('EAGAIN', ABSENT) };

/** Resolves when no process runs, or when `over` does. */
const rested = async ({ kernel: { processes } }: Running, over: Promise<unknown>): Promise<void> => {
  const empty = new Promise<void>((resolve) => {
    const look = (): void => {
      if (processes.list().length === 0) resolve();
    };
    processes.on(look);
    look();
  });
  await Promise.race([empty, over]);
};

const lead = async (workspace: string, budget: number): Promise<Woken> => {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  const timer = setTimeout(end, budget);
  const rendezvous = new BroadcastChannel(rendezvousName(workspace));
  // A tab that opens asks who leads, and must not wait for us.
  rendezvous.onmessage = ({ data }: MessageEvent<Note>) => {
    if (data.t === 'who') end();
  };
  const running = await bootKernel({
    ...browserHost(workspace, { bash: NO_BASH, daemonsAfterMs: 0 }),
    // A workspace that is not there is for a tab to make, or to miss.
    known: true,
  });
  try {
    await Promise.race([running.alarm(), over]);
    await rested(running, over);
    return running.kernel.processes.list().length > 0 ? 'left' : 'idle';
  } finally {
    clearTimeout(timer);
    rendezvous.close();
    await running.stop();
  }
};

/** A tab that closes holds its lock for a moment longer: what it left is ours. One that leads keeps it. */
const CLOSING_MS = 2_000;

export const wake = async (workspace: string, budget = BUDGET_MS): Promise<Woken> => {
  const rendezvous = new BroadcastChannel(rendezvousName(workspace));
  rendezvous.postMessage({ t: 'alarm' } satisfies Note);
  rendezvous.close();
  let woken: Woken = 'forwarded';
  const options = { signal: AbortSignal.timeout(CLOSING_MS) };
  await navigator.locks
    .request(kernelLock(workspace), options, async () => {
      woken = await lead(workspace, budget);
    })
    .catch((cause: unknown) => {
      if (!options.signal.aborted || woken !== 'forwarded') throw cause;
    });
  return woken;
};

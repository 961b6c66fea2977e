/**
 * Serve one page over a port: calls in, answers and events out. The actor is fixed here, by the port, for good.
 * [S8] A kernel that was fenced refuses nothing: the page still waits, and asks the kernel that took over.
 */
import type { Actor } from '../protocol/actor.ts';
import type { Result } from '../protocol/errors.ts';
import { WIRE_VERSION, type FromKernel, type ToKernel } from '../protocol/wire.ts';
import type { Outlet } from '../syscalls/kernel.ts';
import type { Running } from './kernel.ts';

export type Served = {
  receive: (frame: ToKernel) => void;
  /** The page is gone: stop its watches, seal and leave its documents. */
  close: () => Promise<void>;
};

const fenced = (result: Result<unknown>): boolean => !result.ok && result.error.detail?.['fenced'] === true;

export const serve = (running: Running, actor: Actor, post: (frame: FromKernel) => void, leader: boolean): Served => {
  const gone = new AbortController();
  let ids = 0;
  const outlet: Outlet = { post, watches: new Map(), seats: new Map(), next: () => ++ids };
  const hello = (version: number): void => {
    if (version === WIRE_VERSION) post({ t: 'state', state: { state: 'ready', epoch: running.epoch, leader } });
    else
      post({
        t: 'state',
        state: {
          state: 'stopped',
          code: 'EPROTO',
          reason:
            version < WIRE_VERSION
              ? 'Another tab runs a newer version of Allod. Reload this tab.'
              : 'Another tab still runs an older version of Allod. Close or reload that tab, then reload this one.',
        },
      });
  };
  return {
    receive: (frame) => {
      if (frame.t === 'hello') hello(frame.version);
      else if (frame.t === 'doc') outlet.seats.get(frame.doc)?.send(frame.update);
      else if (frame.t === 'call') {
        const caller = { actor, run: '', cause: frame.id, capabilities: [], signal: gone.signal, outlet };
        void running.call(caller, frame.name, frame.args).then((result) => {
          if (!fenced(result)) post({ t: 'result', id: frame.id, result });
        });
      }
    },
    close: async () => {
      gone.abort();
      for (const stop of outlet.watches.values()) stop();
      outlet.watches.clear();
      await Promise.all([...outlet.seats.values()].map((seat) => seat.close()));
      outlet.seats.clear();
    },
  };
};

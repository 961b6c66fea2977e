/**
 * Starts the kernel's worker for this tab and gives back a client over it. The worker finds out by itself whether it
 * leads or forwards to the tab that does. A worker that cannot even load is reported as a stopped kernel.
 */
import type { FromKernel } from '../../kernel/protocol/wire.ts';
import { createClient, type Client, type Port } from './client.ts';

export const connect = (): Client => {
  const worker = new Worker(new URL('../../kernel/boot/worker.ts', import.meta.url), {
    type: 'module',
    name: 'allod-kernel',
  });
  const port: Port = {
    postMessage: (frame) => worker.postMessage(frame),
    addEventListener: (type, listener) => {
      worker.addEventListener(type, listener as (event: MessageEvent<FromKernel>) => void);
      // Only a script that failed to load ends the kernel; an error inside it is the kernel's own to report.
      let alive = false;
      worker.addEventListener('message', () => (alive = true));
      worker.addEventListener('error', (event) => {
        if (alive) return;
        const reason = `The kernel could not start${event.message ? `: ${event.message}` : '. Its script did not load'}. Your files are untouched. Reload the page; if that does not help, use a current browser.`;
        listener({ data: { t: 'state', state: { state: 'stopped', reason, code: 'EIO' } } });
      });
    },
  };
  const client = createClient(port);
  // A page kept for the back button keeps its kernel too; one that goes for good says so, and its watches go with it.
  addEventListener('pagehide', (event) => {
    if (!event.persisted) client.close();
  });
  return client;
};

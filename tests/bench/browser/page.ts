// The page: starts the worker, passes tasks to it and, because only a page may ask, says how much memory it holds.
import type { Answer, Order } from './worker.ts';

declare global {
  interface Window {
    /** Runs one task of a row in the worker. */
    runTask: (row: string, task: string, args: unknown) => Promise<unknown>;
    /** Bytes that the worker holds, by the browser's own account. */
    workerBytes: () => Promise<number>;
  }
  interface Performance {
    measureUserAgentSpecificMemory: () => Promise<{
      breakdown: { bytes: number; attribution: { scope: string }[] }[];
    }>;
  }
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
worker.onerror = (event) => console.error(`worker: ${event.message}`);
const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (cause: Error) => void }>();
let orders = 0;

/** Only once the worker has run its first line: a worker that cannot start must not be waited for. */
worker.onmessage = ({ data }: MessageEvent<Answer | 'ready'>) => {
  if (data === 'ready') {
    window.runTask = runTask;
    return;
  }
  const asked = waiting.get(data.id);
  waiting.delete(data.id);
  if ('failed' in data) asked?.reject(new Error(data.failed));
  else asked?.resolve(data.value);
};

const runTask: Window['runTask'] = (row, task, args) =>
  new Promise((resolve, reject) => {
    const id = ++orders;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, row, task, args } satisfies Order);
  });

window.workerBytes = async () => {
  const { breakdown } = await performance.measureUserAgentSpecificMemory();
  return breakdown
    .filter(({ attribution }) => attribution.some(({ scope }) => scope === 'DedicatedWorkerGlobalScope'))
    .reduce((sum, { bytes }) => sum + bytes, 0);
};

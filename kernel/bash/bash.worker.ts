/**
 * The shell's own worker: runs one line at a time and asks the kernel for every syscall it makes. It holds no handle of
 * its own, so ending it at any moment loses nothing but what the line had staged.
 */
import type { Result } from '../protocol/errors.ts';
import type { Call } from '../protocol/stub.ts';
import type { FromShell, ToShell } from './frames.ts';
import { runLine } from './runner.ts';

declare const self: DedicatedWorkerGlobalScope;

const waiting = new Map<number, (result: Result<never>) => void>();
let last = 0;

const send = (frame: FromShell): void => self.postMessage(frame);
const invoke: Call = (name, args) =>
  new Promise((resolve) => {
    const id = ++last;
    waiting.set(id, resolve);
    send({ t: 'call', id, name, args });
  });

self.onmessage = ({ data }: MessageEvent<ToShell>): void => {
  if (data.t === 'result') {
    waiting.get(data.id)?.(data.result as Result<never>);
    waiting.delete(data.id);
    return;
  }
  runLine({ actor: data.actor, invoke }, data.line, data.limits).then(
    (ended) => send({ t: 'ended', ended }),
    (cause: unknown) => send({ t: 'crashed', message: cause instanceof Error ? cause.message : String(cause) }),
  );
};

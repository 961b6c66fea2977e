/**
 * watch, unwatch: every change below a pattern, once it is durable; live text of runs under /proc/runs. One event a
 * change; a watch begun before a list misses nothing after it.
 */
import { err, ok } from '../protocol/errors.ts';
import type { WatchEvent } from '../protocol/files.ts';
import { matcher } from '../protocol/paths.ts';
import type { Process } from '../process/processes.ts';
import type { Handler, Kernel } from './kernel.ts';

export const runEvent = (process: Process, what: 'start' | 'live' | 'end'): WatchEvent => ({
  path: `/proc/runs/${process.id}`,
  change: what === 'live' ? 'live' : what === 'start' ? 'write' : 'remove',
  actor: process.actor,
  run: process.id,
  source: 'local',
});

/** Deliver matching events to `listener` until the returned function is called. */
export const subscribe = (
  kernel: Pick<Kernel, 'fs' | 'processes'>,
  patterns: string | readonly string[],
  listener: (event: WatchEvent) => void,
): (() => void) => {
  const matches = matcher(patterns);
  const offer = (event: WatchEvent): void => {
    if (matches(event.path) || (event.from !== undefined && matches(event.from))) listener(event);
  };
  const stops = [kernel.fs.on(offer), kernel.processes.on((process, what) => offer(runEvent(process, what)))];
  return () => stops.forEach((stop) => stop());
};

export const watch: Handler<'watch'> = async (kernel, { outlet }, { pattern }) => {
  if (!outlet)
    return err('EINVAL', 'Watching needs a port to deliver to. A process inside the kernel uses its handle.');
  const id = outlet.next();
  outlet.watches.set(
    id,
    subscribe(kernel, pattern, (event) => outlet.post({ t: 'event', watch: id, event })),
  );
  return ok({ watch: id });
};

export const unwatch: Handler<'unwatch'> = async (_kernel, { outlet }, { watch: id }) => {
  outlet?.watches.get(id)?.();
  outlet?.watches.delete(id);
  return ok({ watch: id });
};

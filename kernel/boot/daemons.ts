/** Has daemons stand: each with a handle of its own, bound to its name and to what it may write. */
import type { Daemon } from '../daemons/daemon.ts';
import type { Kernel } from '../syscalls/kernel.ts';

export type Standing = {
  /** Have each look what is due; resolves when they have. */
  alarm: () => Promise<void>;
  stop: () => void;
};

export const standDaemons = (daemons: readonly Daemon[], sys: Kernel['sys'], signal: AbortSignal): Standing => {
  const looks: (() => Promise<void>)[] = [];
  const stops = daemons.map(({ name, writes = [], start }) => {
    const capabilities = [{ right: 'write' as const, paths: writes }];
    return start(sys({ actor: `daemon:${name}`, run: '', capabilities, signal }), (look) => void looks.push(look));
  });
  return {
    alarm: async () => void (await Promise.all(looks.map((look) => look()))),
    stop: () => {
      for (const stop of stops) stop();
    },
  };
};

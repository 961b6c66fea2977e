/**
 * Shows what a run is saying right now in /proc, a few times a second at most. Nothing of it is kept.
 */
import type { Sys } from '../protocol/sys.ts';

const MAX_CHARS = 100_000;

export type LiveText = { show: (text: string) => void; clear: () => void };

export const createLiveText = (sys: Sys, everyMs: number): LiveText => {
  let latest = '';
  let shown = '';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = (): void => {
    timer = undefined;
    if (latest === shown) return;
    shown = latest;
    // Losing a frame of it is no loss.
    void sys.invoke('live', { text: latest.slice(-MAX_CHARS) });
  };

  return {
    show: (text) => {
      latest = text;
      timer ??= setTimeout(send, everyMs);
    },
    clear: () => {
      clearTimeout(timer);
      latest = '';
      send();
    },
  };
};

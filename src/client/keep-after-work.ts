/**
 * Asks the browser to keep this workspace once the operator's first work is in the journal, for then there is something
 * to keep: not on load, and after a refusal not again for a week.
 */
import type { Client } from './client.ts';
import { keepData } from './keep-data.ts';

const ASKED = 'allod:asked-to-keep';
const AGAIN_MS = 7 * 86_400_000;

export type Asking = {
  persisted: () => Promise<boolean>;
  ask: () => Promise<unknown>;
  /** When it was asked last, in ms; 0 for never. */
  last: () => number;
  asked: (at: number) => void;
  now: () => number;
};

export const browserAsking = (client: Client): Asking => ({
  persisted: async () => (await navigator.storage?.persisted?.()) ?? false,
  ask: () => keepData(client),
  last: () => Number(localStorage.getItem(ASKED) ?? 0),
  asked: (at) => localStorage.setItem(ASKED, String(at)),
  now: () => Date.now(),
});

/** Watches for the operator's first work, then asks; the answer ends the watch. */
export const keepAfterWork = (client: Pick<Client, 'watch'>, asking: Asking): (() => void) => {
  let stop: (() => void) | undefined;
  let ended = false;
  const end = (): void => {
    ended = true;
    stop?.();
  };
  const start = async (): Promise<void> => {
    if (asking.now() - asking.last() < AGAIN_MS || (await asking.persisted()) || ended) return;
    stop = client.watch('/workspace/**', (event) => {
      if (event === 'placed' || event.change === 'live' || event.actor !== 'operator' || event.source !== 'local')
        return;
      if (ended) return;
      end();
      asking.asked(asking.now());
      void asking.ask();
    });
  };
  // A private window may refuse all of it; then nothing is asked.
  void start().catch(() => undefined);
  return end;
};

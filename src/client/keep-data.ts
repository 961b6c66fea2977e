/**
 * Ask the browser to keep this workspace. Only a page may ask, a worker may not, so the page asks first; the kernel's
 * own call then records and answers what holds now. Without being told to it asks once the operator's first work is in
 * the journal, for then there is something to keep; a refusal is not asked about again for a week.
 */
import type { Client } from './client.ts';

/** True when the browser has agreed not to clear the workspace by itself. */
export const keepData = async (client: Client): Promise<boolean> => {
  const agreed = await Promise.resolve(navigator.storage?.persist?.()).catch(() => false);
  const answered = await client.call('persist', {});
  return agreed === true || (answered.ok && answered.value.persisted);
};

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

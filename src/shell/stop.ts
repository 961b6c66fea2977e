/**
 * Stop everything: every run is ended, and policy says that nothing starts by itself and that each change an agent wants
 * waits. Fetched when it is used; the first kill is asked for before that. The second half is taken back with one press.
 */
import type { Result } from '../../kernel/protocol/errors.ts';
import type { Client } from '../client/client.ts';
import { setPaused, WORKS_AGAIN } from '../client/paused-policy.ts';
import type { ToastItem } from '../ui/ToastRegion.tsx';

export type Said = Omit<ToastItem, 'id'>;
type Killed = Result<{ killed: string[] }>;

const runsWords = (count: number): string =>
  count === 0 ? 'Nothing was running.' : `${count === 1 ? '1 run' : `${count} runs`} ended; what was written is kept.`;

export const letWork = async (client: Pick<Client, 'stub'>): Promise<Said> => {
  const set = await setPaused(client, false);
  return set.ok ? { text: WORKS_AGAIN } : { text: `Still stopped: ${set.error.message}`, tone: 'fail', stay: 0 };
};

/** `first`: the kill that was asked for at once. What began before policy was written is ended too. */
export const stopEverything = async (
  client: Pick<Client, 'stub' | 'call'>,
  first: Promise<Killed>,
  tell: (said: Said) => void,
): Promise<Said> => {
  const set = await setPaused(client, true);
  const kills = [await first, await client.call('kill', { run: 'all' })];
  const failed = kills.find((kill) => !kill.ok);
  if (failed && !failed.ok) return { text: `Not stopped: ${failed.error.message}`, tone: 'fail', stay: 0 };
  const runs = runsWords(new Set(kills.flatMap((kill) => (kill.ok ? kill.value.killed : []))).size);
  if (!set.ok)
    return {
      text: `${runs} Jobs may still start by themselves, because policy.yaml was not changed: ${set.error.message}`,
      tone: 'fail',
      stay: 0,
    };
  return {
    text: `Everything is stopped. ${runs} Nothing starts by itself, and each change an agent wants waits for you.`,
    stay: 0,
    action: { label: 'Let agents work again', onRun: () => void letWork(client).then(tell) },
  };
};

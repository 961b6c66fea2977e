/** Notifications while nobody sees the page, where the operator allowed them. Fetched after the first screen. */
import type { Client } from '../client/client.ts';
import { followSight, tellNeeds } from '../client/needs.ts';
import { show, wanted } from '../client/notify.ts';

export const startTelling = (client: Client): (() => void) => {
  const { stop: lookAway, ...sight } = followSight();
  const stop = tellNeeds(client, {
    ...sight,
    wanted,
    show: (notice) => void show(notice).catch(() => undefined),
    now: () => Date.now(),
  });
  return () => {
    lookAway();
    stop();
  };
};

// Alarms of the service worker, dispatched by the debugger as the browser would, with no tab of the app needed.
import { ALARM } from '../kernel/protocol/wire.ts';
import type { BrowserContext, CDPSession } from 'playwright';

export type Alarm = 'PeriodicSync' | 'Sync';

/** A session on a page that is none of the app's: alarms are sent through it. */
export const watchtowerOf = async (context: BrowserContext): Promise<CDPSession> =>
  context.newCDPSession(context.pages().find((one) => one.url() === 'about:blank') ?? (await context.newPage()));

export const sendAlarm = async (session: CDPSession, url: string, kind: Alarm): Promise<void> => {
  const found = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL, isDeleted }) => scopeURL.startsWith(url) && !isDeleted);
      if (ours) resolve(ours.registrationId);
    }),
  );
  await session.send('ServiceWorker.enable');
  const to = { origin: new URL(url).origin, registrationId: await found, tag: ALARM };
  if (kind === 'PeriodicSync') await session.send('ServiceWorker.dispatchPeriodicSyncEvent', to);
  else await session.send('ServiceWorker.dispatchSyncEvent', { ...to, lastChance: false });
  await session.send('ServiceWorker.disable');
};

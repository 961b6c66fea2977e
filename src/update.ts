/**
 * Registers the service worker, relative to the page so that the app lives under any path, and says when a newer build
 * waits. The new build takes over only when `apply` is called. Loaded after the first screen; in development there is
 * no service worker and nothing happens.
 */
import { Workbox } from 'workbox-window';
import { ALARM } from '../kernel/protocol/wire.ts';

const HALF_A_DAY_MS = 12 * 3_600_000;

type Alarms = {
  periodicSync?: { register: (tag: string, options: { minInterval: number }) => Promise<void> };
  sync?: { register: (tag: string) => Promise<void> };
};

/**
 * Have the kernel woken while every tab is closed, where the browser does that: now and then (an installed app only), and
 * once right after this tab was closed, so that what ran in it goes on. A browser that refuses changes nothing else.
 */
const askForAlarms = ({ periodicSync, sync }: Alarms): void => {
  void periodicSync?.register(ALARM, { minInterval: HALF_A_DAY_MS }).catch(() => undefined);
  addEventListener('pagehide', () => void sync?.register(ALARM).catch(() => undefined));
};

export const watchUpdates = async (onReady: (apply: () => void) => void): Promise<void> => {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const workbox = new Workbox(new URL('service-worker.js', document.baseURI).href);
  const offer = (): void =>
    onReady(() => {
      workbox.addEventListener('controlling', () => location.reload());
      workbox.messageSkipWaiting();
    });
  workbox.addEventListener('waiting', offer);
  const registration = await workbox.register();
  if (registration) askForAlarms(registration as ServiceWorkerRegistration & Alarms);
  // An installed app may stay open for days: look for a new build now and then.
  if (registration) setInterval(() => void registration.update().catch(() => undefined), 3_600_000);
};

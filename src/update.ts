/**
 * Registers the service worker, relative to the page so that the app lives under any path, and says when a newer build
 * waits. The new build takes over only when `apply` is called. Loaded after the first screen; in development there is
 * no service worker and nothing happens.
 */
import { Workbox } from 'workbox-window';

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
  // An installed app may stay open for days: look for a new build now and then.
  if (registration) setInterval(() => void registration.update().catch(() => undefined), 3_600_000);
};

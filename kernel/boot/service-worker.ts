// The service worker: serves the built app and its program bundles from the cache, so that everything opens offline,
// and puts a content security policy on worker scripts, which a page's <meta> cannot reach.
// Classic script, built on its own; `import()` throws here, so everything is static. The kernel that runs while every tab
// is closed (alarm.ts) is a script of its own: kept with this one, and read only when an alarm wakes it.
// An update waits until a page sends { type: 'SKIP_WAITING' }: no running tab changes under the operator's hands.
import {
  cleanupOutdatedCaches,
  getCacheKeyForURL,
  matchPrecache,
  precache,
  type PrecacheEntry,
} from 'workbox-precaching';
import { ALARM } from '../protocol/wire.ts';
import type { Woken } from './alarm.ts';
import { WORKER_CSP } from './content-security.ts';

type SyncEvent = ExtendableEvent & { tag: string };
declare const self: ServiceWorkerGlobalScope & {
  __WB_MANIFEST: (PrecacheEntry | string)[];
  /** What alarm-kernel.js leaves behind. */
  allodAlarm?: { wake: (workspace: string) => Promise<Woken> };
  registration: { sync?: { register: (tag: string) => Promise<void> } };
};

const WORKSPACE = 'main';
const ALARM_KERNEL = 'alarm-kernel.js';

const shell = new URL('index.html', self.registration.scope).href;

precache(self.__WB_MANIFEST);
cleanupOutdatedCaches();

// Only a script that was read while installing can be read later; reading it does nothing yet.
self.addEventListener('install', () => importScripts(ALARM_KERNEL));

// The first install takes the page that is already open, so that its next load works offline and under the policy.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const data: unknown = event.data;
  if (typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING') {
    void self.skipWaiting();
  }
});

for (const kind of ['periodicsync', 'sync'])
  self.addEventListener(kind, (event) => {
    const { tag } = event as SyncEvent;
    if (tag === ALARM) (event as SyncEvent).waitUntil(wake());
  });

// A notice leads to the cockpit: the tab that is open, or a new one.
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then(([open]) => open?.focus() ?? self.clients.openWindow(shell)),
  );
});

/** One wake-up. What must go on gets another, with time of its own. */
async function wake(): Promise<void> {
  if (!self.allodAlarm) importScripts(ALARM_KERNEL);
  const woken = await self.allodAlarm?.wake(WORKSPACE);
  // Not every browser has it, and none promises when: the next start of a tab is what goes on for sure.
  if (woken === 'left') await self.registration.sync?.register(ALARM).catch(() => undefined);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(self.registration.scope)) return;
  const url = request.url.replace(/[?#].*$/, '');
  const known = getCacheKeyForURL(url) !== undefined;
  if (isWorker(request)) event.respondWith(answer(url, request).then(guarded));
  else if (known) event.respondWith(answer(url, request));
  else if (request.mode === 'navigate') event.respondWith(answer(shell, request));
});

/** The cached copy; the network only when there is none, as for an unknown file or after the browser dropped it. */
async function answer(url: string, request: Request): Promise<Response> {
  return (await matchPrecache(url)) ?? fetch(request);
}

function isWorker({ destination }: Request): boolean {
  return destination === 'worker' || destination === 'sharedworker';
}

function guarded(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set('content-security-policy', WORKER_CSP);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

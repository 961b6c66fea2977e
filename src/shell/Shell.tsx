/**
 * The cockpit around a room: rail, dock, palette, keys, notices, and the drop of files. It knows rooms by name and
 * gives orders through the client; what a room shows is none of its business.
 */
import { createMemo, createSignal, lazy, onCleanup, Show, Suspense, type JSX } from 'solid-js';
import { useClient, DeskContext, type Desk } from '../client/context.ts';
import { createNow } from '../client/now.ts';
import { createConflicts, createProcesses, createProposals, isWaiting } from '../client/records.ts';
import { rested } from '../client/rested.ts';
import { go, href, type RoomName, type Route } from '../client/route.ts';
import { AppFrame } from '../ui/AppFrame.tsx';
import type { NavItem } from '../ui/NavList.tsx';
import { ToastRegion, type ToastItem } from '../ui/ToastRegion.tsx';
import { showWaiting } from './badge.ts';
import { Dock, type OrderInput } from './Dock.tsx';
import { listenForDrops } from './drops.ts';
import { KernelNotice, type Update } from './KernelNotice.tsx';
import { createKinds } from './kinds.ts';
import { listenForNotices } from './notices.ts';
import { createPlace } from './place.ts';
import { ROOMS } from './rooms.ts';
import { listenForShortcuts } from './shortcuts.ts';

const Finder = lazy(async () => ({ default: (await import('./Finder.tsx')).Finder }));
const KeysHelp = lazy(async () => ({ default: (await import('./KeysHelp.tsx')).KeysHelp }));

/** Rooms that are reached from another and stand under it in the rail. */
const HOUSE: Partial<Record<RoomName, RoomName>> = { search: 'files', conflicts: 'inbox' };

export interface ShellProps {
  route: Route;
  update: Update | undefined;
  children: JSX.Element;
}

export function Shell(props: ShellProps) {
  const client = useClient();
  const place = createPlace();
  const toasts = createToasts();
  const items = createItems();
  const kinds = createKinds();
  const [finding, setFinding] = createSignal(false);
  const [helping, setHelping] = createSignal(false);
  const [stopping, setStopping] = createSignal(false);
  let input: OrderInput | undefined;

  const desk: Desk = {
    order: (text) => {
      if (place.phone()) place.move('full');
      input?.put(text);
    },
    search: () => setFinding(true),
    stopAll: async () => {
      setStopping(true);
      // Asked at once: stopping waits for nothing that has to be fetched.
      const killed = client.call('kill', { run: 'all' });
      try {
        const { stopEverything } = await import('./stop.ts');
        toasts.add(await stopEverything(client, killed, toasts.add));
      } catch {
        // The file could not be fetched, on a first visit that lost its network.
        toasts.add({
          text: 'Every run was told to end, but jobs may still start by themselves. Press it again.',
          tone: 'fail',
          stay: 0,
        });
      }
      setStopping(false);
    },
    say: (text) => toasts.add({ text }),
  };

  listenForShortcuts({
    find: desk.search,
    search: () => go({ room: 'search' }),
    keys: () => setHelping(true),
    shell: () => {
      if (place.phone()) place.move(place.place() === 'full' ? 'bottom' : 'full');
      queueMicrotask(() => input?.focus());
    },
    moveShell: () => {
      place.next();
      queueMicrotask(() => input?.focus());
    },
    stopAll: () => void desk.stopAll(),
  });
  let keeping: (() => void) | undefined;
  void rested()
    .then(() => import('../client/keep-after-work.ts'))
    .then(({ browserAsking, keepAfterWork }) => (keeping = keepAfterWork(client, browserAsking(client))));
  onCleanup(() => keeping?.());
  let telling: (() => void) | undefined;
  void rested()
    .then(() => import('./telling.ts'))
    .then(({ startTelling }) => (telling = startTelling(client)));
  onCleanup(() => telling?.());
  listenForNotices(client, ({ title, body, path }) =>
    toasts.add({
      text: body ? `${title}. ${body}` : title,
      stay: 0,
      action: { label: 'Show', onRun: () => (location.hash = href({ room: 'files', path })) },
    }),
  );
  void import('./former.ts').then(({ missFormer }) =>
    missFormer(client, (text, onRun) =>
      toasts.add({ text, tone: 'fail', stay: 0, action: { label: 'I know', onRun } }),
    ),
  );
  listenForDrops(
    client,
    () => props.route.room === 'home' || props.route.room === 'files',
    (dropped) =>
      toasts.add({
        text: dropped.said,
        ...(dropped.failed ? { tone: 'fail' as const, stay: 0 } : {}),
        ...(dropped.paths.length > 0
          ? {
              action: {
                label: 'Show',
                onRun: () => (location.hash = href({ room: 'files', path: dropped.paths[0] ?? '/workspace/inbox' })),
              },
            }
          : {}),
      }),
  );

  return (
    <DeskContext.Provider value={desk}>
      <AppFrame
        workspace="Workspace"
        items={items}
        current={HOUSE[props.route.room] ?? props.route.room}
        onGo={place.makeRoom}
        place={place.place()}
        fixed={props.route.room === 'inbox' || props.route.room === 'files'}
        device={{
          name: 'This device only',
          sync: 'Nothing leaves it by itself',
          href: href({ room: 'settings', section: 'storage' }),
        }}
        onFind={desk.search}
        onStop={() => void desk.stopAll()}
        stopping={stopping()}
        notice={<KernelNotice update={props.update} />}
        dock={
          <Dock
            kinds={kinds}
            place={place.place()}
            phone={place.phone()}
            onPlace={place.move}
            input={(given) => (input = given)}
          />
        }
        over={
          <>
            <ToastRegion toasts={toasts.shown()} onDismiss={toasts.dismiss} />
            <Suspense>
              <Show when={finding()}>
                <Finder open onClose={() => setFinding(false)} onOrder={(text, kind) => input?.give(text, kind)} />
              </Show>
              <Show when={helping()}>
                <KeysHelp open onClose={() => setHelping(false)} />
              </Show>
            </Suspense>
          </>
        }
      >
        {props.children}
      </AppFrame>
    </DeskContext.Provider>
  );
}

/** The rooms with what waits and what is live. The items stay the same objects, so that focus on one stays on it. */
const createItems = (): NavItem[] => {
  const proposals = createProposals();
  const processes = createProcesses();
  const now = createNow();
  const conflicts = createConflicts();
  const open = () => conflicts.value()?.filter(({ state }) => state === 'open').length ?? 0;
  const waiting = createMemo(
    () => (proposals.value()?.filter((proposal) => isWaiting(proposal, now())).length ?? 0) + open(),
  );
  showWaiting(waiting);
  const live = createMemo(() => processes.value()?.length ?? 0);
  return ROOMS.map(({ id, label, icon }): NavItem => {
    const item = { id, label, icon, href: href({ room: id }) };
    if (id === 'inbox') {
      return {
        ...item,
        waiting: true,
        get count() {
          return waiting() > 0 ? String(waiting()) : '';
        },
        get countSaid() {
          return `${waiting()} waiting`;
        },
      };
    }
    if (id !== 'agents') return item;
    return {
      ...item,
      get count() {
        return live() > 0 ? `${live()} live` : '';
      },
    };
  });
};

const createToasts = () => {
  const [shown, setShown] = createSignal<readonly ToastItem[]>([]);
  let number = 0;
  return {
    shown,
    add: (toast: Omit<ToastItem, 'id'>): void => void setShown([...shown(), { id: String(++number), ...toast }]),
    dismiss: (id: string): void => void setShown(shown().filter((toast) => toast.id !== id)),
  };
};

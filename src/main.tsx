/**
 * Composition root of the page: starts the kernel's worker, draws the shell, and puts the room of the address into it.
 * Rooms are fetched when first opened. `globalThis.allod` is the operator's stub: see `console-api.ts`.
 */
import './trusted-types.ts';
import './ui/theme/index.css';
import { createSignal, ErrorBoundary, lazy, Match, Suspense, Switch, type Component } from 'solid-js';
import { render } from 'solid-js/web';
import { connect } from './client/connect.ts';
import { offerConsole } from './client/console-api.ts';
import { ClientContext } from './client/context.ts';
import { createRoute, type Route, type RoomName } from './client/route.ts';
import type { Update } from './shell/KernelNotice.tsx';
import { Shell } from './shell/Shell.tsx';
import { Button } from './ui/Button.tsx';
import { ErrorCard } from './ui/ErrorCard.tsx';
import { Skeleton } from './ui/Skeleton.tsx';
import { applyTheme, keptTheme } from './views/settings/theme.ts';

const room = <P extends object>(load: () => Promise<Component<P>>) => lazy(async () => ({ default: await load() }));

const Home = room(async () => (await import('./views/home/Home.tsx')).Home);
const Inbox = room(async () => (await import('./views/inbox/Inbox.tsx')).Inbox);
const Conflicts = room(async () => (await import('./views/conflicts/Conflicts.tsx')).Conflicts);
const Files = room(async () => (await import('./views/files/Files.tsx')).Files);
const Search = room(async () => (await import('./views/search/Search.tsx')).Search);
const Agents = room(async () => (await import('./views/agents/Agents.tsx')).Agents);
const Programs = room(async () => (await import('./views/programs/Programs.tsx')).Programs);
const Money = room(async () => (await import('./views/money/Money.tsx')).Money);
const Settings = room(async () => (await import('./views/settings/Settings.tsx')).Settings);

function Page() {
  const route = createRoute();
  const [update, setUpdate] = createSignal<Update>();
  // The first screen comes first; a newer build can wait a moment.
  setTimeout(
    () => void import('./update.ts').then(({ watchUpdates }) => watchUpdates((apply) => setUpdate({ apply }))),
    2_000,
  );

  /** The route while it is this room's; a room keeps its state while its own address changes. */
  const at = <N extends RoomName>(name: N): Extract<Route, { room: N }> | undefined => {
    const now = route();
    return now.room === name ? (now as Extract<Route, { room: N }>) : undefined;
  };
  return (
    <Shell route={route()} update={update()}>
      <ErrorBoundary fallback={(error, reset) => <RoomFailed error={error} again={reset} />}>
        <Suspense
          fallback={
            <div class="wrap">
              <Skeleton label="Opening the room" />
            </div>
          }
        >
          <Switch>
            <Match when={at('home')}>
              <Home />
            </Match>
            <Match when={at('inbox')}>{(here) => <Inbox id={here().id} />}</Match>
            <Match when={at('conflicts')}>
              <Conflicts />
            </Match>
            <Match when={at('files')}>{(here) => <Files path={here().path} at={here().at} line={here().line} />}</Match>
            <Match when={at('search')}>{(here) => <Search asked={here()} />}</Match>
            <Match when={at('agents')}>{(here) => <Agents run={here().run} schedule={here().schedule} />}</Match>
            <Match when={at('programs')}>{(here) => <Programs name={here().name} />}</Match>
            <Match when={at('money')}>
              <Money />
            </Match>
            <Match when={at('settings')}>{(here) => <Settings section={here().section} />}</Match>
          </Switch>
        </Suspense>
      </ErrorBoundary>
    </Shell>
  );
}

function RoomFailed(props: { error: unknown; again: () => void }) {
  return (
    <div class="wrap">
      <ErrorCard
        title="This room cannot be shown"
        safe="The kernel, your files and the other rooms are not affected."
        actions={
          <Button small onClick={() => props.again()}>
            Open it again
          </Button>
        }
      >
        {props.error instanceof Error ? props.error.message : String(props.error)}
      </ErrorCard>
    </div>
  );
}

// Before anything is drawn, or the page flashes in the other theme.
applyTheme(keptTheme());

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root element.');

const client = connect();
offerConsole(client);
render(
  () => (
    <ClientContext.Provider value={client}>
      <Page />
    </ClientContext.Provider>
  ),
  root,
);

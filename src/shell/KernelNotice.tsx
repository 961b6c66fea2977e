/**
 * The band over the room for what stands between the operator and the workspace: a kernel that stopped, one that is
 * slow to open, a damaged journal, the global stop, a newer build that waits. Nothing is shown when nothing is in the way.
 */
import { createSignal, lazy, Match, onCleanup, Show, Suspense, Switch } from 'solid-js';
import { useClient } from '../client/context.ts';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';

// What is rare and lasts need not be asked for before the first screen stands.
const DamageNotice = lazy(async () => ({ default: (await import('./DamageNotice.tsx')).DamageNotice }));
const StoppedNotice = lazy(async () => ({ default: (await import('./StoppedNotice.tsx')).StoppedNotice }));

/** A newer build waits; `apply` reloads the page into it. */
export type Update = { apply: () => void };

const SLOW = 1_500;

export function KernelNotice(props: { update: Update | undefined }) {
  const client = useClient();
  const [slow, setSlow] = createSignal(false);
  const timer = setTimeout(() => setSlow(true), SLOW);
  onCleanup(() => clearTimeout(timer));
  const stopped = () => {
    const state = client.state();
    return state.state === 'stopped' ? state : undefined;
  };
  return (
    <>
      <Suspense>
        <Show when={slow() && client.state().state === 'ready'}>
          <DamageNotice />
          <StoppedNotice />
        </Show>
      </Suspense>
      <Switch>
        <Match when={stopped()}>
          {(state) => (
            <div class="pad">
              <Notice
                tone="fail"
                title="The kernel has stopped."
                actions={
                  <Button small onClick={() => location.reload()}>
                    Reload
                  </Button>
                }
              >
                {state().reason} <span class="small faint mono">{state().code}</span>
              </Notice>
            </div>
          )}
        </Match>
        <Match when={slow() && client.state().state === 'starting'}>
          <div class="pad">
            <Notice icon="clock" title="Opening your workspace.">
              What you order now is done as soon as it is open.
            </Notice>
          </div>
        </Match>
        <Match when={props.update}>
          {(update) => (
            <div class="pad">
              <Notice
                icon="download"
                title="A new version is ready."
                actions={
                  <Button small onClick={() => update().apply()}>
                    Reload
                  </Button>
                }
              >
                Reload when it suits you.
              </Notice>
            </div>
          )}
        </Match>
      </Switch>
    </>
  );
}

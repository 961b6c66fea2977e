/** RunControls: hold a run, let it go on, stop it for good; what each does is said when it was done. */
import { createSignal, Show } from 'solid-js';
import { useClient, useDesk } from '../../client/context.ts';
import type { Process } from '../../client/records.ts';
import { Button } from '../../ui/Button.tsx';

export function RunControls(props: { process: Process }) {
  const client = useClient();
  const desk = useDesk();
  const [busy, setBusy] = createSignal<'hold' | 'stop'>();
  const held = () => props.process.state === 'paused';

  const stop = async () => {
    setBusy('stop');
    const killed = await client.call('kill', { run: props.process.id });
    setBusy(undefined);
    if (!killed.ok) desk.say(`Not stopped: ${killed.error.message}`);
    else desk.say(killed.value.killed.length > 0 ? 'Stopped. What it wrote is kept.' : 'It had ended already.');
  };
  const hold = async (on: boolean) => {
    setBusy('hold');
    const done = await client.call('pause', { run: props.process.id, on });
    setBusy(undefined);
    if (!done.ok) return desk.say(`${on ? 'Not held' : 'It does not go on'}: ${done.error.message}`);
    const more = done.value.runs.length - 1;
    const others = more > 0 ? ` So ${more === 1 ? 'does the run' : `do ${more} runs`} it started.` : '';
    desk.say(
      on
        ? `Held: it waits before its next call, also over a restart, until you let it go on.${others}`
        : `It goes on.${others}`,
    );
  };
  return (
    <>
      <Show
        when={held()}
        fallback={
          <Button small icon="pause" busy={busy() === 'hold'} onClick={() => void hold(true)}>
            Hold
          </Button>
        }
      >
        <Button small icon="right" busy={busy() === 'hold'} onClick={() => void hold(false)}>
          Go on
        </Button>
      </Show>
      <Button small variant="stop" icon="stop" busy={busy() === 'stop'} onClick={() => void stop()}>
        Stop run
      </Button>
    </>
  );
}

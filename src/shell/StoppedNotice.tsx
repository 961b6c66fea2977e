/** StoppedNotice: stands over every room while everything is stopped: what that means, and the way back. */
import { createSignal, Show } from 'solid-js';
import { useClient, useDesk } from '../client/context.ts';
import { createPolicy } from '../client/policy.ts';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';

export function StoppedNotice() {
  const client = useClient();
  const desk = useDesk();
  const policy = createPolicy();
  const [busy, setBusy] = createSignal(false);
  const work = async () => {
    setBusy(true);
    const { letWork } = await import('./stop.ts');
    const said = await letWork(client);
    setBusy(false);
    desk.say(said.text);
  };
  return (
    <Show when={policy.value()?.paused}>
      <div class="pad">
        <Notice
          tone="wait"
          icon="pause"
          title="Everything is stopped."
          actions={
            <Button small icon="right" busy={busy()} onClick={() => void work()}>
              Let agents work again
            </Button>
          }
        >
          No job starts by itself: what comes due is skipped. What you start by hand runs, but each change an agent
          wants to make waits for you.
        </Notice>
      </div>
    </Show>
  );
}

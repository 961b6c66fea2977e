/** StoppedNotice: what it means that everything is stopped, and the way back. Nothing is shown while agents may work. */
import { createSignal, Show } from 'solid-js';
import { useClient, useDesk } from '../../client/context.ts';
import { setPaused, WORKS_AGAIN } from '../../client/paused-policy.ts';
import { createPolicy } from '../../client/policy.ts';
import { Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Notice.tsx';

export function StoppedNotice() {
  const client = useClient();
  const desk = useDesk();
  const policy = createPolicy();
  const [busy, setBusy] = createSignal(false);
  const letWork = async () => {
    setBusy(true);
    const set = await setPaused(client, false);
    setBusy(false);
    desk.say(set.ok ? WORKS_AGAIN : `Still stopped: ${set.error.message}`);
  };
  return (
    <Show when={policy.value()?.paused}>
      <div class="mb-4">
        <Notice
          tone="wait"
          icon="pause"
          title="Everything is stopped."
          actions={
            <Button small icon="right" busy={busy()} onClick={() => void letWork()}>
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

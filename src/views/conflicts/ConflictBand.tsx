/** ConflictBand: over a file about which devices disagreed: what happened, and the two nearest ways out. */
import { createSignal, Show } from 'solid-js';
import type { Path } from '../../../kernel/protocol/paths.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { keepAsIs } from '../files/restore.ts';

export function ConflictBand(props: { path: Path; words: string }) {
  const client = useClient();
  const desk = useDesk();
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<string>();
  const keep = async () => {
    setBusy(true);
    setFailed(undefined);
    const done = await keepAsIs(client.stub, props.path);
    setBusy(false);
    if (done.ok) desk.say('Settled: it stays as it is.');
    else setFailed(done.error.message);
  };
  return (
    <Notice
      tone="wait"
      icon="fork"
      live="off"
      title="Devices disagreed about this file."
      actions={
        <>
          <Button small busy={busy()} onClick={() => void keep()}>
            Keep as it is
          </Button>
          <Button small variant="quiet" href={href({ room: 'conflicts' })}>
            See both sides
          </Button>
        </>
      }
    >
      {props.words}
      <Show when={failed()}>
        {(message) => (
          <span class="fail-ink" role="alert">
            {' '}
            Not settled: {message()}
          </span>
        )}
      </Show>
    </Notice>
  );
}

/** Every key there is, in a dialog. What it lists is what `shortcuts.ts` and the rooms answer to. */
import { createSignal, For, Show } from 'solid-js';
import { setSingleKeys, singleKeys } from '../client/keys.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { Toggle } from '../ui/Toggle.tsx';
import { ROOMS } from './rooms.ts';

type Row = readonly [keys: readonly string[], does: string];

const EVERYWHERE: readonly Row[] = [
  [['Ctrl K'], 'search or run'],
  [['Ctrl Shift F'], 'search all files'],
  [['Ctrl `'], 'shell'],
  [['Ctrl Shift `'], 'move the shell: side, bottom, full'],
  [['Ctrl Shift .'], 'stop everything'],
  [['$'], 'bash, in an empty order line'],
  [['Esc'], 'close what is open'],
  [['?'], 'this list'],
];

const IN_A_ROOM: readonly Row[] = [
  [['J', 'K'], 'next, previous'],
  [['Enter'], 'open'],
  [['R'], 'reject, on a focused proposal'],
  [['Shift A'], 'approve, on a focused proposal'],
  [['W'], 'why: who wrote this'],
  [['B'], 'blame on, off'],
];

const ROOM_KEYS: readonly Row[] = ROOMS.map(({ key, label }) => [['G', key.toUpperCase()], label] as const);

function Keys(props: { title: string; rows: readonly Row[] }) {
  return (
    <section>
      <h3>{props.title}</h3>
      <dl class="facts">
        <For each={props.rows}>
          {([keys, does]) => (
            <>
              <dt>
                <For each={keys}>
                  {(key) => (
                    <>
                      <Kbd>{key}</Kbd>{' '}
                    </>
                  )}
                </For>
              </dt>
              <dd>{does}</dd>
            </>
          )}
        </For>
      </dl>
    </section>
  );
}

export function KeysHelp(props: { open: boolean; onClose: () => void }) {
  const [single, setSingle] = createSignal(singleKeys());
  return (
    <Dialog open={props.open} title="Keys" onClose={props.onClose}>
      <Show when={props.open}>
        <Keys title="Everywhere" rows={EVERYWHERE} />
        <Keys title="Rooms" rows={ROOM_KEYS} />
        <Keys title="In a list, a card or a file" rows={IN_A_ROOM} />
        <Toggle
          label="Single keys"
          on={single()}
          onChange={(on) => {
            setSingleKeys(on);
            setSingle(on);
          }}
        />
        <p class="hint">Switch them off if you dictate, or type without looking. Keys with Ctrl stay.</p>
      </Show>
    </Dialog>
  );
}

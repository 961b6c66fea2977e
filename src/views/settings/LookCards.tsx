/** How it looks and which keys work, on this device; and what this is. */
import { createSignal, For, Show } from 'solid-js';
import { setSingleKeys, singleKeys } from '../../client/keys.ts';
import { href } from '../../client/route.ts';
import { Card } from '../../ui/Card.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { Seg } from '../../ui/Seg.tsx';
import { Toggle } from '../../ui/Toggle.tsx';
import { LIFECYCLE, NEXT_OPENING } from '../lifecycle.ts';
import { createKernelFacts } from './StorageCard.tsx';
import { applyTheme, keptTheme, type Theme } from './theme.ts';

export function LookCard() {
  const [theme, setTheme] = createSignal<Theme>(keptTheme());
  return (
    <Card title="Appearance">
      <div class="row between row-wrap">
        <span class="t13">Light or dark, on this device</span>
        <Seg
          label="Theme"
          value={theme()}
          onChange={(next) => {
            setTheme(next);
            applyTheme(next);
          }}
          options={[
            { value: 'system', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
      </div>
    </Card>
  );
}

export function KeysCard() {
  const [on, setOn] = createSignal(singleKeys());
  return (
    <Card title="Keys">
      <Toggle
        label="Single keys, such as J, K, R and G then a room"
        on={on()}
        onChange={(next) => {
          setOn(next);
          setSingleKeys(next);
        }}
      />
      <p class="hint">
        Switch them off when you dictate, or when a letter typed beside a field should do nothing. <Kbd>Ctrl K</Kbd> and
        the other chords stay. <Kbd>?</Kbd> lists all keys.
      </p>
    </Card>
  );
}

export function AboutCard() {
  const kernel = createKernelFacts();
  return (
    <Card title="About Allod">
      <Facts
        facts={[
          { term: 'Version', value: kernel.value()?.version ?? '…' },
          { term: 'Licence', value: 'MIT' },
          {
            term: 'Server',
            value: 'None. Everything runs and lies in this browser; only models and addresses you connect are reached.',
          },
          { term: 'Devices', value: 'This one. Pairing with another, and export to a file, are not built yet.' },
          {
            term: 'Schedules',
            value: <a href={href({ room: 'agents', schedule: true })}>What is due, and how it went</a>,
          },
        ]}
      />
      <div class="bleed mt-4">
        <table class="table" aria-label="What runs when">
          <thead>
            <tr>
              <th scope="col">Tabs of this app</th>
              <th scope="col">What runs</th>
            </tr>
          </thead>
          <tbody>
            <For each={LIFECYCLE}>
              {([tabs, what]) => (
                <tr>
                  <th scope="row">{tabs}</th>
                  <td>{what}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <p class="hint mt-3">{NEXT_OPENING}</p>
      <Show when={kernel.error()}>
        {(error) => <p class="small fail-ink">The kernel does not answer: {error().message}</p>}
      </Show>
    </Card>
  );
}

/**
 * Kit: every part and every state on one sheet, for eyes and for axe. Not shipped: tests/kit opens it.
 * Sections live in kit-*.tsx; the frame around them is the real one.
 */
import { createSignal, type JSX, Show } from 'solid-js';
import { render } from 'solid-js/web';
import { AppFrame } from './AppFrame.tsx';
import { BudgetLine } from './BudgetLine.tsx';
import { Button } from './Button.tsx';
import { DockHead, DockPlaces, type DockPlace } from './DockHead.tsx';
import { Input } from './Input.tsx';
import { KitDeeds } from './kit-deeds.tsx';
import { KitLists } from './kit-lists.tsx';
import { KitOver } from './kit-over.tsx';
import { KitParts } from './kit-parts.tsx';
import type { NavItem } from './NavList.tsx';
import { PageTop } from './PageTop.tsx';
import { Palette, type PaletteGroup } from './Palette.tsx';
import { Seg } from './Seg.tsx';
import { Say } from './Say.tsx';
import { ToastRegion } from './ToastRegion.tsx';

const ROOMS: readonly NavItem[] = [
  { id: 'home', label: 'Home', icon: 'home', href: '#home' },
  { id: 'inbox', label: 'Inbox', icon: 'inbox', href: '#inbox', count: '3', countSaid: '3 waiting', waiting: true },
  { id: 'files', label: 'Files', icon: 'files', href: '#files' },
  { id: 'agents', label: 'Agents', icon: 'agents', href: '#agents', count: '2 live' },
  { id: 'programs', label: 'Programs', icon: 'programs', href: '#programs' },
  { id: 'money', label: 'Money', icon: 'money', href: '#money' },
  { id: 'devices', label: 'Devices', icon: 'devices', href: '#devices' },
  { id: 'settings', label: 'Settings', icon: 'settings', href: '#settings' },
];

const FOUND: readonly PaletteGroup[] = [
  {
    label: 'Files',
    items: [
      { id: 'f1', icon: 'file', lead: 'context/competitors/', label: 'acme/pricing.md', note: 'today 07:02' },
      { id: 'f2', icon: 'file', lead: 'context/competitors/', label: 'acme/profile.md, line 14', note: 'today 07:02' },
    ],
  },
  {
    label: 'Do',
    items: [
      { id: 'd1', icon: 'play', label: 'Run job morning-brief now', note: 'about $0.20' },
      { id: 'd2', icon: 'stop', label: 'Stop everything', kbd: 'Ctrl Shift .' },
    ],
  },
];

/** The room in the address, or the kit itself. */
const roomNow = () => location.hash.slice(1) || 'home';

function KitDock(props: { place: DockPlace; onPlace: (place: DockPlace) => void }) {
  const [mode, setMode] = createSignal<'ask' | 'bash'>('ask');
  return (
    <>
      <Show when={props.place !== 'bottom'}>
        <DockHead place={props.place} onPlace={props.onPlace} />
        <div class="dock-log" tabindex="0" role="log" aria-label="Shell log">
          <Say actor="operator" foot={{ items: ['08:31'] }}>
            <p>What changed at Acme since Monday?</p>
          </Say>
          <Say actor="agent:analyst" foot={{ items: [<a href="#run">run 5e21</a>, '3 files read', '$0.03'] }}>
            <p>Two things.</p>
            <p>
              Team plan is now <strong>$18</strong> a seat, was $22 (<a href="#file">profile.md:14</a>).
            </p>
          </Say>
          <Say actor="operator" foot={{ items: ['ran as you', 'refused, nothing changed', '08:45'] }}>
            <div class="cmd">
              <span class="ps">$</span> echo "paused: true" &gt; /system/policy.yaml
              <pre class="fail-ink">EACCES /system/policy.yaml: change it in Settings</pre>
            </div>
          </Say>
        </div>
      </Show>
      <form class="prompt" aria-label="Order">
        <Seg
          label="Ask or run"
          value={mode()}
          onChange={setMode}
          options={[
            { value: 'ask', label: 'Ask' },
            { value: 'bash', label: '$', said: 'bash' },
          ]}
        />
        <Input label="Order" placeholder="Ask, or type $ for bash" mono={mode() === 'bash'} />
        <Show when={props.place === 'bottom'}>
          <span class="last only-wide">writer: 7 of 12 listings, $0.05</span>
        </Show>
        <span class="btns">
          <DockPlaces place={props.place} onPlace={props.onPlace} phoneOnly={props.place !== 'bottom'} />
        </span>
      </form>
    </>
  );
}

function Section(props: { title: string; children: JSX.Element }) {
  return (
    <section aria-label={props.title}>
      <h2 class="mb-3">{props.title}</h2>
      {props.children}
    </section>
  );
}

export function Kit() {
  const [place, setPlace] = createSignal<DockPlace>('bottom');
  const [finding, setFinding] = createSignal(false);
  const [query, setQuery] = createSignal('acme pri');
  const [toasts, setToasts] = createSignal([{ id: '1', text: 'profile.md moved to archive/', stay: 0 }]);
  return (
    <AppFrame
      workspace="Lindqvist"
      items={ROOMS}
      current={roomNow()}
      place={place()}
      budget={<BudgetLine label="November" text="$11.82 of $30.00" used={11.82} held={0.17} max={30} href="#money" />}
      device={{ name: 'laptop', role: 'runs the schedules', sync: 'Synced with phone 2 min ago', href: '#devices' }}
      onFind={() => setFinding(true)}
      onStop={() => undefined}
      dock={<KitDock place={place()} onPlace={setPlace} />}
      over={
        <>
          <Palette
            open={finding()}
            query={query()}
            groups={query() === 'nothing' ? [] : FOUND}
            onQuery={setQuery}
            onRun={() => setFinding(false)}
            onClose={() => setFinding(false)}
          />
          <ToastRegion
            toasts={toasts().map((toast) => ({
              ...toast,
              action: { label: 'Undo', icon: 'undo', onRun: () => undefined },
            }))}
            onDismiss={(id) => setToasts((now) => now.filter((toast) => toast.id !== id))}
          />
        </>
      }
    >
      <PageTop
        title="Kit"
        sub="Every part and every state on one sheet"
        actions={
          <Button small variant="quiet" class="only-wide" onClick={() => setPlace('side')}>
            Arrange
          </Button>
        }
      />
      <div class="wrap">
        <div class="stack gap-6 broad">
          <Section title="Parts">
            <KitParts />
          </Section>
          <Section title="Proposals">
            <KitDeeds />
          </Section>
          <Section title="Lists and text">
            <KitLists />
          </Section>
          <Section title="Over the page">
            <KitOver />
          </Section>
        </div>
      </div>
    </AppFrame>
  );
}

export const mountKit = (root: HTMLElement): (() => void) => render(() => <Kit />, root);

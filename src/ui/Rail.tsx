/**
 * Rail: brand, search, rooms; at the foot this month's money, this device, and the one button that stops everything.
 */
import { type JSX, Show } from 'solid-js';
import { Brand } from './Brand.tsx';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';
import { NavList, type NavListProps } from './NavList.tsx';

export interface DeviceLine {
  /** "laptop" */
  name: string;
  /** "runs the schedules" */
  role?: string;
  /** "Synced with phone 2 min ago" */
  sync?: string;
  href: string;
}

export interface RailProps extends Omit<NavListProps, 'label'> {
  /** The workspace's name. */
  workspace: string;
  /** A BudgetLine. */
  budget?: JSX.Element;
  device?: DeviceLine;
  onFind?: () => void;
  onStop?: () => void;
  stopping?: boolean;
}

export function RailFoot(props: Pick<RailProps, 'budget' | 'device' | 'onStop' | 'stopping'>) {
  return (
    <>
      {props.budget}
      <Show when={props.device}>
        {(device) => (
          <a href={device().href}>
            <span class="row between">
              <span>{device().name}</span>
              <span class="faint">{device().role}</span>
            </span>
            <Show when={device().sync}>{(sync) => <span class="faint clip">{sync()}</span>}</Show>
          </a>
        )}
      </Show>
      <Show when={props.onStop}>
        <Button
          small
          variant="stop"
          icon="stop"
          title="Ends every run, and lets nothing act alone until you say so"
          busy={props.stopping}
          onClick={() => props.onStop?.()}
        >
          {props.stopping ? 'Stopping everything' : 'Stop everything'}
        </Button>
      </Show>
    </>
  );
}

export function Rail(props: RailProps) {
  return (
    <div class="rail">
      <header class="rail-head">
        <Brand name={props.workspace} />
        <Show when={props.onFind}>
          <button type="button" class="find" onClick={() => props.onFind?.()}>
            <Icon name="search" />
            Search or run
            <kbd aria-hidden="true">Ctrl K</kbd>
          </button>
        </Show>
      </header>
      <NavList label="Rooms" items={props.items} current={props.current} onGo={props.onGo} />
      <footer class="rail-foot">
        <RailFoot budget={props.budget} device={props.device} onStop={props.onStop} stopping={props.stopping} />
      </footer>
    </div>
  );
}

/** RunState: how a run stands, in a word and a shape. */
import { Match, Switch } from 'solid-js';
import type { End } from '../../client/runs.ts';
import { Chip } from '../../ui/Chip.tsx';

export function RunState(props: { end: End | undefined; live: boolean; held?: boolean | undefined; since?: string }) {
  return (
    <Switch
      fallback={
        <Chip tone="unknown" icon="unknown" title="The kernel stopped before it could say how this run ended">
          No end on record
        </Chip>
      }
    >
      <Match when={props.end?.state === 'done'}>
        <Chip tone="quiet" icon="check">
          Done
        </Chip>
      </Match>
      <Match when={props.end?.state === 'failed'}>
        <Chip tone="fail" icon="x">
          Failed
        </Chip>
      </Match>
      <Match when={props.end?.state === 'cancelled'}>
        <Chip icon="stop">Stopped</Chip>
      </Match>
      <Match when={props.end?.state === 'skipped'}>
        <Chip icon="dash">Skipped</Chip>
      </Match>
      <Match when={props.live && props.held}>
        <Chip tone="wait" icon="pause" title="It waits before its next call until you let it go on">
          Held {props.since}
        </Chip>
      </Match>
      <Match when={props.live}>
        <Chip tone="live">Live {props.since}</Chip>
      </Match>
    </Switch>
  );
}

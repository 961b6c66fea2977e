/** Room: a room's title line and its content at the measure of the page. `bare` leaves the layout to the room. */
import { type JSX, Show } from 'solid-js';
import { PageTop } from '../ui/PageTop.tsx';

export interface RoomProps {
  title: string;
  sub?: JSX.Element;
  actions?: JSX.Element;
  bare?: boolean;
  children: JSX.Element;
}

export function Room(props: RoomProps) {
  return (
    <>
      <PageTop title={props.title} sub={props.sub} actions={props.actions} />
      <Show when={!props.bare} fallback={props.children}>
        <div class="wrap">{props.children}</div>
      </Show>
    </>
  );
}

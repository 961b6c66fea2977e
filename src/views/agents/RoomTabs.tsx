/** RoomTabs: the two pages of the room: who works here, and what is due when. Each has an address. */
import { href } from '../../client/route.ts';

export function RoomTabs(props: { current: 'agents' | 'schedule' }) {
  const here = (page: 'agents' | 'schedule') => (props.current === page ? 'page' : undefined);
  return (
    <nav class="tabs agents-tabs" aria-label="Pages of this room">
      <a class="tab" href={href({ room: 'agents' })} aria-current={here('agents')}>
        Agents and runs
      </a>
      <a class="tab" href={href({ room: 'agents', schedule: true })} aria-current={here('schedule')}>
        Schedule
      </a>
    </nav>
  );
}

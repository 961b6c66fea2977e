/** Inbox: being built. */
import { Room } from '../Room.tsx';

export function Inbox(_props: { id?: string }) {
  return <Room title="Inbox">This room is being built.</Room>;
}

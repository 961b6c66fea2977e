/** Settings: being built. */
import { Room } from '../Room.tsx';

export function Settings(_props: { section?: string }) {
  return <Room title="Settings">This room is being built.</Room>;
}

/** Agents: being built. */
import { Room } from '../Room.tsx';

export function Agents(_props: { run?: string }) {
  return <Room title="Agents">This room is being built.</Room>;
}

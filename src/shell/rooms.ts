/** The rooms in the order of the rail, and the key that opens each after G. */
import type { RoomName } from '../client/route.ts';
import type { IconName } from '../ui/icons.ts';

export const ROOMS = [
  { id: 'home', label: 'Home', icon: 'home', key: 'h' },
  { id: 'inbox', label: 'Inbox', icon: 'inbox', key: 'i' },
  { id: 'files', label: 'Files', icon: 'files', key: 'f' },
  { id: 'agents', label: 'Agents', icon: 'agents', key: 'a' },
  { id: 'programs', label: 'Programs', icon: 'programs', key: 'p' },
  { id: 'money', label: 'Money', icon: 'money', key: 'm' },
  { id: 'settings', label: 'Settings', icon: 'settings', key: 's' },
] as const satisfies readonly { id: RoomName; label: string; icon: IconName; key: string }[];

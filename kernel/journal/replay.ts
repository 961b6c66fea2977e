/**
 * The chains of all devices as one, in the order of (at, tick, device): each entry after what its author had seen [J15].
 */
import type { DeviceId, SealedEntry } from '../protocol/entry.ts';
import { inOrder } from './closure.ts';
import { isDamage } from './reader.ts';

export type Chain = { device: DeviceId; entries: AsyncIterator<SealedEntry[]> };
type Cursor = Chain & { at: number; loaded: SealedEntry[] };

const next = ({ loaded, at }: Cursor): SealedEntry => loaded[at] as SealedEntry;

/** A chain that is damaged ends there, and `onDamage` is told. */
export const replayChains = async (
  chains: readonly Chain[],
  each: (entries: SealedEntry[]) => void,
  onDamage: (device: DeviceId) => Promise<void>,
): Promise<void> => {
  const load = async (cursor: Cursor): Promise<boolean> => {
    try {
      do {
        const { done, value } = await cursor.entries.next();
        if (done) return false;
        cursor.loaded = value as SealedEntry[];
        cursor.at = 0;
      } while (cursor.loaded.length === 0);
      return true;
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      await onDamage(cursor.device);
      return false;
    }
  };

  let cursors: Cursor[] = [];
  for (const chain of chains) {
    const cursor = { ...chain, at: 0, loaded: [] };
    if (await load(cursor)) cursors.push(cursor);
  }
  while (cursors.length > 0) {
    cursors.sort((a, b) => inOrder(next(a), next(b)));
    const [first, second] = cursors as [Cursor, Cursor | undefined];
    const limit = second && next(second);
    const from = first.at++;
    while (first.at < first.loaded.length && (!limit || inOrder(next(first), limit) < 0)) first.at++;
    each(first.loaded.slice(from, first.at));
    if (first.at === first.loaded.length && !(await load(first))) cursors = cursors.filter((one) => one !== first);
  }
};

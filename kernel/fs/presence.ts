/**
 * Is a node there? Removing covers what its author had seen: a node is dead only if some removal covers everything that
 * anybody did with it, so an edit or a move made apart wins and the node stays. Only maxima are kept, so the order in
 * which entries arrive does not matter. Pure; it does not know the tree.
 */
import type { DeviceId, VersionVector } from '../protocol/entry.ts';
import { compareStamps, type Stamp } from './node-table.ts';

/**
 * `acts`: the newest entry of each device that did something with the node. `covers`: how far removals had seen. `last`:
 * the newest entry of each device about the node, removals too.
 */
export type Presence = {
  acts: VersionVector;
  covers: VersionVector;
  last: VersionVector;
  removed?: Stamp;
  restored?: Stamp;
};

const newest = (a: Stamp | undefined, b: Stamp): Stamp => (a && compareStamps(a, b) > 0 ? a : b);
const raise = (vector: VersionVector, device: DeviceId, seq: number): VersionVector =>
  seq > (vector[device] ?? 0) ? { ...vector, [device]: seq } : vector;

export const acted = (presence: Presence, { device }: Stamp, seq: number): Presence => ({
  ...presence,
  acts: raise(presence.acts, device, seq),
  last: raise(presence.last, device, seq),
});

export const restored = (presence: Presence, stamp: Stamp, seq: number): Presence => ({
  ...acted(presence, stamp, seq),
  restored: newest(presence.restored, stamp),
});

export const removed = (presence: Presence, stamp: Stamp, seq: number, seen: VersionVector): Presence => {
  let covers = raise(presence.covers, stamp.device, seq);
  for (const [device, upTo] of Object.entries(seen)) covers = raise(covers, device, upTo);
  const last = raise(presence.last, stamp.device, seq);
  return { ...presence, covers, last, removed: newest(presence.removed, stamp) };
};

export const isDead = ({ acts, covers, removed: gone }: Presence): boolean =>
  gone !== undefined && Object.entries(acts).every(([device, seq]) => seq <= (covers[device] ?? 0));

/** It was removed by somebody, is there all the same, and nobody has said since that it shall be. */
export const wasKept = (presence: Presence): boolean =>
  presence.removed !== undefined && !(presence.restored && compareStamps(presence.restored, presence.removed) > 0);

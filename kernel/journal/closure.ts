/**
 * Causal closure [J15]: a change set is taken when everything its author says to have seen is held or taken with it, and
 * nothing of a device after one that is not. What is taken comes in the order (at, tick, device), which is an order of
 * causes because an entry stamped before what its author had seen is refused.
 */
import type { DeviceId, SealedEntry, VersionVector } from '../protocol/entry.ts';
import { compareStamps, type Stamp } from './clock.ts';
import type { Line } from './line.ts';

export type Closure = {
  /** How many entries of each line are taken. */
  taken: Map<DeviceId, number>;
  missing: VersionVector;
  /** Lines that end here: stamped before what was seen. */
  early: { device: DeviceId; seq: number; message: string }[];
};

export const seenBy = ({ entry: { change, device } }: SealedEntry): [DeviceId, number][] =>
  change.op === 'session' || change.op === 'remove'
    ? Object.entries(change.seen).filter(([other, seq]) => other !== device && seq > 0)
    : [];

export const inOrder = (a: SealedEntry, b: SealedEntry): number =>
  compareStamps(a.entry, b.entry) || (a.entry.device < b.entry.device ? -1 : a.entry.device > b.entry.device ? 1 : 0);

/** `held` is what was held before; `stampOf` knows the entries that are held and those that arrived. */
export const closeOver = (
  lines: readonly Line[],
  held: VersionVector,
  stampOf: (device: DeviceId, seq: number) => Stamp | undefined,
): Closure => {
  const taken = new Map(lines.map(({ device }) => [device, 0]));
  const missing: VersionVector = {};
  const early = new Map<DeviceId, Closure['early'][number]>();
  const reached = (device: DeviceId): number => (held[device] ?? 0) + (taken.get(device) ?? 0);

  /** One change set more of a line; false when it has to wait, or there is none. */
  const advance = ({ device, entries }: Line): boolean => {
    const from = taken.get(device) ?? 0;
    for (let i = from; i < entries.length; i++) {
      const one = entries[i] as SealedEntry;
      for (const [other, seq] of seenBy(one)) {
        if (reached(other) < seq) return false;
        const stamp = stampOf(other, seq);
        if (stamp && compareStamps(one.entry, stamp) <= 0) {
          const message = `Entry ${one.entry.seq} is not later than what its author had seen`;
          early.set(device, { device, seq: (entries[from] as SealedEntry).entry.seq, message });
          return false;
        }
      }
      if (one.entry.more) continue;
      taken.set(device, i + 1);
      return true;
    }
    return false;
  };

  for (let moved = true; moved;) {
    moved = false;
    for (const line of lines) while (!early.has(line.device) && advance(line)) moved = true;
  }
  for (const { device, entries } of lines) {
    if (early.has(device)) continue;
    for (const one of entries.slice(taken.get(device))) {
      for (const [other, seq] of seenBy(one)) if (reached(other) < seq) missing[other] = reached(other);
    }
  }
  return { taken, missing, early: [...early.values()] };
};

/**
 * Hybrid logical clock: wall time where possible, never going back, with a counter inside one millisecond.
 */
export type Stamp = { at: number; tick: number };

const TICKS = 0xffff;

export const nextStamp = (last: Stamp, now: number): Stamp => {
  const wall = Math.max(0, Math.floor(now));
  if (wall > last.at) return { at: wall, tick: 0 };
  return last.tick < TICKS ? { at: last.at, tick: last.tick + 1 } : { at: last.at + 1, tick: 0 };
};

/** Negative when `a` comes first. */
export const compareStamps = (a: Stamp, b: Stamp): number => a.at - b.at || a.tick - b.tick;

export const laterOf = (a: Stamp, b: Stamp): Stamp => (compareStamps(a, b) < 0 ? b : a);

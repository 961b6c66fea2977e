/**
 * When a day, a week (from Monday) or a month began, and when the next one begins, where the operator is. Pure.
 */
export type Period = 'day' | 'week' | 'month';

const WALL: Intl.DateTimeFormatOptions = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
};

/** What the clock on the wall shows, as if it hung in UTC. */
const wallOf = (time: number, timeZone: string): Date => {
  const parts = new Intl.DateTimeFormat('en', { ...WALL, timeZone }).formatToParts(time);
  const at = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return new Date(Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second')));
};

const midnight = (wall: number, timeZone: string): number => {
  const offset = (time: number): number => wallOf(time, timeZone).getTime() - time;
  const guess = wall - offset(wall);
  // The clock may have been put forward or back between the two.
  return wall - offset(guess);
};

export const periodAt = (per: Period, now: number, timeZone: string): { from: number; to: number } => {
  const wall = wallOf(Math.floor(now / 1000) * 1000, timeZone);
  const [year, month] = [wall.getUTCFullYear(), wall.getUTCMonth()];
  const monday = (wall.getUTCDay() + 6) % 7;
  const first = per === 'month' ? 1 : wall.getUTCDate() - (per === 'week' ? monday : 0);
  const next = per === 'month' ? Date.UTC(year, month + 1, 1) : Date.UTC(year, month, first + (per === 'week' ? 7 : 1));
  return { from: midnight(Date.UTC(year, month, first), timeZone), to: midnight(next, timeZone) };
};

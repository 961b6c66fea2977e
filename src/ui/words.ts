/**
 * Times and numbers as Allod says them: "today 07:02", "in 41 min", "$0.04", "44 kB", "9c41 7be2 04fd".
 * Pure: the clock and the time zone come in. English, 24 hours, tabular.
 */

/** `now` in ms since the epoch; `zone` an IANA name, or absent for the device's own. */
export interface Clock {
  now: number;
  zone?: string;
}

/** Ms since the epoch, an ISO date, or a Date. */
export type Instant = number | string | Date;

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July'].concat([
  'August',
  'September',
  'October',
  'November',
  'December',
]);
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What a clock on the wall shows. */
export interface Wall {
  year: number;
  /** 0 to 11. */
  month: number;
  date: number;
  hour: number;
  minute: number;
  /** Days since the epoch on the wall's calendar: differences count midnights, whatever the clocks did. */
  day: number;
}

const millis = (at: Instant): number => (typeof at === 'number' ? at : new Date(at).getTime());

/** In the zone, or where this device is. */
export function wall(at: Instant, zone?: string): Wall {
  const date = new Date(millis(at));
  let [year, month, day, hour, minute] = [0, 0, 0, 0, 0];
  if (zone === undefined) {
    [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
    [hour, minute] = [date.getHours(), date.getMinutes()];
  } else {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    const parts = new Map(format.formatToParts(date).map((part) => [part.type, Number(part.value)]));
    const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    [year, month, day, hour, minute] = [get('year'), get('month') - 1, get('day'), get('hour'), get('minute')];
  }
  return { year, month, date: day, hour, minute, day: Date.UTC(year, month, day) / DAY };
}

const two = (n: number): string => String(n).padStart(2, '0');
const monthOf = (w: Wall): string => MONTHS[w.month] ?? '';
const unreadable = (at: Instant): boolean => Number.isNaN(millis(at));

/** "07:02" */
export function clockTime(at: Instant, clock: Clock): string {
  if (unreadable(at)) return 'unknown time';
  const w = wall(at, clock.zone);
  return `${two(w.hour)}:${two(w.minute)}`;
}

/** "13 Nov", with the year when it is not this one: "13 Nov 2025". */
export function shortDate(at: Instant, clock: Clock): string {
  if (unreadable(at)) return 'unknown day';
  const w = wall(at, clock.zone);
  const year = w.year === wall(clock.now, clock.zone).year ? '' : ` ${w.year}`;
  return `${w.date} ${monthOf(w).slice(0, 3)}${year}`;
}

/** "Tuesday 17 November" */
export function longDate(at: Instant, clock: Clock): string {
  if (unreadable(at)) return 'unknown day';
  const w = wall(at, clock.zone);
  return `${DAYS[(((w.day + 4) % 7) + 7) % 7]} ${w.date} ${monthOf(w)}`;
}

/** "November" */
export const monthName = (at: Instant, clock: Clock): string =>
  unreadable(at) ? 'unknown month' : monthOf(wall(at, clock.zone));

/** "today 07:02", "yesterday 15:20", "tomorrow 06:30", else "13 Nov". */
export function relativeDay(at: Instant, clock: Clock): string {
  if (unreadable(at)) return 'unknown time';
  const ahead = wall(at, clock.zone).day - wall(clock.now, clock.zone).day;
  const word = ahead === 0 ? 'today' : ahead === -1 ? 'yesterday' : ahead === 1 ? 'tomorrow' : undefined;
  return word ? `${word} ${clockTime(at, clock)}` : shortDate(at, clock);
}

/** For a narrow column: "07:02" today, "13 Nov" on any other day. */
export function columnTime(at: Instant, clock: Clock): string {
  if (unreadable(at)) return 'unknown';
  const today = wall(at, clock.zone).day === wall(clock.now, clock.zone).day;
  return today ? clockTime(at, clock) : shortDate(at, clock);
}

/** A length of time in its largest fitting unit: "0.2 s", "11 s", "41 min", "5 h", "3 days". */
export function span(ms: number): string {
  const length = Math.abs(ms);
  if (length < 10 * SECOND) return `${(Math.floor(length / 100) / 10).toFixed(1)} s`;
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < 2 * DAY) return `${Math.floor(length / HOUR)} h`;
  return `${Math.floor(length / DAY)} days`;
}

/** "in 41 min", "2 min ago"; within a second "now". */
export function fromNow(at: Instant, clock: Clock): string {
  if (unreadable(at)) return 'unknown time';
  const ahead = millis(at) - clock.now;
  if (Math.abs(ahead) < SECOND) return 'now';
  return ahead > 0 ? `in ${span(ahead)}` : `${span(ahead)} ago`;
}

/** A running watch: "0:09", "1:48", "1:02:33". */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** "3,806" */
export const count = (n: number): string => String(Math.trunc(n)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** "1 file", "3 files", "1 entry", "3,806 entries". */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/**
 * Dollars: "$0.04", "$1,228.00"; something below a cent is "<$0.01", never "$0.00".
 * `fine` gives a tenth of a cent, for a ledger: "$0.019", "<$0.001".
 */
export function money(usd: number, fine = false): string {
  if (!Number.isFinite(usd)) return 'unknown amount';
  const digits = fine ? 3 : 2;
  const least = 10 ** -digits;
  const size = Math.abs(usd);
  const sign = usd < 0 ? '−' : '';
  if (size > 0 && size < least) return `<${sign}$${least.toFixed(digits)}`;
  const [whole = '0', part = ''] = (Math.round((size + Number.EPSILON) / least) * least).toFixed(digits).split('.');
  return `${sign}$${count(Number(whole))}.${part}`;
}

/** "812 B", "44 kB", "9.6 GB"; decimal units, as disks are sold. */
export function bytes(n: number): string {
  const units = ['kB', 'MB', 'GB', 'TB'];
  if (n < 1_000) return `${Math.round(n)} B`;
  let size = n / 1_000;
  let at = 0;
  while (size >= 999.5 && at < units.length - 1) {
    size /= 1_000;
    at += 1;
  }
  return `${size < 9.95 ? size.toFixed(1).replace(/\.0$/, '') : Math.round(size)} ${units[at]}`;
}

/** The head of a hash in groups of four, easy to compare by eye: "9c41 7be2 04fd". */
export const hashGroups = (hash: string, groups = 3): string =>
  (
    hash
      .replace(/^sha256[:-]/, '')
      .slice(0, groups * 4)
      .match(/.{1,4}/g) ?? []
  ).join(' ');

/** "39 %"; never a rounded-up 100. */
export const percent = (part: number, whole: number): string =>
  whole > 0 ? `${Math.min(part >= whole ? 100 : 99, Math.round((part / whole) * 100))} %` : '0 %';

/** Cron lines as people say them, for the plan of a program and for the cockpit. Pure. */

const DAYS: Record<string, string> = {
  '*': 'daily',
  '1-5': 'weekdays',
  '0,6': 'weekends',
  '6,0': 'weekends',
  '0': 'Sundays',
  '1': 'Mondays',
  '2': 'Tuesdays',
  '3': 'Wednesdays',
  '4': 'Thursdays',
  '5': 'Fridays',
  '6': 'Saturdays',
  '7': 'Sundays',
};

const isNumber = (part: string): boolean => /^\d{1,2}$/.test(part);
const two = (part: string): string => part.padStart(2, '0');

/** "daily 07:00", "every hour at :15"; a line that has no short name is shown as it is written. */
export const cronWords = (line: string): string => {
  const parts = line.trim().split(/\s+/);
  const [minute = '', hour = '', date = '', month = '', day = ''] = parts;
  if (parts.length !== 5 || date !== '*' || month !== '*') return line;
  const days = DAYS[day];
  if (isNumber(minute) && isNumber(hour) && days) return `${days} ${two(hour)}:${two(minute)}`;
  if (day !== '*' || hour !== '*') return line;
  if (minute === '*') return 'every minute';
  if (isNumber(minute)) return `every hour at :${two(minute)}`;
  const step = /^\*\/(\d{1,2})$/.exec(minute)?.[1];
  return step && 60 % Number(step) === 0 ? `every ${step === '1' ? 'minute' : `${Number(step)} minutes`}` : line;
};

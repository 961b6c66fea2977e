/** When a job runs, in words for the plan: `weekdays 06:45, Europe/Berlin`, or the cron line itself when it has no short name. */
import type { Job } from '../protocol/formats/job.ts';

const DAYS: Record<string, string> = {
  '*': 'every day',
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
};

const cronInWords = (cron: string): string => {
  const [, minute = '', hour = '', day = ''] = /^(\d{1,2}) (\d{1,2}) \* \* (\S+)$/.exec(cron.trim()) ?? [];
  const words = DAYS[day];
  return words ? `${words} ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}` : `cron ${cron.trim()}`;
};

export const jobTime = ({ schedule, tz, on, paused }: Pick<Job, 'schedule' | 'tz' | 'on' | 'paused'>): string => {
  const times = schedule === undefined ? [] : (typeof schedule === 'string' ? [schedule] : schedule).map(cronInWords);
  const change = on
    ? [`when ${on.change} changes${on.field ? ` and its ${on.field} becomes ${on.becomes ?? 'another value'}` : ''}`]
    : [];
  const zone = times.length > 0 && tz ? `, ${tz}` : '';
  const when = [...(times.length > 0 ? [times.join(', ') + zone] : []), ...change].join('; ') || 'by hand';
  return paused ? `${when} (paused)` : when;
};

/** When a job runs, in words for the plan: `weekdays 06:45, Europe/Berlin`, or the cron line itself when it has no short name. */
import { cronWords } from '../protocol/formats/cron-words.ts';
import type { Job } from '../protocol/formats/job.ts';

export const jobTime = ({ schedule, tz, on, paused }: Pick<Job, 'schedule' | 'tz' | 'on' | 'paused'>): string => {
  const times = schedule === undefined ? [] : (typeof schedule === 'string' ? [schedule] : schedule).map(cronWords);
  const change = on
    ? [`when ${on.change} changes${on.field ? ` and its ${on.field} becomes ${on.becomes ?? 'another value'}` : ''}`]
    : [];
  const zone = times.length > 0 && tz ? `, ${tz}` : '';
  const when = [...(times.length > 0 ? [times.join(', ') + zone] : []), ...change].join('; ') || 'by hand';
  return paused ? `${when} (paused)` : when;
};

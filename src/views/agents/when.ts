/** When a job runs, in words, and what is in the way of running it by hand. */
import type { Job } from '../../../kernel/protocol/formats/job.ts';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import { shortPattern } from './rights.ts';

export type When = { words: string; path?: string; note?: string };

export const whenOf = (job: Job): When => {
  if (job.on) {
    const becomes = job.on.field ? `, when ${job.on.field} becomes ${job.on.becomes ?? 'another value'}` : '';
    return { words: 'on change of', path: shortPattern(job.on.change), ...(becomes ? { note: becomes.slice(2) } : {}) };
  }
  if (job.schedule) {
    const rules = Array.isArray(job.schedule) ? job.schedule.join(', ') : job.schedule;
    return {
      words: `scheduled ${rules}${job.tz ? `, ${job.tz}` : ''}`,
    };
  }
  return { words: 'by hand' };
};

/** Why it cannot be run now; undefined when it can. */
export const whyNot = (job: Job, programs: readonly InstalledProgram[]): string | undefined => {
  const { program } = job;
  if (program && !programs.some(({ name, state }) => name === program && state === 'active'))
    return `The program ${program} is not active, so its jobs do not run.`;
  return undefined;
};

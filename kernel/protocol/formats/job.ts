/**
 * Job: /workspace/jobs/<slug>.md. When something runs, and what: a prompt for an agent, or a bash script.
 */
import * as z from 'zod';
import { actorName } from '../actor.ts';
import { err, ok, type Result } from '../errors.ts';
import { nameOf, type Path } from '../paths.ts';
import { check, parseFrontMatter } from './document.ts';
import { budgetSchema } from './role.ts';
import { faultOf, type Schedule } from './schedule.ts';

const isTimeZone = (tz: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: tz }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
};

export const timeZone = z.string().refine(isTimeZone, 'Name a time zone such as Europe/Berlin.');

const cronLines = z.union([z.string(), z.array(z.string())]).check((context) => {
  for (const line of [context.value].flat()) {
    const message = faultOf(line);
    if (message) context.issues.push({ code: 'custom', message, input: line });
  }
});

export const jobSchema = z.object({
  title: z.string().optional(),
  schedule: cronLines.optional(),
  tz: timeZone.optional(),
  on: z.object({ change: z.string(), field: z.string().optional(), becomes: z.string().optional() }).optional(),
  agent: z.optional(actorName),
  run: z.literal('bash').optional(),
  'catch-up': z.enum(['once', 'skip']).default('once'),
  expects: z.string().optional(),
  budget: budgetSchema.optional(),
  paused: z.boolean().default(false),
  program: z.string().optional(),
});

export type Job = z.infer<typeof jobSchema> & { slug: string; path: Path; body: string };

export const parseJob = (file: Path, text: string): Result<Job> => {
  const parsed = parseFrontMatter(file, text);
  if (!parsed.ok) return parsed;
  const checked = check(file, jobSchema, parsed.value);
  if (!checked.ok) return checked;
  const job = checked.value.value;
  if (!job.agent && !job.run) {
    return err('EINVAL', `${file}:1: says neither agent: <name> nor run: bash, so there is nothing to run.`, {
      path: file,
    });
  }
  // A script has the rights of somebody, and of nobody less bound than an agent.
  if (job.run === 'bash' && !job.agent)
    return err(
      'EINVAL',
      `${file}:1: runs a script with nobody's rights. Add agent: <name>; it runs with that agent's.`,
      {
        path: file,
      },
    );
  const body = checked.value.body.trim();
  if (body === '')
    return err('EINVAL', `${file}:1: has no body. Write the prompt or the script below the front matter.`, {
      path: file,
    });
  return ok({ ...job, slug: nameOf(file).replace(/\.md$/, ''), path: file, body });
};

/** When it is due; undefined for a job without a schedule. */
export const scheduleOf = ({ schedule, tz }: Pick<Job, 'schedule' | 'tz'>): Schedule | undefined => {
  const lines = typeof schedule === 'string' ? [schedule] : (schedule ?? []);
  return lines.length > 0 ? { lines, tz } : undefined;
};

export const JOBS: Path = '/workspace/jobs';

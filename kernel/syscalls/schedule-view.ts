/**
 * /proc/schedule: when each scheduled job is due next, how its last slots ended, and why it would not run. Made when
 * read, from the job files and the slot ledger.
 */
import { JOBS, parseJob, scheduleOf, type Job } from '../protocol/formats/job.ts';
import {
  isExecutor,
  nextSlot,
  parseSlots,
  slotsFolder,
  standingSlots,
  type ScheduleRow,
  type SlotLine,
} from '../protocol/formats/schedule.ts';
import type { Path } from '../protocol/paths.ts';
import { whyNot } from './fire-path.ts';
import type { Kernel } from './kernel.ts';

const SLOTS_SHOWN = 60;

/** The last lines of a job's slots, each slot as it stands. */
const slotsOf = async (kernel: Kernel, job: Path): Promise<ScheduleRow['slots']> => {
  const files = [...kernel.fs.files(slotsFolder(job))].map((stat) => stat.path).sort();
  const lines: SlotLine[] = [];
  for (const path of files.slice(-2)) {
    const read = await kernel.fs.read(path, { as: 'text' });
    lines.push(...parseSlots(read.ok ? String(read.value.content) : ''));
  }
  return standingSlots(lines).slice(-SLOTS_SHOWN);
};

const whyHeld = async (kernel: Kernel, job: Job): Promise<string | undefined> => {
  const policy = await kernel.facts.policy();
  if (job.paused) return 'The job is paused.';
  if (policy.paused) return 'Everything is stopped.';
  if (policy.executor !== undefined && !isExecutor(kernel.device, policy.executor))
    return `Schedules run on the device ${policy.executor}; this one is ${kernel.device.slice(0, 8)}.`;
  return whyNot(kernel, job);
};

export const scheduleView = async (kernel: Kernel): Promise<ScheduleRow[]> => {
  const rows: ScheduleRow[] = [];
  for (const { path } of kernel.fs.files(JOBS)) {
    const read = path.endsWith('.md') ? await kernel.fs.read(path, { as: 'text' }) : undefined;
    const job = read?.ok ? parseJob(path, String(read.value.content)) : undefined;
    const schedule = job?.ok ? scheduleOf(job.value) : undefined;
    if (!job?.ok || !schedule) continue;
    const next = nextSlot(schedule, kernel.now());
    const held = await whyHeld(kernel, job.value);
    rows.push({
      job: path,
      title: job.value.title ?? job.value.slug,
      lines: [...schedule.lines],
      ...(schedule.tz ? { tz: schedule.tz } : {}),
      ...(next !== undefined && held === undefined ? { next: new Date(next).toISOString() } : {}),
      ...(held ? { held } : {}),
      slots: await slotsOf(kernel, path),
    });
  }
  return rows;
};

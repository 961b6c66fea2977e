/**
 * [R2] Runs whose record does not end, because the kernel died or closed under them. This device's own are taken up
 * again from their last step, as the same run; what cannot be is closed as failed, in words. What they wrote before
 * stays. Another device's open run is that device's to go on with.
 */
import { parseJob, type Job } from '../protocol/formats/job.ts';
import { emptyUsage, parseRun, RUNS, type RunRecord } from '../protocol/formats/records.ts';
import { usdOf } from '../protocol/money.ts';
import type { Change } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import { whyNot } from './fire-path.ts';
import type { Caller, Kernel } from './kernel.ts';
import { slotChange } from './slots.ts';
import { startAgent } from './start-agent.ts';

/** Only recent days can hold an open run: a run is taken up or closed at the latest by the boot after it. */
const DAYS = 3;
/** A run that stood still for longer is not what anybody waits for any more. */
const STALE_MS = 24 * 3_600_000;
/** A run under which the kernel stopped this often without a step between may be why it does. */
const MAX_RESUMES = 3;

type Start = Extract<RunRecord, { t: 'start' }>;
type Open = { file: Path; start: Start; records: RunRecord[] };

const openRuns = async (kernel: Kernel): Promise<Open[]> => {
  const listed = await kernel.fs.list(RUNS, { limit: 10_000 });
  const days = listed.ok ? listed.value.entries.map((stat) => stat.path).sort() : [];
  const open: Open[] = [];
  for (const { path } of days.slice(-DAYS).flatMap((day) => [...kernel.fs.files(day)])) {
    const read = await kernel.fs.read(path, { as: 'text' });
    const records = read.ok ? parseRun(String(read.value.content)) : [];
    const [start] = records;
    if (start?.t !== 'start' || records.at(-1)?.t === 'end' || kernel.processes.get(start.id)) continue;
    if (start.device === undefined || start.device === kernel.device) open.push({ file: path, start, records });
  }
  return open;
};

const jobOf = async (kernel: Kernel, path: Path | undefined): Promise<Job | undefined> => {
  const read = path && (await kernel.fs.read(path, { as: 'text' }));
  const job = path && read && read.ok ? parseJob(path, String(read.value.content)) : undefined;
  return job?.ok ? job.value : undefined;
};

/** Why a run is not taken up, in words for who reads its record; undefined when it is. */
const whyOver = async (kernel: Kernel, { start, records }: Open, job: Job | undefined): Promise<string | undefined> => {
  const last = Date.parse(records.at(-1)?.at ?? start.at);
  if (start.agent === undefined || start.prompt === undefined || start.recorded !== undefined)
    return 'fire it again to go on';
  if (start.job !== undefined && job === undefined) return 'its job is gone or cannot be read';
  if (job?.run === 'bash') return 'a script is not run twice by itself: look at what it wrote';
  if (kernel.now() - last > STALE_MS) return 'it stood still for more than a day';
  const step = records.findLastIndex((record) => record.t === 'model' || record.t === 'tool');
  if (records.slice(step + 1).filter((record) => record.t === 'note' && record.resumed).length >= MAX_RESUMES)
    return `it was taken up ${MAX_RESUMES} times, and the kernel stopped each time before it got a step further`;
  return job && whyNot(kernel, job);
};

const close = (kernel: Kernel, { file, start }: Open, why: string, unknown: boolean): Promise<unknown> => {
  const at = new Date(kernel.now()).toISOString();
  const message = `The kernel stopped while this ran (the tab or the browser was closed). What it had written is kept; ${why}.`;
  const error = { code: 'ECANCELED' as const, call: 'run', message };
  // [M4] What it cost is settled by now.
  const cost = kernel.ledger.opened()?.ofRun(start.id);
  const usage = cost?.usage ?? emptyUsage();
  const end: RunRecord = { t: 'end', at, state: 'failed', usage, ...(cost ? { usd: usdOf(cost.nano) } : {}), error };
  const { job, slot, id } = start;
  const lines: Change[] =
    job && slot
      ? [slotChange(job, { t: 'slot', slot, state: unknown ? 'unknown' : 'failed', at, run: id, reason: message })]
      : [];
  return kernel.fs.write([{ op: 'append', path: file, content: `${JSON.stringify(end)}\n` }, ...lines], {
    actor: start.actor,
    message: `Run ${id}: interrupted`,
    run: id,
    cause: '',
  });
};

export const resumeRuns = async (kernel: Kernel): Promise<void> => {
  const { paused } = await kernel.facts.policy();
  for (const open of await openRuns(kernel)) {
    const { start, file, records } = open;
    const job = await jobOf(kernel, start.job);
    const over = await whyOver(kernel, open, job);
    if (over !== undefined) {
      await close(kernel, open, over, job?.run === 'bash');
      continue;
    }
    const held = records.findLast((record) => record.t === 'note' && record.paused !== undefined);
    const caller: Caller = {
      actor: start.by,
      run: '',
      cause: '',
      capabilities: [],
      signal: new AbortController().signal,
    };
    const started = await startAgent(
      kernel,
      caller,
      {
        agent: start.agent ?? '',
        prompt: start.prompt ?? '',
        ...(job ? { job } : {}),
        ...(start.parent ? { parent: start.parent } : {}),
        ...(start.slot ? { due: { slot: start.slot } } : {}),
        ...(start.after ? { after: start.after } : {}),
        above: start.above ?? [],
        resumes: {
          file,
          startedAt: Date.parse(start.at),
          by: start.by,
          title: start.title,
          paused: paused || (held?.t === 'note' && held.paused === true),
        },
      },
      start.id,
    );
    if (!started.ok) await close(kernel, open, started.error.message.replace(/\.$/, ''), false);
  }
};

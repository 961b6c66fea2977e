/**
 * Start one run of a job whose body is a script: a process of the agent whose rights it has, with a run record that
 * holds the script, what it said and how it ended. The script itself is a bash line like any other, through the gate.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import { emptyUsage, type RunRecord } from '../protocol/formats/records.ts';
import type { BashEnded, Ended } from '../protocol/ports.ts';
import type { Process } from '../process/processes.ts';
import { refused } from '../fs/reads.ts';
import type { Caller, Kernel } from './kernel.ts';
import { lineageOf, loops } from './lineage.ts';
import { owed, today, type Start } from './start-agent.ts';
import { slotLines } from './slots.ts';

/** What of a script's output its run record keeps; characters. */
const SAID = 20_000;

const clip = (text: string): string =>
  text.length <= SAID ? text : `${text.slice(0, SAID)}\n[cut: ${text.length - SAID} more characters]`;

const body =
  (kernel: Kernel, script: string, above: readonly string[]) =>
  async (process: Process): Promise<Ended> => {
    const { actor, signal } = process;
    const sys = kernel.sys({ actor, run: process.id, capabilities: [], above, signal });
    const started = kernel.now();
    const fired = await sys.fire({ kind: 'bash', script });
    const ended = fired.ok ? (fired.value.result as BashEnded | undefined) : undefined;
    const said = ended && [ended.stdout, ended.stderr].filter((text) => text !== '').join('\n');
    const why = fired.ok ? `The script was not run: it is ${fired.value.state}.` : fired.error.message;
    const step: RunRecord = {
      t: 'tool',
      at: new Date(kernel.now()).toISOString(),
      ms: kernel.now() - started,
      id: 'script',
      name: 'bash',
      input: { script },
      ok: ended?.code === 0,
      result: clip(said ?? why),
      ...(ended && ended.revisions.length > 0 ? { revisions: ended.revisions } : {}),
    };
    const logged = await sys.invoke('log', { record: step });
    const usage = emptyUsage();
    if (!logged.ok) return { state: 'failed', error: logged.error, usage };
    if (ended?.code === 0) return { state: 'done', text: clip(ended.stdout), usage };
    const message = ended ? `The script ended with ${ended.code}: ${clip(ended.stderr).slice(-400)}`.trim() : why;
    return { state: 'failed', error: fired.ok ? { code: 'EIO', call: 'bash', message } : fired.error, usage };
  };

export const startBashJob = async (
  kernel: Kernel,
  caller: Caller,
  { agent, prompt, job, due }: Start,
  id: string,
): Promise<Result<{ process: Process; ended: Promise<Ended> }>> => {
  if (!job) return err('EINVAL', 'Only a job runs a script of its own.');
  const above = lineageOf(caller);
  const loop = loops(agent, above);
  if (loop) return loop;
  const date = today(kernel.now(), job.tz);
  const script = prompt.replaceAll('{date}', date);
  const spawned = kernel.processes.spawn(
    {
      id,
      actor: `agent:${agent}`,
      by: caller.actor,
      kind: 'job',
      agent,
      capabilities: [],
      record: true,
      title: job.title ?? job.slug,
      job: job.path,
      prompt: script,
      ...(job.program ? { program: job.program } : {}),
      ...(caller.run ? { parent: caller.run } : {}),
      ...(above.length > 0 ? { above } : {}),
      ...(due ? { slot: due.slot, also: slotLines(job.path, due, id, kernel) } : {}),
    },
    async (process) => owed(kernel, process, job, date, await body(kernel, script, above)(process)),
  );
  return spawned.then(ok, refused);
};

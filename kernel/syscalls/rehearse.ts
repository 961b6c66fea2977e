/**
 * Rehearse a program: its recorded answers drive the real kernel, on the material in its bundle, one recording after
 * the other. Every run says it is recorded. It is a demonstration: nothing falls back to it.
 */
import { hashHex } from '../protocol/bytes.ts';
import { err, ok, type Result, type SysError } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import { parsePath } from '../protocol/paths.ts';
import { parseJob } from '../protocol/formats/job.ts';
import { emptyUsage } from '../protocol/formats/records.ts';
import { parseRehearsal, type Rehearsal } from '../protocol/formats/rehearsal.ts';
import type { FireValue } from '../protocol/syscalls.ts';
import { isAuthority } from '../protocol/authority.ts';
import type { Caller, Kernel } from './kernel.ts';
import { startAgent } from './start-agent.ts';

const folderOf = (program: string): string => `/programs/${program}/org.allod/rehearsal`;

const recordings = async (kernel: Kernel, program: string): Promise<Result<Rehearsal[]>> => {
  const out: Rehearsal[] = [];
  for (const { path } of kernel.fs.files(folderOf(program))) {
    if (!path.endsWith('.jsonl')) continue;
    const read = await kernel.fs.read(path, { as: 'text' });
    if (!read.ok) return read;
    const parsed = parseRehearsal(path, String(read.value.content));
    // One that does not parse was named in the plan; the others can still be played.
    if (parsed.ok) out.push(parsed.value);
  }
  return out.length > 0 ? ok(out) : err('ENOENT', `${program} brings no recording, so it can only run with a model.`);
};

/** Lay the recording's material out where it expects it. Another file in its place is the operator's and is not touched. */
const layOut = async (
  kernel: Kernel,
  program: string,
  all: readonly Rehearsal[],
  run: string,
): Promise<Result<unknown>> => {
  const changes = new Map<string, Change>();
  for (const input of all.flatMap((rehearsal) => rehearsal.inputs)) {
    const parsed = parsePath(input.path);
    if (!parsed.ok) return parsed;
    // A recording brings material, never a role, a job or a setting.
    if (isAuthority(input.path))
      return err('EACCES', `A recording may not put anything at ${input.path}.`, { path: input.path });
    const there = await kernel.fs.read(input.path, { as: 'bytes' });
    if (there.ok) {
      if (hashHex(there.value.content as Uint8Array) === input.sha256) continue;
      return err(
        'EEXIST',
        `${input.path} exists with other content, and the recording belongs to its own material. Move your file away to rehearse.`,
        { path: input.path },
      );
    }
    const material = await kernel.fs.read(`${folderOf(program)}/${input.from}`, { as: 'bytes' });
    if (!material.ok) return material;
    const content = Uint8Array.from(material.value.content as Uint8Array);
    changes.set(input.path, { op: 'put', path: input.path, content, base: null });
  }
  if (changes.size === 0) return ok(undefined);
  return kernel.fs.write([...changes.values()], {
    actor: `program:${program}`,
    message: 'Material for the rehearsal',
    run,
    cause: run,
  });
};

const unsaid = (run: string, state: string): SysError => ({
  code: 'EIO',
  call: 'run',
  message: `Run ${run} of the rehearsal ended ${state} and gave no reason. Its record says how far it came.`,
});

export const rehearse = async (
  kernel: Kernel,
  caller: Caller,
  program: string,
  id: string,
  wait: boolean,
): Promise<Result<FireValue>> => {
  const active = (await kernel.facts.programs()).some((one) => one.name === program && one.state === 'active');
  if (!active) return err('EINVAL', `${program} is not active. Activate it first: a rehearsal drives its real agents.`);
  const all = await recordings(kernel, program);
  if (!all.ok) return all;
  const { ended } = await kernel.processes.spawn(
    {
      id,
      actor: `program:${program}`,
      by: caller.actor,
      kind: 'program',
      title: `Rehearsal of ${program}`,
      program,
      recorded: program,
      capabilities: [],
      record: true,
    },
    async (process) => {
      const laid = await layOut(kernel, program, all.value, process.id);
      if (!laid.ok) return { state: 'failed', error: laid.error, usage: emptyUsage() };
      for (const [index, rehearsal] of all.value.entries()) {
        if (process.signal.aborted) return { state: 'cancelled', usage: emptyUsage() };
        const read = await kernel.fs.read(rehearsal.job, { as: 'text' });
        if (!read.ok) return { state: 'failed', error: read.error, usage: emptyUsage() };
        const job = parseJob(rehearsal.job, String(read.value.content));
        if (!job.ok) return { state: 'failed', error: job.error, usage: emptyUsage() };
        const child = hashHex(`${id}|${index}`).slice(0, 8);
        const started = await startAgent(
          kernel,
          caller,
          { agent: rehearsal.agent, prompt: job.value.body, job: job.value, rehearsal, parent: id },
          child,
        );
        if (!started.ok) return { state: 'failed', error: started.error, usage: emptyUsage() };
        const done = await started.value.ended;
        if (done.state !== 'done')
          return { state: done.state, usage: emptyUsage(), error: done.error ?? unsaid(child, done.state) };
      }
      return { state: 'done', text: `${all.value.length} recordings played.`, usage: emptyUsage() };
    },
  );
  if (!wait) return ok({ run: id, state: 'running' });
  const done = await ended;
  return ok({ run: id, state: done.state === 'done' ? 'done' : 'failed', result: done });
};

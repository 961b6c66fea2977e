/**
 * Carries out what a model asks for, through the run's own handle: the gate decides, not this file. Calls that only
 * read run side by side; everything else runs in the order it was asked for. Every outcome is text.
 */
import { isBash } from '../protocol/effects.ts';
import type { RevisionId } from '../protocol/entry.ts';
import { err, type Result } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import type { ModelBlock } from '../protocol/formats/records.ts';
import type { ToolName } from '../protocol/formats/role.ts';
import type { BashEnded } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { CALLS, type Args } from '../protocol/syscalls.ts';
import { createBases } from './bases.ts';
import { NOT_JSON } from './providers/provider.ts';
import { cap, RESULT_CHARS, sayBash, sayFire, sayHits, sayList, sayRead, sayRefusal } from './results.ts';
import { bashInput } from './schemas.ts';

export type ToolUse = Extract<ModelBlock, { type: 'tool_use' }>;
export type Outcome = { ok: boolean; text: string; revisions?: RevisionId[] };

const NEW_SHELL =
  '[This run was taken up again: the shell was a new one, in the first folder and without earlier variables.]';

const READ_ONLY: ReadonlySet<string> = new Set<ToolName>(['read', 'list', 'search']);

/** May be done again without harm, and next to others. */
export const isReadOnly = ({ name }: ToolUse): boolean => READ_ONLY.has(name);

/** Neighbouring calls that only read form one batch; any other is a batch of its own. */
export const batches = (calls: readonly ToolUse[]): ToolUse[][] => {
  const out: ToolUse[][] = [];
  for (const call of calls) {
    const last = out.at(-1);
    if (last?.[0] && isReadOnly(last[0]) && isReadOnly(call)) last.push(call);
    else out.push([call]);
  }
  return out;
};

const refused = (result: Result<unknown>): Outcome =>
  result.ok ? { ok: true, text: 'done' } : { ok: false, text: sayRefusal(result.error) };
const answered = <T>(result: Result<T>, say: (value: T) => string): Outcome =>
  result.ok ? { ok: true, text: say(result.value) } : refused(result);

/** Why an input is none at all; what is wrong in it is for the gate to say. */
const badInput = (input: unknown): string | undefined => {
  if (input === null || typeof input !== 'object' || Array.isArray(input))
    return 'The input of a call is a JSON object with the fields of its schema.';
  const written = (input as Record<string, unknown>)[NOT_JSON];
  return typeof written === 'string'
    ? `Nothing was done: the input of this call was not JSON (it began ${JSON.stringify(written.slice(0, 80))}). Send it again, with quotes and line breaks in strings escaped.`
    : undefined;
};

/** `again`: the run was taken up again, so what its shell knew is gone. */
export const createTools = (sys: Sys, allowed: readonly ToolName[], { again = false } = {}) => {
  const bases = createBases(sys);
  /** One shell for the whole run: folder and variables go from script to script. */
  let shell: { cwd?: string; env?: Record<string, string> } = {};

  /** What the row accepts, before a base is looked up for it: the gate says the rest. */
  const changesIn = (name: 'write' | 'propose', input: unknown): Change[] | undefined => {
    const parsed = CALLS[name].schema.safeParse(input);
    return parsed.success ? parsed.data.changes : undefined;
  };

  const withBases = async (name: 'write' | 'propose', input: unknown): Promise<Result<unknown>> => {
    const changes = changesIn(name, input);
    if (!changes) return { ok: true, value: input };
    const filled = await bases.fill(changes);
    return filled.ok ? { ok: true, value: { ...(input as object), changes: filled.value } } : filled;
  };

  const read = async (input: Args<'read'>): Promise<Outcome> => {
    const asked = Math.min(input.length ?? RESULT_CHARS, RESULT_CHARS);
    const result = await sys.invoke('read', { ...input, length: asked });
    if (input.at === undefined) {
      if (result.ok) bases.saw(result.value.stat.path, result.value.stat.revision);
      else if (result.error.code === 'ENOENT' && typeof input.path === 'string') bases.saw(input.path, null);
    }
    return answered(result, (value) => sayRead(value, input.offset ?? 0, asked));
  };

  const write = async (input: unknown): Promise<Outcome> => {
    const filled = await withBases('write', input);
    if (!filled.ok) return refused(filled);
    const result = await sys.invoke('write', filled.value as Args<'write'>);
    if (!result.ok) return refused(result);
    const { revisions } = result.value;
    await bases.wrote(changesIn('write', filled.value) ?? [], revisions);
    return {
      ok: true,
      text: revisions.length === 0 ? 'Nothing changed: it was so already.' : `done: ${revisions.join(', ')}`,
      revisions,
    };
  };

  const propose = async (input: unknown): Promise<Outcome> => {
    const filled = await withBases('propose', input);
    if (!filled.ok) return refused(filled);
    const result = await sys.invoke('propose', filled.value as Args<'propose'>);
    return answered(result, ({ id, state }) => `Proposal ${id} is ${state}: /system/proposals/${id}.json`);
  };

  const bash = async (script: string): Promise<Outcome> => {
    const result = await sys.invoke('fire', { target: { kind: 'bash', script, ...shell } });
    if (!result.ok) return refused(result);
    const ended = result.value.result as BashEnded | undefined;
    if (result.value.state !== 'done' || !ended) return { ok: false, text: sayFire(result.value) };
    const anew = again && shell.cwd === undefined ? `\n${NEW_SHELL}` : '';
    shell = { cwd: ended.cwd, env: ended.env };
    return { ok: ended.code === 0, text: sayBash(ended) + anew, revisions: ended.revisions };
  };

  const fire = async (input: Args<'fire'>): Promise<Outcome> => {
    if (typeof input.target === 'object' && isBash(input.target)) return bash(input.target.script);
    const result = await sys.invoke('fire', input);
    if (!result.ok) return refused(result);
    const bad = result.value.state === 'denied' || result.value.state === 'failed';
    return { ok: !bad, text: sayFire(result.value) };
  };

  const run = async ({ name, input }: ToolUse): Promise<Outcome> => {
    if (!(allowed as readonly string[]).includes(name)) {
      return { ok: false, text: `ENOSYS: You have no tool named ${name}. Yours are ${allowed.join(', ')}.` };
    }
    const bad = badInput(input);
    if (bad !== undefined) return { ok: false, text: `EINVAL: ${bad}` };
    // The gate parses what it gets; the casts only carry it there.
    switch (name as ToolName) {
      case 'read':
        return read((input ?? {}) as Args<'read'>);
      case 'list':
        return answered(await sys.invoke('list', input as Args<'list'>), sayList);
      case 'search':
        return answered(await sys.invoke('search', input as Args<'search'>), sayHits);
      case 'write':
        return write(input);
      case 'propose':
        return propose(input);
      case 'fire':
        return fire((input ?? {}) as Args<'fire'>);
      case 'bash': {
        const parsed = bashInput.safeParse(input);
        return parsed.success ? bash(parsed.data.script) : refused(err('EINVAL', 'bash takes { "script": "…" }.'));
      }
    }
  };

  return {
    run: async (call: ToolUse): Promise<Outcome> => {
      const outcome = await run(call);
      return { ...outcome, text: cap(outcome.text, 'The rest is not shown.', RESULT_CHARS + 10_000) };
    },
  };
};

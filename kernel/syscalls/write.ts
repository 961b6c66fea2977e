/**
 * write: one atomic change set. Authority is needed over every path it touches: one denied refuses the set, one that
 * must wait turns the whole set into a proposal. Policy is the operator's alone and must parse.
 */
import { POLICY } from '../protocol/capability.ts';
import { err, ok, type Err, type Result } from '../protocol/errors.ts';
import { changePaths, type Change } from '../protocol/files.ts';
import { decideWrite, type Facts } from '../policy/decide.ts';
import { authorOf, type Caller, type Handler, type Kernel } from './kernel.ts';
import { newProposal } from './propose.ts';

/** The text a change to one file would leave behind. */
const resultingText = async (kernel: Kernel, change: Change): Promise<string | undefined> => {
  if (change.op === 'put') return typeof change.content === 'string' ? change.content : undefined;
  const now = await kernel.fs.read(POLICY, { as: 'text' });
  const text = now.ok && typeof now.value.content === 'string' ? now.value.content : '';
  if (change.op === 'edit') return change.all ? text.replaceAll(change.old, change.new) : text.replace(change.old, () => change.new);
  return change.op === 'append' && typeof change.content === 'string' ? text + change.content : undefined;
};

/** [P4] Policy: operator only, and never a file that does not parse. */
const checkPolicy = async (kernel: Kernel, caller: Caller, change: Change): Promise<Err | undefined> => {
  if (caller.actor !== 'operator') return err('EACCES', `${POLICY} is the operator's alone.`, { path: POLICY });
  const text = await resultingText(kernel, change);
  if (text === undefined) return err('EINVAL', 'Policy is changed by put, edit or append of text; it is never moved or removed.', { path: POLICY });
  const { parsePolicy } = await import('../protocol/formats/policy.ts');
  const parsed = parsePolicy(POLICY, text);
  return parsed.ok ? undefined : parsed;
};

type Judged = { refusal?: Err; waits?: string };

export const judge = async (kernel: Kernel, caller: Caller, changes: readonly Change[], facts: Facts): Promise<Judged> => {
  let waits: string | undefined;
  for (const change of changes) {
    for (const path of changePaths(change)) {
      if (path === POLICY) {
        const refusal = await checkPolicy(kernel, caller, change);
        if (refusal) return { refusal };
        continue;
      }
      const verdict = decideWrite(caller.actor, path, facts);
      if (verdict.verdict === 'deny') return { refusal: err(verdict.code, verdict.reason, { path }) };
      if (verdict.verdict === 'queue') waits ??= verdict.reason;
    }
  }
  return waits === undefined ? {} : { waits };
};

export const write: Handler<'write'> = async (kernel, caller, { changes, message }): Promise<Result<{ revisions: string[] }>> => {
  // A request repeated after the kernel moved to another tab: it was done, so it is not done again.
  const done = caller.cause === '' ? undefined : kernel.causes.get(caller.cause);
  if (done) return ok({ revisions: done });
  const facts = await kernel.facts.of(caller.actor, caller.capabilities);
  const { refusal, waits } = await judge(kernel, caller, changes, facts);
  if (refusal) return refusal;
  if (waits !== undefined) {
    const proposed = await newProposal(kernel, caller, { changes, rationale: message, reversibility: 'reversible' }, waits);
    if (!proposed.ok) return proposed;
    return err('EAGAIN', `Not written yet: ${waits} It waits for the operator as proposal ${proposed.value.id}.`, { detail: { proposal: proposed.value.id } });
  }
  return kernel.fs.write(changes, authorOf(caller, message));
};

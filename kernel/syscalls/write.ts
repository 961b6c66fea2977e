/**
 * write: one atomic change set. Authority is needed over every path it touches: one denied refuses the set, one that
 * must wait turns the whole set into a proposal. Policy is the operator's alone and must parse.
 */
import { POLICY } from '../protocol/capability.ts';
import type { Actor } from '../protocol/actor.ts';
import { err, ok, type Err, type Result } from '../protocol/errors.ts';
import { changePath, changePaths, type Change } from '../protocol/files.ts';
import { isUnder, type Path } from '../protocol/paths.ts';
import type { ParsedArgs } from '../protocol/syscalls.ts';
import type { Check, StagedSet } from '../fs/check.ts';
import { decideRead, type Facts } from '../policy/decide.ts';
import { decideWriteBelow, type Judged as Upper } from '../policy/decide-below.ts';
import { authorOf, type Caller, type Handler, type Kernel } from './kernel.ts';
import { factsAbove } from './lineage.ts';

/**
 * [P4] Policy never becomes text that does not parse, whatever the changes of a set make of it together. The parser is
 * loaded for a set that touches policy: the first write of a session does not wait for YAML.
 */
export const policyStands = async (): Promise<Check> => {
  const { parsePolicy } = await import('../protocol/formats/policy.ts');
  return ({ textAt }) => {
    const text = textAt(POLICY);
    return text === undefined ? ok(undefined) : parsePolicy(POLICY, text);
  };
};

/** [P4] Policy: the operator's alone, and always a text in its place. */
const checkPolicy = (caller: Caller, change: Change): Err | undefined => {
  if (caller.actor !== 'operator') return err('EACCES', `${POLICY} is the operator's alone.`, { path: POLICY });
  const text =
    change.op === 'edit' ||
    (change.op === 'restore' && change.at !== undefined) ||
    ((change.op === 'put' || change.op === 'append') && typeof change.content === 'string');
  return text
    ? undefined
    : err(
        'EINVAL',
        'Policy is changed by put, edit or append of text, or restored as it was at a date; it is never moved or removed.',
        {
          path: POLICY,
        },
      );
};

/** Every path a set touches, with what a moved folder takes along: also what the set itself put there before. */
const pathsOf = function* (kernel: Kernel, changes: readonly Change[]): Generator<{ change: Change; path: Path }> {
  const made = new Set<Path>();
  for (const change of changes) {
    for (const path of changePaths(change)) yield { change, path };
    if (change.op !== 'move') made.add(changePath(change));
    else {
      const there = [...made, ...[...kernel.fs.files(change.from)].map((file) => file.path)];
      for (const path of new Set(there.filter((one) => one !== change.from && isUnder(one, change.from)))) {
        const to = change.to + path.slice(change.from.length);
        made.add(to);
        yield { change, path };
        yield { change, path: to };
      }
      made.add(change.to);
    }
  }
};

type Judged = { refusal?: Err | undefined; waits?: string };

type Judge = (path: Path) => Judged;

const judgePath =
  (actor: Actor, facts: Facts, above: readonly Upper[]): Judge =>
  (path) => {
    const verdict = decideWriteBelow({ actor, facts }, above, path);
    if (verdict.verdict === 'deny') return { refusal: err(verdict.code, verdict.reason, { path }) };
    return verdict.verdict === 'queue' ? { waits: verdict.reason } : {};
  };

export const judge = (
  kernel: Kernel,
  caller: Caller,
  changes: readonly Change[],
  facts: Facts,
  above: readonly Upper[] = [],
): Judged => {
  const judgeOne = judgePath(caller.actor, facts, above);
  let waits: string | undefined;
  for (const { change, path } of pathsOf(kernel, changes)) {
    const judged = path === POLICY ? { refusal: checkPolicy(caller, change) } : judgeOne(path);
    if (judged.refusal) return { refusal: judged.refusal };
    waits ??= judged.waits;
  }
  return waits === undefined ? {} : { waits };
};

/**
 * [P12] What a restore touches is known only when it is staged: every path is judged there, before the set takes its
 * place, and one that is denied or must wait takes it back. Nor does it bring back what the actor may not read.
 */
const judgeStaged = (
  actor: Actor,
  facts: Facts,
  above: readonly Upper[],
  noteWaits: (reason: string) => void,
): Check => {
  const judgeOne = judgePath(actor, facts, above);
  return ({ paths, sources }) => {
    let waits: string | undefined;
    for (const path of sources) {
      const read = decideRead(actor, path);
      if (read.verdict === 'deny') return err(read.code, read.reason, { path });
    }
    for (const path of paths()) {
      const judged = path === POLICY ? {} : judgeOne(path);
      if (judged.refusal) return judged.refusal;
      waits ??= judged.waits;
    }
    if (waits === undefined) return ok(undefined);
    noteWaits(waits);
    return err('EAGAIN', waits);
  };
};

const firstRefusal = (checks: readonly Check[], set: StagedSet): Result<unknown> => {
  for (const check of checks) {
    const checked = check(set);
    if (!checked.ok) return checked;
  }
  return ok(undefined);
};

type Asked = ParsedArgs<'write'>;

const wait = async (kernel: Kernel, caller: Caller, { changes, message }: Asked, waits: string) => {
  const { newProposal } = await import('./propose.ts');
  const proposed = await newProposal(
    kernel,
    caller,
    { changes, rationale: message, reversibility: 'reversible' },
    waits,
  );
  if (!proposed.ok) return proposed;
  return err('EAGAIN', `Not written yet: ${waits} It waits for the operator as proposal ${proposed.value.id}.`, {
    detail: { proposal: proposed.value.id },
  });
};

/** `checks` may refuse the set as it was staged. */
export const writeChecked = async (
  kernel: Kernel,
  caller: Caller,
  asked: Asked,
  checks: readonly Check[] = [],
): Promise<Result<{ revisions: string[] }>> => {
  const { changes, message } = asked;
  // A request repeated after the kernel moved to another tab: it was done, so it is not done again.
  const done = caller.cause === '' ? undefined : kernel.causes.get(caller.cause);
  if (done) return ok({ revisions: done });
  const facts = await kernel.facts.of(caller.actor, caller.capabilities);
  const above = await factsAbove(kernel, caller);
  const { refusal, waits } = judge(kernel, caller, changes, facts, above);
  if (refusal) return refusal;
  if (waits !== undefined) return wait(kernel, caller, asked, waits);
  let late: string | undefined;
  const stands = changes.some((change) => changePaths(change).includes(POLICY)) ? [await policyStands()] : [];
  const reached = changes.some((change) => change.op === 'restore')
    ? [judgeStaged(caller.actor, facts, above, (reason) => void (late = reason))]
    : [];
  const all = [...stands, ...reached, ...checks];
  const written = await kernel.fs.write(
    changes,
    authorOf(caller, message),
    all.length > 0 ? (set) => firstRefusal(all, set) : undefined,
  );
  return late === undefined ? written : wait(kernel, caller, asked, late);
};

export const write: Handler<'write'> = (kernel, caller, asked) => writeChecked(kernel, caller, asked);

/**
 * propose: a change or an effect that waits for a decision, bound to its hash. The record lies in /system/proposals.
 */
import { actorNameOf } from '../protocol/actor.ts';
import { hashHex } from '../protocol/bytes.ts';
import { WORKSPACE } from '../protocol/capability.ts';
import { consentHash, effectClass, isHttp, isMcp, isMcpTools, isNotify, type Effect } from '../protocol/effects.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { changePaths, type Change } from '../protocol/files.ts';
import { proposalFile, type Proposal, type Reversibility } from '../protocol/formats/records.ts';
import { isUnder, nameOf } from '../protocol/paths.ts';
import type { ParsedArgs } from '../protocol/syscalls.ts';
import { authorOf, type Caller, type Handler, type Kernel } from './kernel.ts';

const HOUR = 3_600_000;
const EXPIRES: Record<Reversibility, number> = { reversible: 24 * HOUR, costly: 6 * HOUR, irreversible: HOUR };

const titleOf = (changes: readonly Change[] | undefined, effect: Effect | undefined): string => {
  if (effect) {
    if (isNotify(effect)) return `Notify you: ${effect.title}`;
    if (isHttp(effect)) return `Send ${effect.method} ${effect.url}`.slice(0, 200);
    if (isMcpTools(effect))
      return `${effect.approve === undefined ? 'Look at' : 'Approve'} the tools of ${effect.server}`.slice(0, 200);
    return isMcp(effect) ? `Call ${effect.tool} of ${effect.server}`.slice(0, 200) : `Carry out ${effect.kind}`;
  }
  const [first, ...rest] = changes ?? [];
  if (!first) return 'Change nothing';
  const verb = {
    put: 'Write',
    edit: 'Edit',
    append: 'Add to',
    move: 'Move',
    remove: 'Remove',
    mkdir: 'Make folder',
    restore: 'Restore',
  }[first.op];
  const what = nameOf(changePaths(first)[0] ?? '/');
  return rest.length === 0 ? `${verb} ${what}` : `${verb} ${what} and ${rest.length} more`;
};

/** [C2] What was seen is what will be applied: a put binds to the revision that stood when it was proposed. */
const bindBases = (kernel: Kernel, changes: readonly Change[]): Change[] =>
  changes.map((change) =>
    change.op === 'put' && change.base === undefined
      ? { ...change, base: kernel.fs.stat(change.path)?.revision ?? null }
      : change,
  );

type Asked = Omit<ParsedArgs<'propose'>, 'rationale'> & { rationale: string };

/** What may stand in a proposal, with the bases it binds to. */
export const proposable = (
  kernel: Kernel,
  what: { changes?: readonly Change[] | undefined; effect?: Effect | undefined },
): Result<{ changes?: Change[]; effect?: Effect }> => {
  const changes = what.changes && bindBases(kernel, what.changes);
  for (const change of changes ?? []) {
    if ('content' in change && typeof change.content !== 'string')
      return err('EINVAL', 'A proposal shows exactly what it changes, so its content must be text.');
    const outside = changePaths(change).find((path) => !isUnder(path, WORKSPACE));
    if (outside) return err('EACCES', `Only files below ${WORKSPACE} can be changed by a proposal.`, { path: outside });
  }
  if (!changes?.length === !what.effect) return err('EINVAL', 'Propose either changes or one effect.');
  return ok({ ...(changes ? { changes } : {}), ...(what.effect ? { effect: what.effect } : {}) });
};

/** Write the record. `waits` says why it was not simply done. */
export const newProposal = async (
  kernel: Kernel,
  caller: Caller,
  asked: Asked,
  waits: string,
): Promise<Result<{ id: string; state: 'pending' }>> => {
  const bound = proposable(kernel, asked);
  if (!bound.ok) return bound;
  const createdAt = kernel.now();
  const expires = asked.expiresAt
    ? Math.min(Date.parse(asked.expiresAt), createdAt + EXPIRES[asked.reversibility])
    : createdAt + EXPIRES[asked.reversibility];
  if (expires <= createdAt) return err('EINVAL', 'expiresAt is in the past.');
  const hash = consentHash(bound.value);
  // The id comes from the request, so that a request repeated after a hand-over finds its own proposal.
  const id = hashHex(`${caller.actor}|${caller.cause || createdAt}|${hash}`).slice(0, 8);
  const path = proposalFile(id);
  if (kernel.fs.stat(path)) return ok({ id, state: 'pending' });
  const program = (await kernel.facts.programs()).find((one) => one.agents.includes(actorNameOf(caller.actor)))?.name;
  const sources = kernel.processes.get(caller.run)?.sources ?? [];
  const proposal: Proposal = {
    id,
    by: caller.actor,
    title: asked.title ?? titleOf(bound.value.changes, asked.effect),
    hash,
    rationale: asked.rationale,
    reversibility: asked.reversibility,
    class: asked.effect ? effectClass(asked.effect) : 'workspace',
    waits,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expires).toISOString(),
    state: 'pending',
    ...bound.value,
    ...(sources.length > 0 ? { sources: [...sources] } : {}),
    ...(caller.run ? { run: caller.run } : {}),
    ...(program ? { program } : {}),
    ...(asked.expects ? { expects: asked.expects } : {}),
  };
  const content = `${JSON.stringify(proposal, null, 2)}\n`;
  const written = await kernel.fs.write(
    [{ op: 'put', path, content, base: null }],
    authorOf(caller, `Proposes: ${proposal.title}`),
  );
  return written.ok ? ok({ id, state: 'pending' }) : written;
};

export const propose: Handler<'propose'> = (kernel, caller, asked) =>
  newProposal(kernel, caller, asked, 'It was proposed for your decision.');

/**
 * amend: the operator edits a proposal before deciding. What it becomes is a new proposal with a hash of its own, still in
 * the name of whoever asked; the old one is void. Both in one change set, so that never both can be approved.
 */
import { hashHex } from '../protocol/bytes.ts';
import { consentHash, effectClass } from '../protocol/effects.ts';
import { ok, type Result } from '../protocol/errors.ts';
import type { Proposal } from '../protocol/formats/records.ts';
import type { ParsedArgs } from '../protocol/syscalls.ts';
import { authorOf, type Caller, type Kernel } from './kernel.ts';
import { record, stamp, type Loaded } from './proposal-record.ts';
import { proposable } from './propose.ts';

export const amend = async (
  kernel: Kernel,
  caller: Caller,
  { proposal, revision }: Loaded,
  { changes, effect, reason }: ParsedArgs<'decide'>,
): Promise<Result<Loaded>> => {
  const bound = proposable(kernel, { changes, effect });
  if (!bound.ok) return bound;
  const hash = consentHash(bound.value);
  const id = hashHex(`${proposal.id}|${hash}`).slice(0, 8);
  const { reviews: _reviews, changes: _changes, effect: _effect, ...kept } = proposal;
  const next: Proposal = {
    ...kept,
    ...bound.value,
    id,
    hash,
    class: bound.value.effect ? effectClass(bound.value.effect) : 'workspace',
    waits: 'You edited it. Decide what it has become.',
    createdAt: stamp(kernel),
    replaces: proposal.id,
  };
  const said = reason ?? `Edited by the operator: see proposal ${id}.`;
  const old: Proposal = {
    ...proposal,
    state: 'rejected',
    replacedBy: id,
    decision: { by: caller.actor, verdict: 'reject', at: next.createdAt, reason: said },
  };
  const written = await kernel.fs.write(
    [record(next, null), record(old, revision)],
    authorOf(caller, `Edits: ${proposal.title}`),
  );
  return written.ok ? ok({ proposal: next, revision: written.value.revisions[0] ?? revision }) : written;
};

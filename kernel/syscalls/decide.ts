/**
 * decide: approve, reject or amend, once. The state moves by compare-and-set on the record's revision under one lock, so
 * two clicks, two tabs or two calls execute once. An effect is marked `executing` first, and if the kernel dies before its
 * end is known it becomes `unknown` and is never replayed. Without a network it stays `approved` (settle-proposals.ts).
 */
import { consentHash, isOutward } from '../protocol/effects.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Proposal, ProposalState } from '../protocol/formats/records.ts';
import { whatToRemember } from '../protocol/remember.ts';
import type { ParsedArgs } from '../protocol/syscalls.ts';
import { decideDecision } from '../policy/decide.ts';
import { amend } from './amend.ts';
import { applyChanges, carryOut } from './carry-out.ts';
import { grantLines } from './grant.ts';
import type { Caller, Handler, Kernel } from './kernel.ts';
import { fenceFor } from './outside-facts.ts';
import { CONSENT, load, save, stamp, type Loaded } from './proposal-record.ts';
import { bindsAs } from './review.ts';

const WORDS: Partial<Record<ProposalState, string>> = {
  executed: 'It was approved and done already.',
  rejected: 'It was rejected already.',
  expired: 'It expired; nothing was done.',
  failed: 'It was approved and failed.',
  executing: 'It is being carried out now.',
  approved: 'It is approved and about to be carried out.',
  unknown: 'It was sent once and its end is not known. It is not sent again.',
};
const OFFLINE = 'Approved. This device is offline: it is looked at again and sent once when there is a network.';

type Decision = ParsedArgs<'decide'>;

/** Whether there is still something to decide, on exactly what was shown. */
const open = async (
  kernel: Kernel,
  { proposal, revision }: Loaded,
  { verdict, hash }: Decision,
): Promise<Result<unknown>> => {
  const waits = proposal.state === 'approved' && proposal.sendsFrom !== undefined;
  if (proposal.state !== 'pending' && !(waits && verdict === 'reject')) {
    const said = waits ? OFFLINE : (WORDS[proposal.state] ?? `It is ${proposal.state}.`);
    return err('EBUSY', said, { detail: { state: proposal.state } });
  }
  if (hash !== proposal.hash || consentHash(proposal) !== hash) {
    const detail = { hash: proposal.hash };
    return err('ESTALE', 'What would happen is not what you were shown. Look at the proposal again and decide anew.', {
      detail,
    });
  }
  if (Date.parse(proposal.expiresAt) > kernel.now()) return ok(undefined);
  const expired: Proposal = { ...proposal, state: 'expired' };
  await save(kernel, CONSENT, { proposal: expired, revision }, 'Expired before it was decided');
  return err('ETIMEDOUT', 'This proposal expired before it was decided. Nothing was done.', {
    detail: { state: 'expired' },
  });
};

/** [E1] What may not be sent is not approved: it stays, for when the operator has opened the way. */
const fence = async (kernel: Kernel, { effect }: Proposal): Promise<Result<unknown>> => {
  const fenced = effect ? await fenceFor(kernel, effect) : undefined;
  return fenced?.verdict === 'deny' ? err(fenced.code, `${fenced.reason} Add it there first.`) : ok(undefined);
};

/** Take the decision, once, under the lock. An effect comes back `executing`; everything else is over. */
const claim = async (kernel: Kernel, caller: Caller, args: Decision): Promise<Result<Loaded>> => {
  const { id, verdict, reason, remember } = args;
  const loaded = await load(kernel, id);
  if (!loaded.ok) return loaded;
  const { proposal, revision } = loaded.value;
  const { role } = await kernel.facts.of(proposal.by, []);
  const allowed = decideDecision(caller.actor, proposal.by, role?.reviewer);
  if (allowed.verdict === 'deny') return err(allowed.code, allowed.reason);
  const stands = await open(kernel, loaded.value, args);
  if (!stands.ok) return stands;
  const operator = caller.actor === 'operator';
  if (!operator && (verdict === 'amend' || remember !== undefined))
    return err('EACCES', 'A reviewer approves or rejects. Only the operator edits a proposal or grants more.');
  if (verdict === 'amend') return amend(kernel, caller, loaded.value, args);
  const decision = { by: caller.actor, verdict, at: stamp(kernel), ...(reason ? { reason } : {}) };
  if (verdict === 'reject')
    return save(
      kernel,
      caller,
      { proposal: { ...proposal, state: 'rejected', decision }, revision },
      `Rejects: ${proposal.title}`,
    );

  const remembered = remember === undefined ? ok(undefined) : whatToRemember(proposal, remember, kernel.now());
  if (!remembered.ok) return remembered;
  const fenced = await fence(kernel, proposal);
  if (!fenced.ok) return fenced;
  if (!(await bindsAs(kernel, caller.actor, proposal))) {
    // [C8] Its word is there for the operator to see, and binds nothing.
    const reviewed: Proposal = { ...proposal, reviews: [...(proposal.reviews ?? []), decision] };
    return save(kernel, caller, { proposal: reviewed, revision }, `Finds right: ${proposal.title}`);
  }
  const offline = proposal.effect && isOutward(proposal.effect) && kernel.ports.effects.online?.() === false;
  const approved: Proposal = {
    ...proposal,
    state: 'approved',
    decision,
    ...(offline ? { sendsFrom: kernel.device, waits: OFFLINE } : {}),
  };
  const decided = await save(kernel, caller, { proposal: approved, revision }, `Approves: ${proposal.title}`);
  if (!decided.ok) return decided;
  if (remembered.value) {
    const granted = await grantLines(kernel, caller, proposal.by, remembered.value);
    // The decision stands; what was to be remembered is asked again next time.
    if (!granted.ok) console.error('not remembered', granted.error.message);
  }
  if (offline) return decided;
  if (!proposal.effect) return applyChanges(kernel, decided.value);
  const executing: Loaded = { ...decided.value, proposal: { ...approved, state: 'executing' } };
  return save(kernel, caller, executing, `Carries out: ${proposal.title}`);
};

export const decide: Handler<'decide'> = async (kernel, caller, args) => {
  const claimed = await kernel.deciding(() => claim(kernel, caller, args));
  const ended =
    claimed.ok && claimed.value.proposal.state === 'executing' ? await carryOut(kernel, claimed.value) : claimed;
  return ended.ok ? ok({ id: ended.value.proposal.id, state: ended.value.proposal.state }) : ended;
};

/**
 * Closes what time or a crash has decided: past its expiry, or caught between an attempt and its answer. What was approved
 * without a network is looked at anew when there is one, and sent once, by the device it was approved on.
 */
import { consentHash } from '../protocol/effects.ts';
import { mayExpire, PROPOSALS, type Proposal } from '../protocol/formats/records.ts';
import { carryOut } from './carry-out.ts';
import type { Kernel } from './kernel.ts';
import { fenceFor } from './outside-facts.ts';
import { CONSENT, load, save, stamp, type Loaded } from './proposal-record.ts';
import { bindsAs } from './review.ts';

type Next = { proposal: Proposal; message: string };

/** What boot finds of a kernel that died. */
const crashed = (kernel: Kernel, proposal: Proposal): Next | undefined => {
  if (proposal.state === 'executing')
    return { proposal: { ...proposal, state: 'unknown' }, message: 'Its end is not known' };
  // Approved but never attempted is safe to fail; attempted with no answer is unknown for good.
  if (proposal.state !== 'approved' || proposal.sendsFrom !== undefined) return undefined;
  const said = 'The kernel stopped before it was carried out. Nothing was done.';
  return {
    proposal: { ...proposal, state: 'failed', result: { at: stamp(kernel), said } },
    message: 'Stopped before it was carried out',
  };
};

const expired = (kernel: Kernel, proposal: Proposal): Next | undefined => {
  return mayExpire(proposal) && Date.parse(proposal.expiresAt) <= kernel.now()
    ? {
        proposal: { ...proposal, state: 'expired' },
        message: proposal.state === 'pending' ? 'Expired undecided' : 'Expired before there was a network',
      }
    : undefined;
};

/** [C9] [A32] Approved without a network: now there is one. Everything that consent rests on is looked at again. */
const sendable = async (kernel: Kernel, proposal: Proposal): Promise<Next | undefined> => {
  if (proposal.state !== 'approved' || proposal.sendsFrom !== kernel.device || !proposal.effect) return undefined;
  if (kernel.ports.effects.online?.() === false || Date.parse(proposal.expiresAt) <= kernel.now()) return undefined;
  const policy = await kernel.facts.policy();
  // Everything is stopped: it waits on, until it expires.
  if (policy.paused) return undefined;
  const fenced = await fenceFor(kernel, proposal.effect);
  const reason =
    consentHash(proposal) !== proposal.hash
      ? 'It is not what was approved any more.'
      : fenced.verdict === 'apply'
        ? (await bindsAs(kernel, proposal.decision?.by ?? 'operator', proposal))
          ? undefined
          : 'What its reviewer may approve has changed since.'
        : fenced.reason;
  if (reason === undefined)
    return { proposal: { ...proposal, state: 'executing' }, message: `Carries out: ${proposal.title}` };
  const error = { code: 'EACCES' as const, call: 'decide', message: `Not sent: ${reason}` };
  return { proposal: { ...proposal, state: 'failed', result: { at: stamp(kernel), error } }, message: error.message };
};

const settle = async (kernel: Kernel, atBoot: boolean): Promise<Loaded[]> => {
  const claimed: Loaded[] = [];
  for (const { path } of kernel.fs.files(PROPOSALS)) {
    const loaded = await load(kernel, path.slice(PROPOSALS.length + 1, -'.json'.length));
    if (!loaded.ok) continue;
    const { proposal, revision } = loaded.value;
    const next =
      // What expires later is the expiry daemon's.
      atBoot ? (crashed(kernel, proposal) ?? expired(kernel, proposal)) : await sendable(kernel, proposal);
    if (!next) continue;
    const saved = await save(kernel, CONSENT, { proposal: next.proposal, revision }, next.message);
    if (saved.ok && next.proposal.state === 'executing') claimed.push(saved.value);
  }
  return claimed;
};

export const settleProposals = async (kernel: Kernel, atBoot: boolean): Promise<void> => {
  const claimed = await kernel.deciding(() => settle(kernel, atBoot));
  await Promise.all(claimed.map((one) => carryOut(kernel, one)));
};

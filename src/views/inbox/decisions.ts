/**
 * Decisions in flight. One proposal is decided once from here: while a decision is out, and until the record shows its
 * end, another is not sent. The kernel refuses a second one all the same, from any tab.
 */
import { createSignal } from 'solid-js';
import type { Result } from '../../../kernel/protocol/errors.ts';
import type { Proposal, ProposalState } from '../../../kernel/protocol/formats/records.ts';
import { useClient, useDesk } from '../../client/context.ts';
import type { Amended } from './amending.ts';

export type Verdict = 'approve' | 'reject' | 'amend';

export type Decisions = {
  pending: (id: string) => Verdict | undefined;
  /** Why the last attempt was not taken, in the kernel's words. */
  refusal: (id: string) => string | undefined;
  /** With `remember`, an ISO date, the same is granted until then. */
  decide: (
    proposal: Proposal,
    verdict: 'approve' | 'reject',
    more: { reason?: string; remember?: string },
  ) => Promise<void>;
  /** The proposal that it has become; undefined when it was not taken, see `refusal`. */
  amend: (proposal: Proposal, to: Amended) => Promise<string | undefined>;
};

const NOT: Record<Verdict, string> = { approve: 'approved', reject: 'rejected', amend: 'changed' };

const outcome = (state: ProposalState, title: string): string => {
  if (state === 'executed') return `Approved and done: ${title}`;
  if (state === 'failed') return `Approved, but it failed: ${title}.`;
  if (state === 'rejected') return `Rejected: ${title}. Nothing was done.`;
  if (state === 'approved') return `Approved: ${title}. It is sent when there is a network.`;
  return `${title}: ${state}`;
};

export const createDecisions = (): Decisions => {
  const client = useClient();
  const desk = useDesk();
  const [pending, setPending] = createSignal<ReadonlyMap<string, Verdict>>(new Map());
  const [refusals, setRefusals] = createSignal<ReadonlyMap<string, string>>(new Map());
  const without = <V>(map: ReadonlyMap<string, V>, id: string): Map<string, V> =>
    new Map([...map].filter(([key]) => key !== id));

  const send = async (
    { id, hash }: Proposal,
    verdict: Verdict,
    more: object,
  ): Promise<Result<{ id: string; state: ProposalState }> | undefined> => {
    if (pending().has(id)) return undefined;
    setPending(new Map([...pending(), [id, verdict]]));
    setRefusals(without(refusals(), id));
    const answer = await client.call('decide', { id, verdict, hash, ...more });
    // Taken, the buttons stay off: the record, once it says how it ended, takes them away.
    if (!answer.ok || answer.value.state === 'approved') setPending(without(pending(), id));
    if (!answer.ok) {
      setRefusals(new Map([...refusals(), [id, answer.error.message]]));
      // Said as well: when another tab was quicker, the card is about to show its decision and no buttons.
      desk.say(`Not ${NOT[verdict]} by you: ${answer.error.message}`);
    }
    return answer;
  };

  return {
    pending: (id) => pending().get(id),
    refusal: (id) => refusals().get(id),
    decide: async (proposal, verdict, { reason, remember }) => {
      const more = { ...(reason ? { reason } : {}), ...(remember ? { remember } : {}) };
      const answer = await send(proposal, verdict, more);
      if (answer?.ok) desk.say(outcome(answer.value.state, proposal.title));
    },
    amend: async (proposal, to) => {
      const answer = await send(proposal, 'amend', to);
      if (!answer?.ok) return undefined;
      desk.say('Changed. This is what it has become: decide it now.');
      return answer.value.id;
    },
  };
};

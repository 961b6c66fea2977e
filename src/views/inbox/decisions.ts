/**
 * Decisions in flight. One proposal is decided once from here: while a decision is out, and until the record shows its
 * end, another is not sent. The kernel refuses a second one all the same, from any tab.
 */
import { createSignal } from 'solid-js';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { useClient, useDesk } from '../../client/context.ts';

export type Verdict = 'approve' | 'reject';

export type Decisions = {
  pending: (id: string) => Verdict | undefined;
  /** Why the last attempt was not taken, in the kernel's words. */
  refusal: (id: string) => string | undefined;
  decide: (proposal: Proposal, verdict: Verdict, reason: string) => Promise<void>;
};

export const createDecisions = (): Decisions => {
  const client = useClient();
  const desk = useDesk();
  const [pending, setPending] = createSignal<ReadonlyMap<string, Verdict>>(new Map());
  const [refusals, setRefusals] = createSignal<ReadonlyMap<string, string>>(new Map());
  const without = <V>(map: ReadonlyMap<string, V>, id: string): Map<string, V> =>
    new Map([...map].filter(([key]) => key !== id));

  return {
    pending: (id) => pending().get(id),
    refusal: (id) => refusals().get(id),
    decide: async ({ id, hash, title }, verdict, reason) => {
      if (pending().has(id)) return;
      setPending(new Map([...pending(), [id, verdict]]));
      setRefusals(without(refusals(), id));
      const answer = await client.call('decide', { id, verdict, hash, ...(reason ? { reason } : {}) });
      if (!answer.ok) {
        setPending(without(pending(), id));
        setRefusals(new Map([...refusals(), [id, answer.error.message]]));
        // Said as well: when another tab was quicker, the card is about to show its decision and no buttons.
        desk.say(`Not ${verdict === 'approve' ? 'approved' : 'rejected'} by you: ${answer.error.message}`);
        return;
      }
      // The buttons stay off: the record, once it says how it ended, takes them away.
      const { state } = answer.value;
      if (state === 'executed') desk.say(`Approved and done: ${title}`);
      else if (state === 'failed') desk.say(`Approved, but it failed: ${title}. Nothing was written.`);
      else if (state === 'rejected') desk.say(`Rejected: ${title}. Nothing was done.`);
      else desk.say(`${title}: ${state}`);
    },
  };
};

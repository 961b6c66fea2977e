/**
 * How a proposal stands, in a word and a shape, and the line under its title. Pure. Times are absolute, so that a line
 * is not wrong a minute after it was drawn.
 */
import type { Proposal } from '../../kernel/protocol/formats/records.ts';
import type { ChipProps } from '../ui/Chip.tsx';
import { columnTime } from '../ui/words.ts';

export type Mark = Pick<ChipProps, 'tone' | 'icon'> & { words: string };

const MARKS: Partial<Record<Proposal['state'], Mark>> = {
  approved: { words: 'Approved', tone: 'mine', icon: 'check' },
  executing: { words: 'Executing', tone: 'live' },
  executed: { words: 'Done', tone: 'quiet', icon: 'check' },
  rejected: { words: 'Rejected', tone: 'quiet', icon: 'x' },
  expired: { words: 'Expired', tone: 'over', icon: 'clock' },
  failed: { words: 'Failed', tone: 'fail', icon: 'x' },
  unknown: { words: 'Unknown', tone: 'unknown', icon: 'unknown' },
};

/** One past its time reads as expired before anybody has written so. */
export const proposalMark = ({ state, expiresAt }: Proposal, now: number): Mark => {
  const stands = state === 'pending' && Date.parse(expiresAt) <= now ? 'expired' : state;
  return MARKS[stands] ?? { words: `until ${columnTime(expiresAt, { now })}`, tone: 'wait', icon: 'clock' };
};

/** Why it waits or, once it ended, what came of it. */
export const proposalWords = ({ waits, rationale, result, decision, state }: Proposal): string => {
  if (state === 'pending') return waits || rationale;
  return result?.error?.message ?? result?.said ?? decision?.reason ?? (waits || rationale);
};

/** Approve and remember: the lines that would be granted, as the kernel itself reads them. Pure. */
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { whatToRemember } from '../../../kernel/protocol/remember.ts';

const DAY_MS = 86_400_000;

export const TERMS = [
  { value: '1', label: '1 day' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
] as const;

export const untilAfter = (days: string, now: number): string => new Date(now + Number(days) * DAY_MS).toISOString();

export type WouldGrant = { kind: 'write' | 'effects'; lines: readonly string[] };

/** Undefined when it may not be remembered: what cannot be undone is asked every time. */
export const wouldGrant = (proposal: Proposal, now: number): WouldGrant | undefined => {
  const granted = whatToRemember(proposal, untilAfter('1', now), now);
  if (!granted.ok) return undefined;
  const { write, effects } = granted.value;
  return write ? { kind: 'write', lines: write } : effects ? { kind: 'effects', lines: effects } : undefined;
};

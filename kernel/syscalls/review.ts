/**
 * What a decision binds: the operator's always; a reviewer's approval only what its author might have done alone, by policy
 * and autonomy as they are now.
 */
import type { Actor } from '../protocol/actor.ts';
import type { Proposal } from '../protocol/formats/records.ts';
import { decideEffect } from '../policy/decide-effect.ts';
import type { Kernel } from './kernel.ts';
import { factsFor } from './outside-facts.ts';
import { CONSENT } from './proposal-record.ts';
import { judge } from './write.ts';

export const bindsAs = async (
  kernel: Kernel,
  decidedBy: Actor,
  { by, changes, effect }: Proposal,
): Promise<boolean> => {
  if (decidedBy === 'operator') return true;
  if (effect) return decideEffect(by, effect, await factsFor(kernel, by, effect)).verdict === 'apply';
  const facts = await kernel.facts.of(by, []);
  // What a restore touches is known only when it is staged.
  if (!changes?.length || changes.some(({ op }) => op === 'restore')) return false;
  const author = { ...CONSENT, actor: by, capabilities: [], signal: new AbortController().signal };
  const judged = judge(kernel, author, changes, facts);
  return judged.refusal === undefined && judged.waits === undefined;
};

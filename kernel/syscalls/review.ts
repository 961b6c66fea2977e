/**
 * What a decision binds: the operator's always; a reviewer's approval only what its author might have done alone, by policy
 * and autonomy as they are now.
 */
import type { Actor } from '../protocol/actor.ts';
import type { Proposal } from '../protocol/formats/records.ts';
import type { Kernel } from './kernel.ts';
import { factsAbove } from './lineage.ts';
import { judgeEffect } from './outside-facts.ts';
import { CONSENT } from './proposal-record.ts';
import { judge } from './write.ts';

export const bindsAs = async (
  kernel: Kernel,
  decidedBy: Actor,
  { by, above, changes, effect }: Proposal,
): Promise<boolean> => {
  if (decidedBy === 'operator') return true;
  const author = { ...CONSENT, actor: by, above, capabilities: [], signal: new AbortController().signal };
  if (effect) return (await judgeEffect(kernel, author, effect)).verdict === 'apply';
  const facts = await kernel.facts.of(by, []);
  // What a restore touches is known only when it is staged.
  if (!changes?.length || changes.some(({ op }) => op === 'restore')) return false;
  const judged = judge(kernel, author, changes, facts, await factsAbove(kernel, author));
  return judged.refusal === undefined && judged.waits === undefined;
};

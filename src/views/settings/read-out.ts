/** The policy in plain words: who may write where, what always waits, how far money goes. Pure. */
import type { Policy } from '../../../kernel/protocol/formats/policy.ts';
import { readActor } from '../../ui/actors.ts';
import type { IconName } from '../../ui/icons.ts';
import { money } from '../../ui/words.ts';

export type Sentence = { icon: IconName; words: string; paths?: string[] };

export const readOut = (policy: Policy): Sentence[] => {
  const lines: Sentence[] = [];
  const grants = Object.entries(policy.grants).filter(([, { write }]) => write.length > 0);
  for (const [actor, { write }] of grants)
    lines.push({ icon: 'pen', words: `${readActor(actor).name} may write`, paths: write });
  if (grants.length === 0)
    lines.push({
      icon: 'ban',
      words:
        'You granted no agent anything here; agents of an active program may write what you consented to when you activated it',
    });
  else
    lines.push({
      icon: 'programs',
      words: 'Agents of an active program may also write what you consented to when you activated it',
    });
  lines.push({
    icon: 'clock',
    words: 'Roles, jobs, settings and surfaces are never written by an agent: it may only propose',
  });
  lines.push({
    icon: 'money',
    words: `Nothing is spent and nothing leaves the workspace alone; your ceiling of ${money(policy.ceiling.usd)} waits for effects that have a price`,
  });
  for (const rule of policy.never_auto) lines.push({ icon: 'ban', words: 'Never without you:', paths: [rule] });
  if (policy.egress.length > 0)
    lines.push({ icon: 'globe', words: 'Addresses you listed for reaching outside:', paths: policy.egress });
  return lines;
};

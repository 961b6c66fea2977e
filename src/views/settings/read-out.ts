/** The policy in plain words: what happens alone, who may write where, what always waits, what leaves. Pure. */
import { actorKind, type Actor } from '../../../kernel/protocol/actor.ts';
import type { Policy } from '../../../kernel/protocol/formats/policy.ts';
import { readActor } from '../../ui/actors.ts';
import type { IconName } from '../../ui/icons.ts';
import { money } from '../../ui/words.ts';

export type Sentence = { icon: IconName; words: string; paths?: string[] };

const autonomyOf = ({ paused, autonomy }: Policy): Sentence => {
  if (paused)
    return {
      icon: 'pause',
      words: 'Everything is stopped: nothing starts by itself, and each change an agent wants to make waits for you',
    };
  if (autonomy === 'manual')
    return { icon: 'clock', words: 'Every change an agent wants to make waits for you, whatever is granted below' };
  return {
    icon: 'pen',
    words: 'An agent changes files alone where a grant and its role both say so; everywhere else it may only propose',
  };
};

const grantsOf = ({ grants }: Policy): Sentence[] => {
  const given = Object.entries(grants).filter(([, { write }]) => write.length > 0);
  if (given.length === 0)
    return [
      {
        icon: 'ban',
        words:
          'You granted no agent anything here; agents of an active program may write what you consented to when you activated it',
      },
    ];
  return [
    ...given.map(([actor, { write }]): Sentence => {
      const { name } = readActor(actor);
      return actorKind(actor as Actor) === 'agent'
        ? { icon: 'pen', words: `${name} may write`, paths: write }
        : { icon: 'ban', words: `The grant for ${actor} does nothing: only agents write under a grant` };
    }),
    {
      icon: 'programs',
      words: 'Agents of an active program may also write what you consented to when you activated it',
    },
  ];
};

const ruleOf = (rule: string): Sentence => {
  const [word, pattern] = rule.trim().split(/\s+/, 2);
  return word === 'path' && pattern !== undefined
    ? { icon: 'ban', words: 'No agent changes without you', paths: [pattern] }
    : { icon: 'ban', words: 'Never without you:', paths: [rule] };
};

const modelsOf = ({ models }: Policy): Sentence => {
  const addresses = [...new Set(Object.values(models).map((model) => model.base_url))];
  return addresses.length === 0
    ? { icon: 'globe', words: 'No model is connected, so no agent can work and nothing is sent to one' }
    : { icon: 'globe', words: 'What an agent reads in a run is sent to its model, at', paths: addresses };
};

export const readOut = (policy: Policy): Sentence[] => [
  autonomyOf(policy),
  ...grantsOf(policy),
  { icon: 'eye', words: 'Every agent reads all files, except another agent’s memory; its own memory it writes freely' },
  { icon: 'clock', words: 'Roles, jobs, settings and surfaces are never written by an agent: it may only propose' },
  ...policy.never_auto.map(ruleOf),
  {
    icon: 'money',
    words: `Nothing is spent and nothing leaves the workspace alone; your ceiling of ${money(policy.ceiling.usd)} waits for effects that have a price`,
  },
  ...(policy.budget
    ? [
        {
          icon: 'money' as const,
          words: `Your budget for models is ${money(policy.budget.usd)} a ${policy.budget.per}`,
        },
      ]
    : []),
  modelsOf(policy),
  ...(policy.egress.length > 0
    ? [{ icon: 'globe' as const, words: 'Addresses you listed for reaching outside:', paths: policy.egress }]
    : []),
  ...(policy.executor === undefined
    ? []
    : [{ icon: 'devices' as const, words: 'Jobs by the clock run only on the device', paths: [policy.executor] }]),
];

/** A plan in words: what it asks to do, each right on its own line, and what appears when it is active. */
import { For, Show, type JSX } from 'solid-js';
import type { Plan } from '../../../kernel/protocol/plan.ts';
import { ActorMark } from '../../ui/ActorMark.tsx';
import { Icon } from '../../ui/Icon.tsx';
import type { IconName } from '../../ui/icons.ts';
import { money, plural } from '../../ui/words.ts';
import { WithPaths } from '../WithPaths.tsx';

type Asked = { icon: IconName; words: JSX.Element };

export function Rights(props: { rights: readonly Asked[]; none: string }) {
  return (
    <ul class="rights gap-3">
      <For each={props.rights} fallback={<Right icon="check">{props.none}</Right>}>
        {(right) => <Right icon={right.icon}>{right.words}</Right>}
      </For>
    </ul>
  );
}

export function Right(props: { icon: IconName; children: JSX.Element }) {
  return (
    <li>
      <Icon name={props.icon} />
      <span>{props.children}</span>
    </li>
  );
}

const short = (pattern: string): string => pattern.replace(/^\/workspace\//, '');

const asked = (effect: string): Asked => {
  const [kind = '', ...target] = effect.split(' ');
  if (kind === 'notify')
    return {
      icon: 'inbox',
      words: (
        <>
          <strong>Tell you</strong> something, as a notice in the cockpit
        </>
      ),
    };
  if (kind === 'http')
    return {
      icon: 'globe',
      words: (
        <>
          <strong>Reach the web:</strong> <span class="path">{target.join(' ')}</span>
        </>
      ),
    };
  return {
    icon: 'globe',
    words: (
      <>
        <strong>Reach outside:</strong> <span class="path">{effect}</span>
      </>
    ),
  };
};

export const asks = (plan: Plan): Asked[] => {
  const { write, effects, spend } = plan.powers;
  const rights: Asked[] = [];
  if (write.length > 0) {
    rights.push({
      icon: 'pen',
      words: (
        <>
          <strong>Write</strong> in <List paths={write} />
        </>
      ),
    });
  }
  for (const effect of effects) rights.push(asked(effect));
  if (spend)
    rights.push({
      icon: 'money',
      words: (
        <>
          <strong>Spend</strong> up to {money(spend.usd)} a {spend.per} on models
        </>
      ),
    });
  for (const job of plan.jobs) {
    rights.push({
      icon: 'clock',
      words: (
        <>
          <strong>Run</strong> {job.title}: <WithPaths text={job.when} />
          {job.agent ? `, as ${job.agent}` : ''}
        </>
      ),
    });
  }
  return rights;
};

const List = (props: { paths: readonly string[] }) => (
  <For each={props.paths}>
    {(path, n) => (
      <>
        {n() > 0 ? ', ' : ''}
        <span class="path">{short(path)}</span>
      </>
    )}
  </For>
);

export const appears = (plan: Plan) => [
  { term: 'Files', value: `${plural(plan.forks.length, 'file')}, copied into /workspace when you activate it` },
  ...plan.agents.map((agent) => ({
    term: 'Agent',
    value: (
      <>
        <span class="row">
          <ActorMark actor={`agent:${agent.name}`} />
          {agent.name}, {agent.autonomy}
        </span>
        <Show when={agent.write.length > 0}>
          <span class="small faint">
            writes in <List paths={agent.write} />
          </span>
        </Show>
      </>
    ),
  })),
  plan.jobs.length > 0 && {
    term: plan.jobs.length === 1 ? 'Job' : 'Jobs',
    value: plan.jobs.map((job) => job.slug).join(', '),
  },
  plan.surfaces.length > 0 && { term: 'On Home', value: plan.surfaces.map((surface) => surface.title).join(', ') },
  plan.skills.length > 0 && { term: 'Skills', value: plan.skills.join(', ') },
  plan.rehearsals.length > 0 && {
    term: 'Rehearsal',
    value: plan.rehearsals.map((rehearsal) => rehearsal.title).join('; '),
  },
  plan.conflicts.length > 0 && {
    term: 'Conflict',
    value: (
      <>
        <span class="wait-ink">{plan.conflicts.length}:</span> <List paths={plan.conflicts} />{' '}
        {plan.conflicts.length === 1 ? 'is' : 'are'} there already with other content. Yours is kept.
      </>
    ),
  },
];

/**
 * A plan as the object of consent: exactly what the program asks, what it does not ask, what appears, what is in the
 * way; sealed by the digest of the bundle. Two equal decisions.
 */
import { createSignal, createUniqueId, For, Show, type JSX } from 'solid-js';
import type { Plan } from '../../../kernel/protocol/plan.ts';
import { Actor } from '../../ui/Actor.tsx';
import { ActorMark } from '../../ui/ActorMark.tsx';
import { Check } from '../../ui/Check.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { Decide } from '../../ui/Decide.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Icon } from '../../ui/Icon.tsx';
import type { IconName } from '../../ui/icons.ts';
import { bytes, hashGroups, money, plural } from '../../ui/words.ts';
import { WithPaths } from '../WithPaths.tsx';
import { PlanFiles } from './PlanFiles.tsx';
import type { Intent, Step } from './planning.ts';

export interface PlanCardProps {
  plan: Plan;
  intent: Intent;
  step?: Step | undefined;
  onReject: () => void;
  onInstall: (how: { activate: boolean }) => void;
}

export function PlanCard(props: PlanCardProps) {
  const id = createUniqueId();
  const [at, setAt] = createSignal(false);
  const plan = () => props.plan;
  const rehearsing = () => props.intent === 'rehearse';
  const activate = () => rehearsing() || at();
  const verb = () => (rehearsing() ? 'Install, activate and rehearse' : activate() ? 'Install and activate' : 'Install exactly this');
  const consequence = () =>
    props.step
      ? `Now ${props.step}`
      : rehearsing()
        ? 'Plays recorded answers: no key, no cost, nothing leaves.'
        : activate()
          ? 'Copies its files into your workspace and starts its jobs.'
          : 'Runs nothing until you activate it.';
  return (
    <article class="deed" aria-labelledby={id} tabindex="-1">
      <header class="deed-head">
        <div class="row row-wrap">
          <Chip icon="eye">Plan only, nothing has changed</Chip>
          <Signed plan={plan()} />
          <Show when={plan().installed}>{(here) => <Chip tone="quiet">{here().version} is installed</Chip>}</Show>
        </div>
        <h2 id={id}>
          Install {plan().name} {plan().version}
        </h2>
        <p class="muted">
          {plan().author ? `By ${plan().author}. ` : ''}
          <Show when={plan().description}>
            <q>{plan().description}</q>{' '}
          </Show>
          <span class="nowrap">
            <Actor actor={`outside:${hostOf(plan().source)}`} />
          </span>
        </p>
      </header>
      <div class="deed-grid">
        <div>
          <h3>It asks to</h3>
          <Rights rights={asks(plan())} none="It asks for nothing." />
          <h3 class="mt-5">It does not ask to</h3>
          <ul class="rights faint">
            <For each={plan().notAsked}>{(words) => <Right icon="ban">{words}</Right>}</For>
          </ul>
        </div>
        <div>
          <h3>What appears</h3>
          <Facts facts={appears(plan())} />
        </div>
      </div>
      <Show when={plan().warnings.length > 0}>
        <div class="deed-part">
          <h3>Odd, and skipped or ignored</h3>
          <ul class="rights">
            <For each={plan().warnings}>{(words) => <Right icon="warn"><WithPaths text={words} /></Right>}</For>
          </ul>
        </div>
      </Show>
      <div class="deed-part">
        <PlanFiles plan={plan()} />
      </div>
      <Show when={!rehearsing()}>
        <div class="deed-part">
          <Check label="Activate it too" hint="Without this it is only put under /programs; you activate it later." checked={at()} onChange={setAt} />
        </div>
      </Show>
      <Decide
        labelledBy={id}
        reject={{ label: 'Do not install', consequence: 'The download is dropped.', onDecide: props.onReject }}
        approve={{ label: verb(), consequence: consequence(), onDecide: () => props.onInstall({ activate: activate() }) }}
        pending={props.step ? 'approve' : undefined}
        aside={
          <span class="row">
            <Icon name="lock" />
            <span>
              Binds to <code>{hashGroups(plan().digest)}</code>, {bytes(plan().bytes)}, {plural(plan().files.length, 'file')}
            </span>
          </span>
        }
      />
    </article>
  );
}

function Signed(props: { plan: Plan }) {
  const publisher = () => (props.plan.signed === false ? undefined : props.plan.signed.publisher);
  return (
    <Show when={publisher()} fallback={<Chip tone="wait" icon="warn">Not signed</Chip>}>
      {(name) => <Chip icon="check">Signed by {name()}</Chip>}
    </Show>
  );
}

type Asked = { icon: IconName; words: JSX.Element };

function Rights(props: { rights: readonly Asked[]; none: string }) {
  return (
    <ul class="rights gap-3">
      <For each={props.rights} fallback={<Right icon="check">{props.none}</Right>}>
        {(right) => <Right icon={right.icon}>{right.words}</Right>}
      </For>
    </ul>
  );
}

function Right(props: { icon: IconName; children: JSX.Element }) {
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
  if (kind === 'notify') return { icon: 'inbox', words: <><strong>Tell you</strong> something, as a notice in the cockpit</> };
  if (kind === 'http') return { icon: 'globe', words: <><strong>Reach the web:</strong> <span class="path">{target.join(' ')}</span></> };
  return { icon: 'globe', words: <><strong>Reach outside:</strong> <span class="path">{effect}</span></> };
};

const asks = (plan: Plan): Asked[] => {
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
  if (spend) rights.push({ icon: 'money', words: <><strong>Spend</strong> up to {money(spend.usd)} a {spend.per} on models</> });
  for (const job of plan.jobs) {
    rights.push({ icon: 'clock', words: <><strong>Run</strong> {job.title}: <WithPaths text={job.when} />{job.agent ? `, as ${job.agent}` : ''}</> });
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

const appears = (plan: Plan) => [
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
  plan.jobs.length > 0 && { term: plan.jobs.length === 1 ? 'Job' : 'Jobs', value: plan.jobs.map((job) => job.slug).join(', ') },
  plan.surfaces.length > 0 && { term: 'On Home', value: plan.surfaces.map((surface) => surface.title).join(', ') },
  plan.skills.length > 0 && { term: 'Skills', value: plan.skills.join(', ') },
  plan.rehearsals.length > 0 && { term: 'Rehearsal', value: plan.rehearsals.map((rehearsal) => rehearsal.title).join('; ') },
  plan.conflicts.length > 0 && {
    term: 'Conflict',
    value: (
      <>
        <span class="wait-ink">{plan.conflicts.length}:</span> <List paths={plan.conflicts} /> {plan.conflicts.length === 1 ? 'is' : 'are'} there already with other content. Yours is kept.
      </>
    ),
  },
];

const hostOf = (source: string): string => (URL.canParse(source) ? new URL(source).host : source) || 'a dropped file';

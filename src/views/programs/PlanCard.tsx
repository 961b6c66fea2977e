/**
 * A plan as the object of consent: exactly what the program asks, what it does not ask, what appears, what is in the
 * way; sealed by the digest of the bundle. Two equal decisions.
 */
import { createSignal, createUniqueId, For, Show } from 'solid-js';
import type { Plan } from '../../../kernel/protocol/plan.ts';
import { Actor } from '../../ui/Actor.tsx';
import { Check } from '../../ui/Check.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { Decide } from '../../ui/Decide.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { bytes, hashGroups, plural } from '../../ui/words.ts';
import { WithPaths } from '../WithPaths.tsx';
import { appears, asks, Right, Rights } from './plan-words.tsx';
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
  const verb = () =>
    rehearsing() ? 'Install, activate and rehearse' : activate() ? 'Install and activate' : 'Install exactly this';
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
            <For each={plan().warnings}>
              {(words) => (
                <Right icon="warn">
                  <WithPaths text={words} />
                </Right>
              )}
            </For>
          </ul>
        </div>
      </Show>
      <div class="deed-part">
        <PlanFiles plan={plan()} />
      </div>
      <Show when={!rehearsing()}>
        <div class="deed-part">
          <Check
            label="Activate it too"
            hint="Without this it is only put under /programs; you activate it later."
            checked={at()}
            onChange={setAt}
          />
        </div>
      </Show>
      <Decide
        labelledBy={id}
        reject={{ label: 'Do not install', consequence: 'The download is dropped.', onDecide: props.onReject }}
        approve={{
          label: verb(),
          consequence: consequence(),
          onDecide: () => props.onInstall({ activate: activate() }),
        }}
        pending={props.step ? 'approve' : undefined}
        aside={
          <span class="row">
            <Icon name="lock" />
            <span>
              Binds to <code>{hashGroups(plan().digest)}</code>, {bytes(plan().bytes)},{' '}
              {plural(plan().files.length, 'file')}
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
    <Show
      when={publisher()}
      fallback={
        <Chip tone="wait" icon="warn">
          Not signed
        </Chip>
      }
    >
      {(name) => <Chip icon="check">Signed by {name()}</Chip>}
    </Show>
  );
}

const hostOf = (source: string): string => (URL.canParse(source) ? new URL(source).host : source) || 'a dropped file';

/** AgentCard: one agent: what it is for, what it may do alone and what waits, its last run, and Run now. */
import { For, Show } from 'solid-js';
import type { Policy } from '../../../kernel/protocol/formats/policy.ts';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import type { Role } from '../../../kernel/protocol/formats/role.ts';
import type { Stat } from '../../../kernel/protocol/files.ts';
import { modelOf } from '../../client/policy.ts';
import { href } from '../../client/route.ts';
import type { RunHead } from '../../client/runs.ts';
import { ActorMark } from '../../ui/ActorMark.tsx';
import { Button } from '../../ui/Button.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { Face } from '../../ui/Face.tsx';
import { Foot } from '../../ui/Foot.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { money, plural, relativeDay } from '../../ui/words.ts';
import { budgetWords, programOf, rightsOf } from './rights.ts';
import { RunState } from './RunState.tsx';

export interface AgentCardProps {
  role: Role;
  stat: Stat;
  policy: Policy;
  programs: readonly InstalledProgram[];
  live: number;
  last: RunHead | undefined;
  onRun: () => void;
}

export function AgentCard(props: AgentCardProps) {
  const id = () => `agent-${props.role.name}`;
  const program = () => programOf(props);
  const model = () => props.role.model ?? modelOf(props.policy);
  return (
    <article class="card agent" aria-labelledby={id()}>
      <div class="card-body">
        <div class="row top-line gap-4">
          <Face actor={`agent:${props.role.name}`} />
          <div class="grow">
            <h2 id={id()} class="row row-wrap">
              {props.role.name}
              <Show when={props.live > 0}>
                <Chip tone="live">{plural(props.live, 'run')} live</Chip>
              </Show>
            </h2>
            <p class="muted t13">{props.role.description || 'Its role says nothing about what it is for.'}</p>
          </div>
          <Button small icon="play" onClick={() => props.onRun()}>
            Run now
          </Button>
        </div>
        <ul class="rights mt-4" aria-label={`What ${props.role.name} may do`}>
          <For each={rightsOf(props)}>
            {(right) => (
              <li>
                <Icon name={right.icon} />
                <span>
                  {right.words}
                  <For each={right.paths}>
                    {(path, index) => (
                      <>
                        {index() > 0 ? ', ' : ' '}
                        <span class="path">{path}</span>
                      </>
                    )}
                  </For>
                  <Show when={right.after}>
                    {(after) =>
                      right.icon === 'ban' && right.words.startsWith('Asks') ? <>: {after()}</> : <> {after()}</>
                    }
                  </Show>
                </span>
              </li>
            )}
          </For>
          <li>
            <ActorMark actor={program() ? `program:${program()?.name ?? ''}` : props.stat.actor} />
            <span class="faint">
              <Show
                when={program()}
                fallback={
                  <>
                    Role last written by{' '}
                    {props.stat.actor === 'operator' ? 'you' : props.stat.actor.replace(/^.*:/, '')}
                  </>
                }
              >
                {(from) => (
                  <>
                    From <a href={href({ room: 'programs', name: from().name })}>{from().name}</a>
                    {from().state === 'active' ? '' : ', not active'}
                  </>
                )}
              </Show>
            </span>
          </li>
        </ul>
        <p class="small mt-4 row row-wrap">
          <Show when={props.last} fallback={<span class="faint">It has not run yet.</span>}>
            {(last) => (
              <>
                <span class="faint">Last run</span>
                <a href={href({ room: 'agents', run: last().start.id })}>
                  {relativeDay(last().start.at, { now: Date.now() })}
                </a>
                <RunState end={last().end} live={false} />
              </>
            )}
          </Show>
        </p>
      </div>
      <Foot
        items={[
          model() ?? 'no model connected',
          <a href={href({ room: 'files', path: props.stat.path })} aria-label={`Role of ${props.role.name}: AGENT.md`}>
            AGENT.md
          </a>,
        ]}
        end={budgetWords(props.role.budget, money)}
      />
    </article>
  );
}

/** One installed program: what it may do, what it brought, and the acts on it: activate, rehearse, deactivate. */
import { createSignal, For, Show } from 'solid-js';
import type { SysError } from '../../../kernel/protocol/errors.ts';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { createList } from '../../client/live.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { hashGroups, money, plural, relativeDay } from '../../ui/words.ts';

type Act = 'activate' | 'deactivate' | 'rehearse';

export function ProgramCard(props: {
  program: InstalledProgram;
  rehearse: (name: string) => Promise<SysError | undefined>;
}) {
  const client = useClient();
  const desk = useDesk();
  const [busy, setBusy] = createSignal<Act>();
  const [error, setError] = createSignal<{ act: Act; error: SysError }>();
  const program = () => props.program;
  const active = () => program().state === 'active';
  const recordings = createList(() => `/programs/${program().name}/org.allod/rehearsal`);
  const canRehearse = () => recordings.value()?.some((stat) => stat.path.endsWith('.jsonl')) ?? false;

  const steps: Record<Act, () => Promise<SysError | undefined>> = {
    activate: async () => {
      const done = await client.call('activate', { name: program().name });
      if (!done.ok) return done.error;
      desk.say(
        `${program().title} is active. ${plural(done.value.added.length, 'file')} added, ${done.value.kept.length} of yours kept.`,
      );
      return undefined;
    },
    deactivate: async () => {
      const done = await client.call('deactivate', { name: program().name });
      if (!done.ok) return done.error;
      desk.say(
        `${program().title} is not active any more. ${plural(done.value.kept.length, 'file')} kept, every byte.`,
      );
      return undefined;
    },
    rehearse: async () => (active() ? undefined : await steps.activate()) ?? (await props.rehearse(program().name)),
  };
  const act = async (which: Act): Promise<void> => {
    if (busy()) return;
    setBusy(which);
    setError(undefined);
    const failed = await steps[which]();
    setBusy(undefined);
    setError(failed && { act: which, error: failed });
  };

  return (
    <Card
      title={`${program().title} ${program().version}`}
      actions={
        <Chip tone="quiet" icon={active() ? 'check' : undefined}>
          {active() ? 'Active' : 'Installed, not active'}
        </Chip>
      }
      foot={{
        actor: `program:${program().name}`,
        items: [
          <a href={href({ room: 'files', path: `/programs/${program().name}` })}>its bundle</a>,
          <a href={href({ room: 'files', path: `/system/programs/${program().name}.json` })}>its record</a>,
        ],
      }}
    >
      <div class="stack">
        <Show when={!active()}>
          <p class="t13 muted">
            Nothing of it runs. Activating copies its files into your workspace and starts its jobs; files of yours that
            are in the way are kept.
          </p>
        </Show>
        <Facts facts={facts(program())} />
        <Show when={error()}>
          {(failed) => (
            <ErrorCard
              title={`${program().name} could not ${failed().act}`}
              code={failed().error.code}
              safe="What was there before is there now."
              actions={
                <Button small onClick={() => void act(failed().act)}>
                  Try it again
                </Button>
              }
            >
              {failed().error.message}
            </ErrorCard>
          )}
        </Show>
        <div class="btn-row">
          <Show when={!active()}>
            <Button
              variant="primary"
              busy={busy() === 'activate'}
              disabled={busy() !== undefined && busy() !== 'activate'}
              onClick={() => void act('activate')}
            >
              Activate
            </Button>
          </Show>
          <Show when={canRehearse()}>
            <Button icon="play" busy={busy() === 'rehearse'} onClick={() => void act('rehearse')}>
              {active() ? 'Rehearse, $0.00' : 'Activate and rehearse, $0.00'}
            </Button>
          </Show>
          <Show when={active()}>
            <Button variant="quiet" busy={busy() === 'deactivate'} onClick={() => void act('deactivate')}>
              Deactivate
            </Button>
          </Show>
        </div>
        <Show when={active()}>
          <p class="hint">
            Deactivating stops its jobs, takes back its rights, removes its surfaces from Home and keeps every byte of
            its files.
          </p>
        </Show>
      </div>
    </Card>
  );
}

const facts = (program: InstalledProgram) => [
  { term: 'From', value: <span class="path">{program.source}</span> },
  { term: 'Bundle', value: <code>{hashGroups(program.digest)}</code> },
  { term: 'Installed', value: relativeDay(program.installedAt, { now: Date.now() }) },
  program.powers.write.length > 0 && {
    term: 'May write',
    value: <span class="path">{program.powers.write.map((path) => path.replace('/workspace/', '')).join(', ')}</span>,
  },
  program.powers.effects.length > 0 && { term: 'May ask for', value: program.powers.effects.join(', ') },
  program.powers.spend && {
    term: 'May spend',
    value: `${money(program.powers.spend.usd)} a ${program.powers.spend.per}`,
  },
  program.agents.length > 0 && {
    term: 'Agents',
    value: (
      <For each={program.agents}>
        {(agent, n) => (
          <>
            {n() > 0 ? ', ' : ''}
            <a href={href({ room: 'files', path: `/workspace/agents/${agent}/AGENT.md` })}>{agent}</a>
          </>
        )}
      </For>
    ),
  },
  program.jobs.length > 0 && {
    term: 'Jobs',
    value: (
      <For each={program.jobs}>
        {(job, n) => (
          <>
            {n() > 0 ? ', ' : ''}
            <a href={href({ room: 'files', path: job })}>{job.split('/').at(-1)?.replace(/\.md$/, '')}</a>
          </>
        )}
      </For>
    ),
  },
  Object.keys(program.forked).length > 0 && {
    term: 'Files',
    value: `${plural(Object.keys(program.forked).length, 'file')} in your workspace`,
  },
];

/** One line of a list of programs: an installed one, or one that is offered. */
import { Show } from 'solid-js';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import { href } from '../../client/route.ts';
import { Button } from '../../ui/Button.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { ListLine } from '../../ui/ListLine.tsx';
import { plural } from '../../ui/words.ts';
import type { Offered } from './catalogue.ts';
import type { Intent } from './planning.ts';

export function InstalledLine(props: { program: InstalledProgram }) {
  const active = () => props.program.state === 'active';
  return (
    <ListLine
      actor={`program:${props.program.name}`}
      href={href({ room: 'programs', name: props.program.name })}
      title={
        <>
          <strong>{props.program.name}</strong> <span class="faint">{props.program.version}</span>
        </>
      }
      sub={`${plural(props.program.agents.length, 'agent')}, ${plural(props.program.jobs.length, 'job')}, ${plural(Object.keys(props.program.forked).length, 'file')}`}
      end={
        <Chip tone="quiet" icon={active() ? 'check' : undefined}>
          {active() ? 'Active' : 'Not active'}
        </Chip>
      }
    />
  );
}

export function OfferedLine(props: {
  program: Offered;
  here: InstalledProgram | undefined;
  onPlan: (intent: Intent) => void;
}) {
  const same = () => props.here?.digest === props.program.sha256;
  return (
    <ListLine
      actor={`program:${props.program.name}`}
      title={
        <>
          <strong>{props.program.title}</strong> <span class="faint">{props.program.version}</span>
        </>
      }
      sub={props.program.description}
      end={
        <span class="btn-row">
          <Show
            when={same()}
            fallback={
              <>
                <Show when={!props.here}>
                  <Button small label={`Rehearse ${props.program.title}`} onClick={() => props.onPlan('rehearse')}>
                    Rehearse
                  </Button>
                </Show>
                <Button small label={`See plan of ${props.program.title}`} onClick={() => props.onPlan('install')}>
                  See plan
                </Button>
              </>
            }
          >
            <Button
              small
              href={href({ room: 'programs', name: props.program.name })}
              label={`Open ${props.program.title}`}
            >
              Open
            </Button>
          </Show>
        </span>
      }
    />
  );
}

/** ScheduleTable: each job that is due by the clock: when, how its last slots ended, when next or why not, and its buttons. */
import { createMemo, Show } from 'solid-js';
import type { Job } from '../../../kernel/protocol/formats/job.ts';
import type { ScheduleRow } from '../../../kernel/protocol/formats/schedule.ts';
import type { Path } from '../../../kernel/protocol/paths.ts';
import { href } from '../../client/route.ts';
import { Actor } from '../../ui/Actor.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { SlotLegend } from '../../ui/SlotLegend.tsx';
import { Slots } from '../../ui/Slots.tsx';
import { Table } from '../../ui/Table.tsx';
import { fromNow } from '../../ui/words.ts';
import { JobButtons } from './JobButtons.tsx';
import type { JobActs } from './job-acts.ts';
import { lastSlots, scheduleWords, slotTime } from './schedule-words.ts';

const SHOWN = 7;
const SOON_MS = 2 * 3_600_000;

export interface ScheduleTableProps {
  rows: readonly ScheduleRow[];
  /** The parsed file of each job, once it is read. */
  jobOf: (path: Path) => Job | undefined;
  /** Why it cannot be run by hand. */
  whyNot: (job: Job) => string | undefined;
  acts: JobActs;
  now: number;
}

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export function ScheduleTable(props: ScheduleTableProps) {
  // By path, so that a row read anew is the same row on screen and keeps its focus.
  const paths = createMemo(() => props.rows.map(({ job }) => job), [], { equals: sameText });
  const rowOf = (path: Path) => props.rows.find(({ job }) => job === path);
  return (
    <div class="card">
      <Table
        label="Jobs by the clock"
        rows={paths()}
        columns={[
          {
            key: 'job',
            head: 'Job',
            names: true,
            cell: (path) => (
              <Show when={rowOf(path)}>
                {(row) => (
                  <>
                    <a href={href({ room: 'files', path })}>{row().title}</a>
                    <div class="small faint">
                      <When row={row()} job={props.jobOf(path)} />
                    </div>
                    <div class="only-phone small">
                      <Next row={row()} now={props.now} />
                      <div class="mt-2">
                        <Strip row={row()} now={props.now} />
                      </div>
                    </div>
                  </>
                )}
              </Show>
            ),
          },
          {
            key: 'agent',
            head: 'Runs',
            low: true,
            cell: (path) => (
              <Show when={props.jobOf(path)}>
                {(job) => (
                  <>
                    <Actor actor={`agent:${job().agent ?? ''}`} />
                    <Show when={job().run}>
                      <div class="small faint">a bash script</div>
                    </Show>
                  </>
                )}
              </Show>
            ),
          },
          {
            key: 'last',
            head: `Last ${SHOWN}`,
            low: true,
            cell: (path) => <Show when={rowOf(path)}>{(row) => <Strip row={row()} now={props.now} />}</Show>,
          },
          {
            key: 'next',
            head: 'Next',
            low: true,
            cell: (path) => <Show when={rowOf(path)}>{(row) => <Next row={row()} now={props.now} />}</Show>,
          },
          {
            key: 'acts',
            head: 'What you can do',
            quiet: true,
            cell: (path) => (
              <Show when={props.jobOf(path)}>
                {(job) => <JobButtons job={job()} whyNot={props.whyNot(job())} acts={props.acts} />}
              </Show>
            ),
          },
        ]}
      />
      <SlotLegend />
    </div>
  );
}

function When(props: { row: ScheduleRow; job: Job | undefined }) {
  return (
    <>
      {scheduleWords(props.row)}
      <Show when={props.job}>
        {(job) => (job()['catch-up'] === 'skip' ? ', skips what it missed' : ', catches up once')}
      </Show>
      <Show when={props.job?.program}>{(program) => <>, from {program()}</>}</Show>
    </>
  );
}

function Next(props: { row: ScheduleRow; now: number }) {
  const soon = (at: string) => Date.parse(at) - props.now < SOON_MS;
  return (
    <Show
      when={props.row.next}
      fallback={
        <span class="row top-line schedule-held">
          <Icon name="pause" />
          <span>{props.row.held ?? 'Never again'}</span>
        </span>
      }
    >
      {(next) => (
        <>
          <span class="only-phone faint">next </span>
          {slotTime(next(), { now: props.now })}
          <Show when={soon(next())}>
            <span class="faint"> {fromNow(next(), { now: props.now })}</span>
          </Show>
        </>
      )}
    </Show>
  );
}

function Strip(props: { row: ScheduleRow; now: number }) {
  const slots = createMemo(
    () =>
      lastSlots(props.row, SHOWN, { now: props.now }).map(({ state, when, why, run }) => ({
        state,
        when: why ? `${when}, ${why}` : when,
        href: run === undefined ? undefined : href({ room: 'agents', run }),
      })),
    [],
    { equals: sameText },
  );
  return (
    <Show when={slots().length > 0} fallback={<span class="faint">not due yet</span>}>
      <Slots slots={slots()} />
    </Show>
  );
}

/** JobsTable: each job: its agent, when it runs, how it ended last, Run now and Pause. A job that cannot be read is a card. */
import { For, Show } from 'solid-js';
import type { Job } from '../../../kernel/protocol/formats/job.ts';
import type { InstalledProgram } from '../../../kernel/protocol/formats/records.ts';
import { href } from '../../client/route.ts';
import type { RunHead } from '../../client/runs.ts';
import { Actor } from '../../ui/Actor.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { Table } from '../../ui/Table.tsx';
import { relativeDay } from '../../ui/words.ts';
import { Broken } from './Broken.tsx';
import { JobButtons } from './JobButtons.tsx';
import type { JobActs } from './job-acts.ts';
import type { Read } from './roster.ts';
import { RunState } from './RunState.tsx';
import { whenOf, whyNot } from './when.ts';

export interface JobsTableProps {
  jobs: readonly Read<Job>[];
  programs: readonly InstalledProgram[];
  runs: readonly RunHead[];
  live: ReadonlySet<string>;
  acts: JobActs;
}

export function JobsTable(props: JobsTableProps) {
  const sound = () => props.jobs.flatMap((read) => ('value' in read ? [read.value] : []));
  const broken = () => props.jobs.flatMap((read) => ('error' in read ? [read] : []));
  const lastOf = (job: Job) => props.runs.find(({ start }) => start.job === job.path);

  return (
    <div class="stack">
      <For each={broken()}>
        {(read) => (
          <Broken
            title="This job cannot be read, so it does not run"
            file={read.file}
            text={read.text}
            error={read.error}
            safe="Every other job runs as before."
          />
        )}
      </For>
      <div class="card">
        <Table
          label="Jobs"
          rows={sound()}
          empty="No job starts on a file change or by hand alone."
          columns={[
            { key: 'job', head: 'Job', names: true, cell: (job) => <JobName job={job} /> },
            {
              key: 'agent',
              head: 'Runs',
              low: true,
              cell: (job) => (
                <Show when={job.agent} fallback="bash">
                  {(agent) => <Actor actor={`agent:${agent()}`} />}
                </Show>
              ),
            },
            { key: 'when', head: 'When', cell: (job) => <JobWhen job={job} /> },
            {
              key: 'last',
              head: 'Last run',
              low: true,
              cell: (job) => <LastRun head={lastOf(job)} live={props.live} />,
            },
            {
              key: 'acts',
              head: 'What you can do',
              quiet: true,
              cell: (job) => <JobButtons job={job} whyNot={whyNot(job, props.programs)} acts={props.acts} />,
            },
          ]}
        />
      </div>
    </div>
  );
}

function JobName(props: { job: Job }) {
  return (
    <>
      <a href={href({ room: 'files', path: props.job.path })}>{props.job.title ?? props.job.slug}</a>
      <Show when={props.job.program}>{(program) => <div class="small faint">from {program()}</div>}</Show>
    </>
  );
}

function JobWhen(props: { job: Job }) {
  const when = () => whenOf(props.job);
  return (
    <>
      <span>
        {when().words} <Show when={when().path}>{(path) => <span class="path">{path()}</span>}</Show>
      </span>{' '}
      <Show when={props.job.paused}>
        <Chip icon="pause">Paused</Chip>
      </Show>
      <Show when={when().note}>{(note) => <div class="small faint">{note()}</div>}</Show>
    </>
  );
}

function LastRun(props: { head: RunHead | undefined; live: ReadonlySet<string> }) {
  return (
    <Show when={props.head} fallback={<span class="faint">not yet</span>}>
      {(head) => (
        <span class="row row-wrap">
          <a class="nowrap" href={href({ room: 'agents', run: head().start.id })}>
            {relativeDay(head().start.at, { now: Date.now() })}
          </a>
          <RunState end={head().end} live={props.live.has(head().start.id)} />
        </span>
      )}
    </Show>
  );
}

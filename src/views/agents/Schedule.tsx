/**
 * Schedule: what is due by the clock and how it went, what was not done and why, and the jobs that start otherwise.
 * It follows the slot ledger and the job files, and reads again when the next slot comes.
 */
import { createMemo, createSignal, For, Match, Show, Switch } from 'solid-js';
import type { Job } from '../../../kernel/protocol/formats/job.ts';
import { createNow } from '../../client/now.ts';
import { createInstalled, createProcesses } from '../../client/records.ts';
import { href } from '../../client/route.ts';
import { createRuns } from '../../client/runs.ts';
import { createSchedule } from '../../client/schedule.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorCard } from '../../ui/ErrorCard.tsx';
import { ListLine } from '../../ui/ListLine.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { slotIcon } from '../../ui/Slots.tsx';
import { plural } from '../../ui/words.ts';
import { Room } from '../Room.tsx';
import { createJobActs } from './job-acts.ts';
import { JobsTable } from './JobsTable.tsx';
import { RoomTabs } from './RoomTabs.tsx';
import { createJobs } from './roster.ts';
import { gapsOf, slotTime, slugOf, type Gap } from './schedule-words.ts';
import { ScheduleTable } from './ScheduleTable.tsx';
import { whyNot } from './when.ts';

const RUNS = 200;
const SHOWN = 8;
/** A catch-up is news for so long. */
const NEWS_MS = 3 * 86_400_000;

export function Schedule() {
  const schedule = createSchedule();
  const jobs = createJobs();
  const programs = createInstalled();
  const processes = createProcesses();
  const runs = createRuns(RUNS, ({ start }) => start.job !== undefined);
  const acts = createJobActs();
  const now = createNow();
  const [shown, setShown] = createSignal(SHOWN);

  const rows = () => schedule.value() ?? [];
  const jobOf = (path: string): Job | undefined => {
    const read = jobs.value()?.find(({ file }) => file === path);
    return read && 'value' in read ? read.value : undefined;
  };
  const others = () => (jobs.value() ?? []).filter((read) => !('value' in read) || read.value.schedule === undefined);
  const gaps = createMemo(() => gapsOf(rows(), { now: now() }));
  const news = () => gaps().find(({ at, caughtUp }) => caughtUp && now() - Date.parse(at) < NEWS_MS);
  const sub = () => {
    const [first] = rows()
      .flatMap(({ job, next }) => (next === undefined ? [] : [{ job, next }]))
      .toSorted((a, b) => (a.next < b.next ? -1 : 1));
    const jobWords = `${plural(rows().length, 'job')} by the clock`;
    return first ? `${jobWords}, next ${slugOf(first.job)} ${slotTime(first.next, { now: now() })}` : jobWords;
  };

  return (
    <Room title="Agents" sub={<Show when={schedule.value()}>{sub()}</Show>}>
      <RoomTabs current="schedule" />
      <section aria-labelledby="schedule-clock">
        <div class="h-sec">
          <h2 id="schedule-clock">Schedule</h2>
          <span class="count">each runs at its time or after it</span>
        </div>
        <Show when={news()}>{(gap) => <CaughtUp gap={gap()} />}</Show>
        <Switch fallback={<Skeleton label="Reading the schedule" />}>
          <Match when={schedule.error()}>
            {(error) => (
              <ErrorCard title="The schedule cannot be read" code={error().code} safe="Jobs run as before.">
                {error().message}
              </ErrorCard>
            )}
          </Match>
          <Match when={schedule.value()?.length === 0}>
            <Empty title="No job runs by the clock">
              A job is a file in /workspace/jobs. Give it a line such as schedule: "0 7 * * 1-5" and it is due at 07:00
              on weekdays.
            </Empty>
          </Match>
          <Match when={schedule.value()}>
            {(list) => (
              <ScheduleTable
                rows={list()}
                jobOf={jobOf}
                whyNot={(job) => whyNot(job, programs.value() ?? [])}
                acts={acts}
                now={now()}
              />
            )}
          </Match>
        </Switch>
      </section>

      <Show when={gaps().length > 0}>
        <section class="mt-6" aria-labelledby="schedule-gaps">
          <div class="h-sec">
            <h2 id="schedule-gaps">What was not done, and why</h2>
            <span class="count">newest first</span>
          </div>
          <ul class="card list">
            <For each={gaps().slice(0, shown())}>{(gap) => <GapLine gap={gap} />}</For>
          </ul>
          <Show when={gaps().length > shown()}>
            <Button small variant="quiet" class="mt-3" onClick={() => setShown(shown() + 20)}>
              Show older slots
            </Button>
          </Show>
        </section>
      </Show>

      <section class="mt-6" aria-labelledby="schedule-others">
        <div class="h-sec">
          <h2 id="schedule-others">Other jobs</h2>
          <span class="count">on a file change, or by hand</span>
        </div>
        <Show when={jobs.value()} fallback={<Skeleton label="Reading the jobs" />}>
          <JobsTable
            jobs={others()}
            programs={programs.value() ?? []}
            runs={runs.value() ?? []}
            live={new Set((processes.value() ?? []).map(({ id }) => id))}
            acts={acts}
          />
        </Show>
      </section>
    </Room>
  );
}

function CaughtUp(props: { gap: Gap }) {
  return (
    <div class="mb-4">
      <Notice
        tone="wait"
        icon="ring"
        live="off"
        title={`${props.gap.title}.`}
        actions={
          <Button small href={href({ room: 'agents', run: props.gap.caughtUp?.run ?? '' })}>
            Open the catch-up run
          </Button>
        }
      >
        {props.gap.when}. {props.gap.why} Caught up with once, {props.gap.caughtUp?.when}.
      </Notice>
    </div>
  );
}

function GapLine(props: { gap: Gap }) {
  const run = () => props.gap.run ?? props.gap.caughtUp?.run;
  const words = () =>
    [props.gap.when, props.gap.why, props.gap.caughtUp ? `Caught up with once, ${props.gap.caughtUp.when}.` : undefined]
      .filter(Boolean)
      .join(' · ');
  const link = () => {
    const id = run();
    return id === undefined ? {} : { href: href({ room: 'agents', run: id }) };
  };
  return (
    <ListLine
      icon={slotIcon[props.gap.state]}
      title={props.gap.title}
      sub={words()}
      end={<Show when={run()}>{(id) => <span class="small mono faint">run {id().slice(0, 6)}</span>}</Show>}
      {...link()}
    />
  );
}

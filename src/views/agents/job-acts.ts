/** What the operator does to a job: run it now, pause it, let it go on. One at a time; what happened is said. */
import { createSignal, type Accessor } from 'solid-js';
import type { Path } from '../../../kernel/protocol/paths.ts';
import { useClient, useDesk } from '../../client/context.ts';
import { go } from '../../client/route.ts';
import { withJobPaused } from './edit-job.ts';
import { slugOf } from './schedule-words.ts';

export type JobActs = {
  /** The job that is being started, or changed. */
  starting: Accessor<Path | undefined>;
  changing: Accessor<Path | undefined>;
  run: (job: Path) => Promise<void>;
  pause: (job: Path, on: boolean) => Promise<void>;
};

export const createJobActs = (): JobActs => {
  const client = useClient();
  const desk = useDesk();
  const [starting, setStarting] = createSignal<Path>();
  const [changing, setChanging] = createSignal<Path>();

  const run = async (job: Path): Promise<void> => {
    if (starting() !== undefined) return;
    setStarting(job);
    const fired = await client.stub.fire(job);
    setStarting(undefined);
    if (!fired.ok) return desk.say(`${slugOf(job)} was not started: ${fired.error.message}`);
    const { run: id, state, result } = fired.value;
    if (id === undefined) desk.say(`${slugOf(job)} was not started: ${typeof result === 'string' ? result : state}`);
    else go({ room: 'agents', run: id });
  };

  /** Over what was read just now: an edit by somebody else in between is refused, not overwritten. */
  const write = async (job: Path, on: boolean) => {
    const read = await client.stub.read(job, { as: 'text' });
    if (!read.ok) return read;
    const next = withJobPaused(job, String(read.value.content), on);
    if (!next.ok) return next;
    return client.stub.write([{ op: 'put', path: job, content: next.value, base: read.value.stat.revision }], {
      message: on ? `Paused ${slugOf(job)}` : `Lets ${slugOf(job)} go on`,
    });
  };
  const pause = async (job: Path, on: boolean): Promise<void> => {
    if (changing() !== undefined) return;
    setChanging(job);
    const written = await write(job, on);
    setChanging(undefined);
    if (!written.ok) desk.say(`${slugOf(job)} was not changed: ${written.error.message}`);
    else if (on) desk.say(`${slugOf(job)} is paused: it does not start by itself until you let it go on.`);
    else desk.say(`${slugOf(job)} goes on. What came due meanwhile is skipped, not caught up with.`);
  };
  return { starting, changing, run, pause };
};

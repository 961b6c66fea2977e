/**
 * undo: take back what one run or actor did, leaving later work by others alone. Planned from histories, then written as
 * one change set with the operator's authority; when a file changed between the two, planned again.
 */
import { WORKSPACE } from '../protocol/capability.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import { RUNS } from '../protocol/formats/records.ts';
import { isUnder, nameOf } from '../protocol/paths.ts';
import type { ParsedArgs, Undone } from '../protocol/syscalls.ts';
import type { Check } from '../fs/check.ts';
import type { TakeBack, Which } from '../fs/take-back.ts';
import type { Handler, Kernel } from './kernel.ts';
import { writeChecked } from './write.ts';

const TRIES = 3;

/** A run did nothing before its record began; of one that keeps no record, any time is looked at. */
const beganAt = async (kernel: Kernel, run: string): Promise<number> => {
  const record = kernel.fs.files(RUNS).find(({ path }) => nameOf(path) === `${run}.jsonl`);
  if (!record) return 0;
  const history = await kernel.fs.history(record.path, { limit: 10_000 });
  const first = history.ok && history.value.cursor === undefined ? history.value.entries.at(-1) : undefined;
  return first ? Date.parse(first.at) : 0;
};

const whichOf = async (kernel: Kernel, args: ParsedArgs<'undo'>): Promise<Result<Which>> => {
  const { run, actor, under = WORKSPACE } = args;
  if (run === undefined && actor === undefined) return err('EINVAL', 'Say what to take back: a run, or an actor.');
  if (!isUnder(under, WORKSPACE))
    return err('EACCES', `Only what lies below ${WORKSPACE} can be taken back.`, { path: under });
  if (run !== undefined && kernel.processes.get(run))
    return err('EBUSY', `Run ${run} is still going. Stop it first, or wait until it has ended.`);
  const since = args.since === undefined ? 0 : Date.parse(args.since);
  const until = args.until === undefined ? Infinity : Date.parse(args.until);
  if (Number.isNaN(since) || Number.isNaN(until)) return err('EINVAL', '`since` and `until` are ISO dates.');
  const began = run === undefined ? 0 : await beganAt(kernel, run);
  return ok({ run, actor, under, until, since: Math.max(since, began) });
};

/** Between planning and writing nobody changed a file that this is about. */
const asPlanned =
  ({ counts }: TakeBack): Check =>
  ({ countBefore }) => {
    for (const [node, count] of counts)
      if (countBefore(node) !== count) return err('EAGAIN', 'A file changed while this was planned. Try it again.');
    return ok(undefined);
  };

const messageOf = ({ run, actor, since, until }: ParsedArgs<'undo'>): string => {
  const what = run === undefined ? `what ${actor} did` : `run ${run}`;
  return `Undo of ${what}${since ? ` since ${since}` : ''}${until ? ` until ${until}` : ''}`;
};

export const undo: Handler<'undo'> = async (kernel, caller, args) => {
  for (let tries = 1; ; tries++) {
    const which = await whichOf(kernel, args);
    if (!which.ok) return which;
    const plan = await kernel.fs.takeBack(which.value);
    const { changes, files, conflicts } = plan;
    const undone: Undone = { revisions: [], files, conflicts };
    if (args.dry || changes.length === 0) return ok(undone);
    const written = await writeChecked(kernel, caller, { changes, message: messageOf(args) }, [asPlanned(plan)]);
    if (written.ok) return ok({ ...undone, revisions: written.value.revisions });
    const changed = written.error.code === 'EAGAIN' || written.error.code === 'ESTALE';
    if (!changed || tries === TRIES) return written;
  }
};

/**
 * What is due by the clock: /proc/schedule, followed. It is read again when a job or a slot changes, when what holds
 * jobs does, and when the next slot comes.
 */
import { createEffect, onCleanup } from 'solid-js';
import { err, ok, type Result } from '../../kernel/protocol/errors.ts';
import type { ScheduleRow } from '../../kernel/protocol/formats/schedule.ts';
import { useClient } from './context.ts';
import { createLive, fromJson, type Live } from './live.ts';

const FILE = '/proc/schedule';
/** A clock that was set is noticed within this. */
const LOOK_MS = 60_000;
/** The kernel writes that a run stands for the slot a moment after it came. */
const AFTER_MS = 500;

/** Milliseconds until the list should be read again. */
export const untilNext = (rows: readonly Pick<ScheduleRow, 'next'>[], now: number): number => {
  const ahead = rows.flatMap(({ next }) => (next === undefined ? [] : [Date.parse(next) - now]));
  return Math.min(LOOK_MS, Math.max(0, ...(ahead.length > 0 ? [Math.min(...ahead)] : [LOOK_MS])) + AFTER_MS);
};

export const createSchedule = (): Live<ScheduleRow[]> => {
  const client = useClient();
  const live = createLive(
    () => ['/system/slots/**', '/workspace/jobs/**', '/system/policy.yaml', '/system/programs/*'],
    async (): Promise<Result<ScheduleRow[]>> => {
      const read = await client.stub.read(FILE, { as: 'text' });
      if (!read.ok) return read;
      const rows = fromJson(read.value.content);
      return Array.isArray(rows)
        ? ok(rows as ScheduleRow[])
        : err('EIO', 'The kernel did not say what is due.', { path: FILE });
    },
  );
  createEffect(() => {
    const rows = live.value();
    if (!rows) return;
    const timer = setTimeout(() => live.reload(), untilNext(rows, Date.now()));
    onCleanup(() => clearTimeout(timer));
  });
  return live;
};

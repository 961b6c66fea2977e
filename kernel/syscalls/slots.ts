/**
 * The slot ledger: each time a job was due, and how that ended. A slot's lines are written in the change set that starts
 * or ends the run that answers it, so ledger and run record cannot tell different stories.
 */
import type { Change } from '../protocol/files.ts';
import type { RunRecord } from '../protocol/formats/records.ts';
import { slotsFile, type SlotLine, type SlotState } from '../protocol/formats/schedule.ts';
import type { Path } from '../protocol/paths.ts';

/** A slot that a run answers, and how many before it nobody answered. */
export type DueSlot = { slot: string; missed?: number };

export const slotChange = (job: Path, line: Extract<SlotLine, { t: 'slot' }>): Change => ({
  op: 'append',
  path: slotsFile(job, Date.parse(line.slot)),
  content: `${JSON.stringify(line)}\n`,
});

const STATE_OF: Record<string, SlotState> = { done: 'done', skipped: 'skipped' };

/** What the ledger gains when a run's record gains `start` or `end`. */
export const slotLines =
  (job: Path, due: DueSlot, run: string, by: { device: string; epoch: number }) =>
  (record: RunRecord): Change[] => {
    const line = {
      t: 'slot',
      slot: due.slot,
      at: record.t === 'start' || record.t === 'end' ? record.at : '',
      run,
    } as const;
    if (record.t === 'start')
      return [slotChange(job, { ...line, state: 'running', ...(due.missed ? { missed: due.missed } : {}), ...by })];
    if (record.t !== 'end') return [];
    const reason = record.error?.message ?? (record.state === 'cancelled' ? 'It was stopped.' : undefined);
    return [slotChange(job, { ...line, state: STATE_OF[record.state] ?? 'failed', ...(reason ? { reason } : {}) })];
  };

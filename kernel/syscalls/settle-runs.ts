/**
 * At boot: runs whose record never closed, because the kernel died under them, are closed as failed, in words. What
 * they wrote before stays. (Taking a run up again from its last step comes with the scheduler.)
 */
import { emptyUsage, RUNS, type RunRecord } from '../protocol/formats/records.ts';
import { usdOf } from '../protocol/money.ts';
import type { Kernel } from './kernel.ts';

/** Only recent days can hold an open run: a run is closed at the latest by the boot after it. */
const DAYS = 3;

export const settleRuns = async (kernel: Kernel): Promise<void> => {
  const listed = await kernel.fs.list(RUNS);
  if (!listed.ok) return;
  const days = listed.value.entries
    .map((stat) => stat.path)
    .sort()
    .slice(-DAYS);
  for (const { path } of days.flatMap((day) => [...kernel.fs.files(day)])) {
    const read = await kernel.fs.read(path, { as: 'text' });
    if (!read.ok) continue;
    const lines = String(read.value.content).trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '{}') as RunRecord;
    if (last.t === 'end') continue;
    const first = JSON.parse(lines[0] ?? '{}') as RunRecord;
    if (first.t !== 'start') continue;
    const cost = kernel.ledger.opened()?.ofRun(first.id);
    const end: RunRecord = {
      t: 'end',
      at: new Date(kernel.now()).toISOString(),
      state: 'failed',
      // [M4] What it cost is settled by now.
      usage: cost?.usage ?? emptyUsage(),
      ...(cost ? { usd: usdOf(cost.nano) } : {}),
      error: {
        code: 'ECANCELED',
        call: 'run',
        message:
          'The kernel stopped while this ran (the tab or the browser was closed). What it had written is kept; fire it again to go on.',
      },
    };
    await kernel.fs.write([{ op: 'append', path, content: `${JSON.stringify(end)}\n` }], {
      actor: first.actor,
      message: `Run ${first.id}: interrupted`,
      run: first.id,
      cause: '',
    });
  }
};

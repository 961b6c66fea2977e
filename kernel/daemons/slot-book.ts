/**
 * What the slot ledger says of one job: by which schedule it is due, and up to when every slot is accounted for. Read
 * from /system/slots/<job>/ once, newest month first; afterwards kept by whoever writes the lines. Each month says once
 * more by which schedule, so that a start reads one month and not all.
 */
import { parseSlots, slotsFile, slotsFolder, type Schedule, type SlotLine } from '../protocol/formats/schedule.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';

/** `until`: milliseconds; slots up to it have a line, or were never due. */
export type Book = { schedule: Schedule; until: number };

export const sameSchedule = (a: Schedule, b: Schedule): boolean =>
  a.tz === b.tz && a.lines.length === b.lines.length && a.lines.every((line, at) => line === b.lines[at]);

/** Undefined when the job was never on schedule. `far`: the newest month does not say by which. */
export const readBook = async (sys: Sys, job: Path): Promise<(Book & { far: boolean }) | undefined> => {
  const listed = await sys.list(slotsFolder(job), { limit: 10_000 });
  const files = listed.ok ? listed.value.entries.map((stat) => stat.path).sort() : [];
  let until = 0;
  for (const file of files.toReversed()) {
    const read = await sys.read(file, { as: 'text' });
    for (const line of parseSlots(read.ok ? String(read.value.content) : '').toReversed()) {
      if (line.t === 'slot') until = Math.max(until, Date.parse(line.slot));
      else
        return {
          schedule: { lines: line.lines, tz: line.tz },
          until: Math.max(until, Date.parse(line.at)),
          far: file !== files.at(-1),
        };
    }
  }
  return undefined;
};

/** Append lines for a job, in the file of the month they are about. */
export const addLines = (sys: Sys, job: Path, lines: readonly SlotLine[], message: string): ReturnType<Sys['write']> =>
  sys.write(
    lines.map((line) => ({
      op: 'append',
      path: slotsFile(job, Date.parse(line.t === 'slot' ? line.slot : line.at)),
      content: `${JSON.stringify(line)}\n`,
    })),
    { message },
  );

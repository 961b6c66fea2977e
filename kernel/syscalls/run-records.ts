/**
 * Run records as files: `start` makes the file and is refused where it is there; every other record is a line more. What
 * belongs to a record (the slot it answers) goes down in the same change set.
 */
import type { Actor } from '../protocol/actor.ts';
import type { Result } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import type { RunRecord } from '../protocol/formats/records.ts';
import type { Path } from '../protocol/paths.ts';
import type { Fs } from '../fs/fs.ts';

export const recordsInto =
  (fs: Pick<Fs, 'write'>) =>
  (
    file: Path,
    record: RunRecord,
    { actor, id }: { actor: Actor; id: string },
    also: readonly Change[],
  ): Promise<Result<unknown>> => {
    const content = `${JSON.stringify(record)}\n`;
    const change: Change =
      record.t === 'start' ? { op: 'put', path: file, content, base: null } : { op: 'append', path: file, content };
    // Whoever takes a run up says so each time anew.
    const cause = record.t === 'note' ? '' : `${id}:${record.t}`;
    return fs.write([change, ...also], { actor, message: `Run ${id}: ${record.t}`, run: id, cause });
  };

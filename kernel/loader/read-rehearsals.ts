/**
 * org.allod/rehearsal/*.jsonl: recordings, and the material they belong to. A recording that cannot be played is left
 * out with a warning. One whose material would land where roles, jobs or settings stand refuses the bundle: laying out
 * material asks nobody.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Job } from '../protocol/formats/job.ts';
import { parseRehearsal, type Rehearsal } from '../protocol/formats/rehearsal.ts';
import { parsePath } from '../protocol/paths.ts';
import type { Plan } from '../protocol/plan.ts';
import { isAuthority, notForPrograms } from './read-forks.ts';
import type { TextReader } from './text-reader.ts';

const FOLDER = 'org.allod/rehearsal/';

type Recordings = { rehearsals: { file: string; rehearsal: Rehearsal }[]; warnings: string[] };

export const readRehearsals = (files: Plan['files'], text: TextReader, jobs: readonly Job[]): Result<Recordings> => {
  const out: Recordings = { rehearsals: [], warnings: [] };
  const hashes = new Map(files.map((file) => [file.path, file.sha256]));
  for (const { path: file } of files) {
    if (!/^org\.allod\/rehearsal\/[^/]+\.jsonl$/.test(file)) continue;
    const source = text(file);
    const parsed = source.ok ? parseRehearsal(file, source.value) : source;
    if (!parsed.ok) {
      out.warnings.push(`${parsed.error.message} The recording is left out.`);
      continue;
    }
    const rehearsal = parsed.value;
    for (const { path } of rehearsal.inputs) {
      const target = parsePath(path);
      if (!target.ok || target.value !== path)
        return err('EINVAL', `${file}: its material names the path "${path}", which is not a plain path.`);
      if (isAuthority(path) || notForPrograms(path))
        return err(
          'EINVAL',
          `${file}: its material would land at ${path}, where files decide what agents do. The bundle is refused.`,
        );
    }
    const wrong = rehearsal.inputs.find((input) => hashes.get(`${FOLDER}${input.from}`) !== input.sha256);
    if (wrong)
      out.warnings.push(
        `${file}: ${FOLDER}${wrong.from} is not the material it was recorded on. The recording is left out.`,
      );
    else if (!jobs.some((job) => job.path === rehearsal.job))
      out.warnings.push(
        `${file}: belongs to ${rehearsal.job}, which this program does not bring. The recording is left out.`,
      );
    else out.rehearsals.push({ file, rehearsal });
  }
  return ok(out);
};

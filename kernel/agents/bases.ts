/**
 * What a run knows of the files it works on: the revision it last read of each, so that a `put` replaces exactly that
 * and nothing newer. A model never handles revisions; this does it for it, and refuses to overwrite what was not read.
 */
import { err, ok, type Result } from '../protocol/errors.ts';
import type { RevisionId } from '../protocol/entry.ts';
import type { Change } from '../protocol/files.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';

export type Bases = {
  /** The run read the file as it is now; null: there was none. */
  saw: (path: Path, revision: RevisionId | null) => void;
  /** The changes with their bases, or a refusal that says to read first. */
  fill: (changes: readonly Change[]) => Promise<Result<Change[]>>;
  /** After a change set of this run: what it put, it knows. */
  wrote: (changes: readonly Change[], revisions: readonly RevisionId[]) => Promise<void>;
};

export const createBases = (sys: Sys): Bases => {
  const known = new Map<Path, RevisionId | null>();
  const key = (path: Path): Path => path.normalize('NFC');

  const baseOf = async (path: Path): Promise<Result<RevisionId | null | undefined>> => {
    const last = known.get(key(path));
    if (last !== undefined) return ok(last);
    const read = await sys.read(path, { length: 1 });
    if (!read.ok) return ok(read.error.code === 'ENOENT' ? null : undefined);
    const { actor, at, size } = read.value.stat;
    return err(
      'ESTALE',
      `${path} exists (${size} bytes, last changed by ${actor} at ${at}) and this run has not read it. Read it first, then put, or change it with edit.`,
      { path },
    );
  };

  return {
    saw: (path, revision) => void known.set(key(path), revision),

    fill: async (changes) => {
      const out: Change[] = [];
      /** Places that an earlier change of the same set leaves empty. */
      const vacated = new Set<Path>();
      for (const change of changes) {
        if (change.op === 'remove') vacated.add(change.path);
        if (change.op === 'move') vacated.add(change.from);
        if (change.op !== 'put' || change.base !== undefined) {
          out.push(change);
          continue;
        }
        const base = vacated.has(change.path) ? ok(null) : await baseOf(change.path);
        if (!base.ok) return base;
        out.push(base.value === undefined ? change : { ...change, base: base.value });
      }
      return ok(out);
    },

    wrote: async (changes, revisions) => {
      for (const change of changes) {
        if (change.op === 'remove') known.set(key(change.path), null);
        if (change.op === 'move') {
          known.set(key(change.from), null);
          known.delete(key(change.to));
        }
        // After an edit or an append the run may not have seen all of the file, so it still has to read before a put.
        if (change.op !== 'put') continue;
        const now = await sys.read(change.path, { length: 1 });
        if (now.ok && revisions.includes(now.value.stat.revision)) known.set(key(change.path), now.value.stat.revision);
      }
    },
  };
};

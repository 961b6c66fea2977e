/**
 * Bringing back: a file's former version, what was removed, a folder as it was at a date; and settling a conflict, which
 * says the same of what is there now. Each is one `restore` change, a new revision: nothing is lost by it.
 */
import type { Result } from '../../../kernel/protocol/errors.ts';
import type { Revision } from '../../../kernel/protocol/files.ts';
import { nameOf, type Path } from '../../../kernel/protocol/paths.ts';
import type { Stub } from '../../../kernel/protocol/stub.ts';

type Writer = Pick<Stub, 'write'>;
type Done = Promise<Result<{ revisions: string[] }>>;

/** The words say which version it was: they are what the history shows. */
export const restoreVersion = (stub: Writer, path: Path, revision: Pick<Revision, 'id'>, said: string): Done =>
  stub.write([{ op: 'restore', path, at: revision.id }], { message: `Restored revision ${revision.id}, ${said}` });

/** A folder comes back with what was removed with it. */
export const restoreRemoved = (stub: Writer, path: Path): Done =>
  stub.write([{ op: 'restore', path }], { message: `Brought ${nameOf(path)} back` });

export const restoreFolder = (stub: Writer, path: Path, at: Date): Done =>
  stub.write([{ op: 'restore', path, at: at.toISOString() }], {
    message: `Restored ${nameOf(path)} to what it was at ${at.toISOString()}`,
  });

export const keepAsIs = (stub: Writer, path: Path): Done =>
  stub.write([{ op: 'restore', path }], { message: `Settled: ${nameOf(path)} stays as it is` });

/**
 * The files a run changed. Its record names revisions; a file's history names the run. So the files it spoke of, and
 * those whose last revision is one of its own, are asked for what of their history is this run's.
 */
import type { Accessor } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { Path } from '../../../kernel/protocol/paths.ts';
import { useClient } from '../../client/context.ts';
import { createLive, listAll, type Live } from '../../client/live.ts';
import type { WholeRun } from '../run-file.ts';
import { pathsOfChanges } from './steps.ts';

export type Touched = { path: Path; /** Newest first. */ revisions: string[]; message: string };

const HISTORY = 200;

export const createTouched = (id: Accessor<string>, run: Accessor<WholeRun | undefined>): Live<Touched[]> => {
  const client = useClient();
  const revisions = (): Set<string> =>
    new Set(run()?.records.flatMap((record) => (record.t === 'tool' ? (record.revisions ?? []) : [])));
  const load = async (): Promise<Result<Touched[]>> => {
    const made = revisions();
    if (made.size === 0) return ok([]);
    const spokenOf =
      run()?.records.flatMap((record) => (record.t === 'tool' && record.ok ? pathsOfChanges(record.input) : [])) ?? [];
    const listed = await listAll(client, '/workspace', 64);
    if (!listed.ok) return listed;
    const last = listed.value
      .filter(({ kind, revision }) => kind === 'file' && made.has(revision))
      .map(({ path }) => path);
    const files = await Promise.all(
      [...new Set([...spokenOf, ...last])].map(async (path): Promise<Touched[]> => {
        const history = await client.stub.list(path, { history: true, limit: HISTORY });
        const own = history.ok
          ? history.value.entries.filter((entry) => entry.run === id() && entry.op !== 'attr' && entry.op !== 'mkdir')
          : [];
        const [newest] = own;
        return newest ? [{ path, revisions: own.map((entry) => entry.id), message: newest.message }] : [];
      }),
    );
    return ok(files.flat());
  };
  // What a run changed grows with its record; the key is how far that has come.
  return createLive(
    () => run()?.path,
    load,
    () => String(revisions().size),
  );
};

/**
 * Which file a revision is of, learnt from the change events of this session: an answer names revisions alone, and a
 * link needs a path. The oldest are forgotten.
 */
import { onCleanup } from 'solid-js';
import { useClient } from '../client/context.ts';

export type Changed = { revision: string; path: string | undefined };

const KEPT = 2_000;

export const createChanges = (): ((revisions: readonly string[]) => Changed[]) => {
  const client = useClient();
  const paths = new Map<string, string>();
  onCleanup(
    client.watch('/workspace/**', (event) => {
      if (event === 'placed' || event.revision === undefined) return;
      paths.set(event.revision, event.path);
      const [oldest] = paths.keys();
      if (paths.size > KEPT && oldest !== undefined) paths.delete(oldest);
    }),
  );
  return (revisions) => revisions.map((revision) => ({ revision, path: paths.get(revision) }));
};

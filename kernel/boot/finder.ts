/**
 * Searching, loaded by the first search or when the daemons stand, whichever comes first: the cockpit is shown without
 * it. The index catches up with whatever was written before it was loaded.
 */
import type { VersionVector } from '../protocol/entry.ts';
import type { Fs } from '../fs/fs.ts';
import type { Index } from '../search/inverted-index.ts';
import type { Search } from '../search/search.ts';
import type { Database } from '../store/schema.ts';
import { searched } from './searched.ts';

export type Finder = {
  search: Search;
  /** Load the index and keep it from here on. */
  open: () => Promise<Index>;
  stop: () => Promise<void>;
};

type Options = {
  db: Database;
  epoch: number;
  fs: Fs;
  vector: () => VersionVector;
  setTimer: (run: () => void, ms: number) => () => void;
};

export const createFinder = ({ db, epoch, fs, vector, setTimer }: Options): Finder => {
  let loading: Promise<{ index: Index; search: Search }> | undefined;

  const load = async (): Promise<{ index: Index; search: Search }> => {
    const [{ createIndex }, { createSearch }] = await Promise.all([
      import('../search/inverted-index.ts'),
      import('../search/search.ts'),
      fs.whole(),
    ]);
    const files = searched(fs);
    const index = createIndex({ db, epoch, files, vector, setTimer });
    fs.onCommit(({ staged }) => index.changed(staged.touched.map(({ node }) => node.id)));
    index.start();
    return { index, search: createSearch(files, index) };
  };

  const opened = (): Promise<{ index: Index; search: Search }> =>
    (loading ??= load().catch((cause: unknown) => {
      // Offline before it was cached: the next search tries again.
      loading = undefined;
      throw cause;
    }));

  return {
    search: async (query, options) => (await opened()).search(query, options),
    open: async () => (await opened()).index,
    stop: async () => (await loading)?.index.stop(),
  };
};

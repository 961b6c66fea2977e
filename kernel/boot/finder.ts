/**
 * Searching, loaded by the first search or when the daemons stand, whichever comes first: the cockpit is shown without
 * it. The index catches up with whatever was written before it was loaded.
 */
import type { Op, VersionVector } from '../protocol/entry.ts';
import type { Fs } from '../fs/fs.ts';
import type { Index } from '../search/inverted-index.ts';
import type { Search } from '../search/search.ts';
import type { Database } from '../store/schema.ts';
import { searched } from './searched.ts';

const OF_CONTENTS: readonly Op['op'][] = ['put', 'edit', 'append', 'attr'];
const OF_FILES: readonly Op['op'][] = [...OF_CONTENTS, 'create'];

export type Finder = {
  search: Search;
  /** Load the index and keep it from here on. */
  open: () => Promise<Index>;
  /** The journal rolled back: what was staged is no more. */
  rolledBack: () => void;
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
  let kept: Index | undefined;

  const load = async (): Promise<{ index: Index; search: Search }> => {
    // The tree and the index are read side by side: neither needs the other before the first question.
    const whole = fs.whole();
    whole.catch(() => undefined); // Told below; the code may fail to load before.
    const [{ createIndex }, { createSearch }] = await Promise.all([
      import('../search/inverted-index.ts'),
      import('../search/search.ts'),
    ]);
    const files = searched(fs);
    const index = createIndex({ db, epoch, files, vector, setTimer });
    await Promise.all([whole, index.open()]);
    fs.onCommit(({ staged: { touched }, source }) => {
      // A move that another device made can put back, or aside, what it does not name.
      if (source === 'remote' && touched.some(({ op }) => !OF_FILES.includes(op))) index.again();
      const placed = touched.some(({ op }) => !OF_CONTENTS.includes(op));
      index.changed(
        touched.map(({ node }) => node.id),
        placed,
      );
    });
    kept = index;
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
    rolledBack: () => {
      kept?.again();
      // The tree is made again after this: whoever looked meanwhile looked at what is gone.
      void fs.whole().then(
        () => kept?.again(),
        () => undefined,
      );
    },
    stop: async () => (await loading)?.index.stop(),
  };
};

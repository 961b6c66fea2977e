/**
 * Live documents, loaded when a file is first opened or an earlier session left something unsealed: the editor's half of
 * the file system is not needed to show the cockpit.
 */
import type { Database } from '../store/schema.ts';
import type { Live, LiveOptions } from './live.ts';

/** The row that names files with a write-ahead buffer; written before the first keystroke. */
export const OPEN_KEY = 'live';

const leftOpen = async (db: Database): Promise<boolean> => {
  const ids = (await db.sys.get(OPEN_KEY))?.v;
  return Array.isArray(ids) && ids.length > 0;
};

export const createEditors = (options: LiveOptions): Live => {
  let loading: Promise<Live> | undefined;
  const live = (): Promise<Live> =>
    (loading ??= import('./live.ts').then(
      ({ createLive }) => createLive(options),
      (cause: unknown) => {
        // Offline before it was cached: the next file opened tries again.
        loading = undefined;
        throw cause;
      },
    ));
  return {
    open: async (...args) => (await live()).open(...args),
    sealAll: async () => (await loading)?.sealAll(),
    recover: async () => {
      if (await leftOpen(options.db)) await (await live()).recover();
    },
    stop: async () => (await loading)?.stop(),
  };
};

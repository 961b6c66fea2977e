/**
 * What stands at a path, followed: a folder, a file, or nothing (then what the history remembers of it). Content is not
 * read here; the pane that shows it does that.
 */
import type { Accessor } from 'solid-js';
import { ok, type Result } from '../../../kernel/protocol/errors.ts';
import type { Revision, Stat } from '../../../kernel/protocol/files.ts';
import { isUnder } from '../../../kernel/protocol/paths.ts';
import { useClient } from '../../client/context.ts';
import { createLive, literal, type Live } from '../../client/live.ts';

export type Opened =
  | { is: 'folder' }
  | { is: 'file'; stat: Stat }
  /** Nothing there now. `last` is the newest thing known of it, when it ever existed. */
  | { is: 'missing'; last?: Revision };

export const createOpened = (path: Accessor<string | undefined>): Live<Opened> => {
  const client = useClient();
  const load = async (): Promise<Result<Opened>> => {
    const now = path() ?? '/';
    const read = await client.stub.read(now, { length: 1 });
    if (read.ok) return ok({ is: 'file', stat: read.value.stat });
    // /proc has no type of its own for "that is a folder": asking for a list says so.
    if (read.error.code === 'EISDIR' || now === '/' || isUnder(now, '/proc')) {
      const listed = await client.stub.list(now, { limit: 1 });
      if (listed.ok) return ok({ is: 'folder' });
    }
    if (read.error.code !== 'ENOENT' && read.error.code !== 'EISDIR') return read;
    const past = await client.stub.list(now, { history: true, limit: 1 });
    const last = past.ok ? past.value.entries[0] : undefined;
    return ok({ is: 'missing', ...(last ? { last } : {}) });
  };
  return createLive(() => {
    const now = path();
    return now === undefined ? undefined : literal(now);
  }, load);
};

export type History = { entries: Revision[]; more: boolean };

const HISTORY_LIMIT = 1_000;

export const createHistory = (path: Accessor<string | undefined>): Live<History> => {
  const client = useClient();
  return createLive(
    () => {
      const now = path();
      return now === undefined ? undefined : literal(now);
    },
    async (): Promise<Result<History>> => {
      const listed = await client.stub.list(path() ?? '', { history: true, limit: HISTORY_LIMIT });
      return listed.ok ? ok({ entries: listed.value.entries, more: listed.value.cursor !== undefined }) : listed;
    },
  );
};

/**
 * For tests: a workspace in a Map behind the handle the compositor gets. Writes go in from the side and are told to
 * watchers at once; `calls` counts what was read; `hold` makes the next reads of a path wait until let go.
 */
import type { Actor } from '../../kernel/protocol/actor.ts';
import { err, ok } from '../../kernel/protocol/errors.ts';
import type { Revision, Stat, WatchEvent } from '../../kernel/protocol/files.ts';
import { isUnder, matcher, nameOf, segments, type Path } from '../../kernel/protocol/paths.ts';
import type { Stub } from '../../kernel/protocol/stub.ts';
import type { LiveHandle, Watch } from './handle.ts';

type Entry = { content: string; stat: Stat; run?: string };

export type FakeHandle = LiveHandle & {
  put: (path: Path, content: string, o?: { actor?: Actor; at?: string; run?: string }) => void;
  remove: (path: Path) => void;
  placed: () => void;
  /** The next read of `path` answers with what is there now, but only when the returned function is called. */
  hold: (path: Path) => () => void;
  calls: string[];
  watched: string[][];
};

export const fakeHandle = (files: Record<Path, string> = {}, pageSize = 10_000): FakeHandle => {
  const entries = new Map<Path, Entry>();
  const watchers = new Set<{ matches: (path: Path) => boolean; listener: Parameters<Watch>[1] }>();
  const held = new Map<Path, Promise<void>>();
  const calls: string[] = [];
  const watched: string[][] = [];
  let revision = 0;

  const tell = (event: WatchEvent): void => {
    for (const { matches, listener } of watchers) if (matches(event.path)) listener(event);
  };
  const put: FakeHandle['put'] = (path, content, o = {}) => {
    const { actor = 'agent:analyst', at = '2026-11-17T07:02:00.000Z', run } = o;
    const size = new TextEncoder().encode(content).length;
    const stat: Stat = { path, kind: 'file', size, revision: `dev.${++revision}`, actor, at, attrs: {} };
    entries.set(path, { content, stat, ...(run ? { run } : {}) });
    tell({ path, change: 'write', actor, source: 'local', revision: stat.revision });
  };
  for (const [path, content] of Object.entries(files)) put(path, content);

  const folders = (): Path[] =>
    [...entries.keys()].flatMap((path) =>
      segments(path)
        .slice(0, -1)
        .map((_, index, parts) => `/${parts.slice(0, index + 1).join('/')}`),
    );
  const folder = (path: Path): Stat => ({
    path,
    kind: 'dir',
    size: 0,
    revision: 'dev.0',
    actor: 'operator',
    at: '',
    attrs: {},
  });

  const list = ((path: Path, o: { depth?: number; history?: true; cursor?: string }) => {
    calls.push(`list ${path}`);
    const entry = entries.get(path);
    if (o.history) {
      if (!entry) return Promise.resolve(err('ENOENT', `There is no ${path}.`));
      const { stat, run } = entry;
      const newest: Revision = {
        id: stat.revision,
        path,
        op: 'put',
        actor: stat.actor,
        at: stat.at,
        message: 'why',
        size: stat.size,
        hash: '',
        ...(run ? { run } : {}),
      };
      return Promise.resolve(ok({ entries: [newest] }));
    }
    const all = [...new Set(folders())].map(folder).concat([...entries.values()].map(({ stat }) => stat));
    if (!all.some((stat) => stat.path === path)) return Promise.resolve(err('ENOENT', `There is no ${path}.`));
    const depth = (stat: Stat): number => segments(stat.path).length - segments(path).length;
    const below = all.filter((stat) => stat.path !== path && isUnder(stat.path, path) && depth(stat) <= (o.depth ?? 1));
    const from = Number(o.cursor ?? 0);
    const next = from + pageSize;
    return Promise.resolve(
      ok({ entries: below.slice(from, next), ...(next < below.length ? { cursor: String(next) } : {}) }),
    );
  }) as Stub['list'];

  return {
    list,
    read: async (path, o = {}) => {
      calls.push(`read ${path}`);
      const entry = entries.get(path);
      await held.get(path);
      if (!entry) return err('ENOENT', `There is no ${path}.`);
      const { content, stat } = entry;
      const [from, to] = [o.offset ?? 0, (o.offset ?? 0) + (o.length ?? Infinity)];
      if (o.as === 'bytes') return ok({ content: new TextEncoder().encode(content).slice(from, to), stat });
      return ok({ content: content.slice(from, to), stat });
    },
    search: () => Promise.resolve(ok({ hits: [], total: 0 })),
    watch: (patterns, listener) => {
      watched.push([...patterns]);
      const watcher = { matches: matcher(patterns), listener };
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    put,
    remove: (path) => {
      entries.delete(path);
      tell({ path, change: 'remove', actor: 'operator', source: 'local' });
    },
    placed: () => {
      for (const { listener } of watchers) listener('placed');
    },
    hold: (path) => {
      let release = (): void => {};
      held.set(path, new Promise((done) => (release = done)));
      return () => {
        held.delete(path);
        release();
      };
    },
    calls,
    watched,
  };
};

export const statOf = (path: Path, more: Partial<Stat> = {}): Stat => ({
  path,
  kind: 'file',
  size: 0,
  revision: `r ${nameOf(path)}`,
  actor: 'operator',
  at: '2026-11-17T07:02:00.000Z',
  attrs: {},
  ...more,
});

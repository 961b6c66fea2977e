/**
 * The typed face of the kernel, over anything that can carry `(name, args) → Result`: a worker port, or the gate itself.
 * The page's `allod`, an agent's tools and a daemon all hold one of these, so all make the same syscalls.
 */
import type { Result } from './errors.ts';
import type { Change } from './files.ts';
import type { Args, CallName, HistoryValue, ListValue, Values } from './syscalls.ts';

export type Call = <N extends CallName>(name: N, args: Args<N>) => Promise<Result<Values[N]>>;

type ListOptions = Omit<Args<'list'>, 'path' | 'history'>;

export type Stub = {
  /** Any row of the table by name; a name that has no row answers ENOSYS. */
  call: (name: string, args?: unknown) => Promise<Result<unknown>>;
  read: (path: string, o?: Omit<Args<'read'>, 'path'>) => Promise<Result<Values['read']>>;
  list: {
    (path: string, o: ListOptions & { history: true }): Promise<Result<HistoryValue>>;
    (path: string, o?: ListOptions): Promise<Result<ListValue>>;
  };
  search: (query: string, o?: Omit<Args<'search'>, 'query'>) => Promise<Result<Values['search']>>;
  write: (changes: Change[], o: { message: string }) => Promise<Result<Values['write']>>;
  propose: (p: Args<'propose'>) => Promise<Result<Values['propose']>>;
  fire: (target: Args<'fire'>['target'], o?: Omit<Args<'fire'>, 'target'>) => Promise<Result<Values['fire']>>;
  blame: (path: string) => Promise<Result<Values['blame']>>;
};

/** The read-only half, which is all the compositor ever holds. */
export type ReadHandle = Pick<Stub, 'read' | 'list' | 'search'>;

export const stubOver = (call: Call): Stub => ({
  call: (name, args = {}) => call(name as CallName, args as never),
  read: (path, o) => call('read', { path, ...o }),
  list: ((path: string, o?: ListOptions & { history?: true }) => call('list', { path, ...o })) as Stub['list'],
  search: (query, o) => call('search', { query, ...o }),
  write: (changes, o) => call('write', { changes, message: o?.message }),
  propose: (p) => call('propose', p),
  fire: (target, o) => call('fire', { target, ...o }),
  blame: (path) => call('blame', { path }),
});

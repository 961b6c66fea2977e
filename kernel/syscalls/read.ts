/** read, list, search, blame: reads never queue; only another agent's private memory is closed. */
import { err, type Result } from '../protocol/errors.ts';
import { PROC } from '../protocol/capability.ts';
import { isUnder, type Path } from '../protocol/paths.ts';
import { decideRead } from '../policy/decide.ts';
import type { Caller, Handler } from './kernel.ts';
import { noteRead } from './taint.ts';

const refusal = (caller: Caller, path: Path): Result<never> | undefined => {
  const verdict = decideRead(caller.actor, path);
  return verdict.verdict === 'deny' ? err(verdict.code, verdict.reason, { path }) : undefined;
};

export const read: Handler<'read'> = async (kernel, caller, { path, ...options }) => {
  const refused = refusal(caller, path);
  if (refused) return refused;
  if (isUnder(path, PROC)) return kernel.proc.read(path);
  const found = await kernel.fs.read(path, options);
  // A file may have gone from here into somebody's private memory: what it became there is private too.
  const gone = found.ok ? refusal(caller, found.value.stat.path) : undefined;
  if (gone) return gone;
  if (found.ok) noteRead(kernel, caller, found.value.stat);
  return found;
};

export const list: Handler<'list'> = async (kernel, caller, { path, history, ...options }) => {
  const refused = refusal(caller, path);
  if (refused) return refused;
  if (isUnder(path, PROC)) return kernel.proc.list(path);
  const mayRead = (entry: { path: Path }): boolean => decideRead(caller.actor, entry.path).verdict === 'apply';
  if (history) {
    const listed = await kernel.fs.history(path, options);
    return listed.ok ? { ok: true, value: { ...listed.value, entries: listed.value.entries.filter(mayRead) } } : listed;
  }
  const listed = await kernel.fs.list(path, options);
  if (!listed.ok) return listed;
  const entries = listed.value.entries.filter(mayRead);
  // /proc has no rows of its own: it shows at the root all the same.
  const proc =
    path === '/'
      ? {
          path: PROC,
          kind: 'dir' as const,
          size: 0,
          revision: 'live',
          actor: 'daemon:kernel' as const,
          at: new Date(kernel.now()).toISOString(),
          attrs: {},
        }
      : undefined;
  return { ok: true, value: { ...listed.value, entries: proc ? [...entries, proc] : entries } };
};

export const search: Handler<'search'> = async (kernel, caller, { query, actor, since, until, ...options }) => {
  const from = since === undefined ? -Infinity : Date.parse(since);
  const to = until === undefined ? Infinity : Date.parse(until);
  if (Number.isNaN(from) || Number.isNaN(to)) return err('EINVAL', '`since` and `until` are ISO dates.');
  const filtered = actor !== undefined || since !== undefined || until !== undefined;
  const found = await kernel.search(query, {
    ...options,
    ...(filtered ? { made: { actor, since: from, until: to } } : {}),
    visible: (path) => decideRead(caller.actor, path).verdict === 'apply',
  });
  if (found.ok) for (const { path } of found.value.hits) noteRead(kernel, caller, kernel.fs.stat(path));
  return found;
};

export const blame: Handler<'blame'> = async (kernel, caller, { path }) =>
  refusal(caller, path) ?? kernel.fs.blame(path);

/** read, list, search, blame: reads never queue; only another agent's private memory is closed. */
import { err, type Result } from '../protocol/errors.ts';
import { PROC } from '../protocol/capability.ts';
import { isUnder, type Path } from '../protocol/paths.ts';
import { decideRead } from '../policy/decide.ts';
import type { Caller, Handler } from './kernel.ts';

const refusal = (caller: Caller, path: Path): Result<never> | undefined => {
  const verdict = decideRead(caller.actor, path);
  return verdict.verdict === 'deny' ? err(verdict.code, verdict.reason, { path }) : undefined;
};

export const read: Handler<'read'> = async (kernel, caller, { path, ...options }) =>
  refusal(caller, path) ?? (isUnder(path, PROC) ? kernel.proc.read(path) : kernel.fs.read(path, options));

export const list: Handler<'list'> = async (kernel, caller, { path, history, ...options }) => {
  const refused = refusal(caller, path);
  if (refused) return refused;
  if (isUnder(path, PROC)) return kernel.proc.list(path);
  if (history) return kernel.fs.history(path, options);
  const listed = await kernel.fs.list(path, options);
  if (!listed.ok) return listed;
  const entries = listed.value.entries.filter((stat) => decideRead(caller.actor, stat.path).verdict === 'apply');
  // /proc has no rows of its own: it shows at the root all the same.
  const proc = path === '/' ? { path: PROC, kind: 'dir' as const, size: 0, revision: 'live', actor: 'daemon:kernel' as const, at: new Date(kernel.now()).toISOString(), attrs: {} } : undefined;
  return { ok: true, value: { ...listed.value, entries: proc ? [...entries, proc] : entries } };
};

export const search: Handler<'search'> = async (kernel, caller, { query, ...options }) => {
  if (options.history) return err('ENOSYS', 'Searching former versions is not built yet. Leave history out to search what is there now.');
  const found = await kernel.search(query, options);
  if (!found.ok) return found;
  const hits = found.value.hits.filter((hit) => decideRead(caller.actor, hit.path).verdict === 'apply');
  return { ok: true, value: { hits, total: found.value.total - (found.value.hits.length - hits.length) } };
};

export const blame: Handler<'blame'> = async (kernel, caller, { path }) => refusal(caller, path) ?? kernel.fs.blame(path);

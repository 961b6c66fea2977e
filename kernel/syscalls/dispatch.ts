/**
 * The gate. Every call of every caller passes here: looked up, parsed, authorised, handled, logged.
 * The caller is fixed by the port it came through; nothing in the arguments can change it. A bug behind the gate ends
 * the process that asked and leaves the kernel standing.
 */
import { err, ok, SysFailure, type Result } from '../protocol/errors.ts';
import { parsePath } from '../protocol/paths.ts';
import { CALLS, isCall, type CallName } from '../protocol/syscalls.ts';
import type { Caller, Handler, Kernel } from './kernel.ts';
import { HANDLERS } from './table.ts';

const PATH_FIELDS = ['path', 'under', 'from', 'to', 'cwd'] as const;

/** [F1] One spelling per path: every path in the arguments is parsed and normalised before a handler sees it. */
const withPaths = (args: unknown): Result<unknown> => {
  if (args === null || typeof args !== 'object' || args instanceof Uint8Array) return ok(args);
  const out: Record<string, unknown> = { ...args };
  for (const field of PATH_FIELDS) {
    const value = out[field];
    if (typeof value !== 'string') continue;
    const parsed = parsePath(value);
    if (!parsed.ok) return parsed;
    out[field] = parsed.value;
  }
  if (Array.isArray(out['changes'])) {
    const changes: unknown[] = [];
    for (const change of out['changes']) {
      const parsed = withPaths(change);
      if (!parsed.ok) return parsed;
      changes.push(parsed.value);
    }
    out['changes'] = changes;
  }
  return ok(out);
};

/** Schema first, then paths: what a handler gets is what the table promises. */
const parse = (name: CallName, args: unknown): Result<unknown> => {
  const parsed = CALLS[name].schema.safeParse(args ?? {});
  if (parsed.success) return withPaths(parsed.data);
  const issue = parsed.error.issues[0];
  const where = issue && issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
  return err('EINVAL', `${where}${issue?.message ?? 'the arguments do not have the shape this call takes'}`);
};

/** The first path a call is about, as the caller wrote it. */
const pathIn = (args: unknown): string | undefined => {
  if (args === null || typeof args !== 'object') return undefined;
  for (const field of ['path', 'from', 'target'] as const) {
    const value = (args as Record<string, unknown>)[field];
    if (typeof value === 'string') return value;
  }
  return 'changes' in args && Array.isArray(args.changes) ? pathIn(args.changes[0]) : undefined;
};

/** Answered while the kernel still settles what an earlier session left: they read what they need themselves. */
const SOON: readonly CallName[] = ['read', 'list', 'search', 'watch', 'unwatch'];

const mayCall = (name: CallName, caller: Caller): boolean => {
  const { callers } = CALLS[name];
  return callers === 'any' || (callers === 'operator' ? caller.actor === 'operator' : caller.run !== '');
};

const answer = async (kernel: Kernel, caller: Caller, name: string, args: unknown): Promise<Result<unknown>> => {
  if (!isCall(name))
    return err(
      'ENOSYS',
      `There is no call named "${name}". What is not listed is refused as if it could not be undone.`,
    );
  try {
    const parsed = parse(name, args);
    if (!parsed.ok) return parsed;
    if (!mayCall(name, caller))
      return err(
        'EACCES',
        `Only ${CALLS[name].callers === 'operator' ? 'the operator' : 'a running process'} may call ${name}.`,
      );
    // [R3] Whatever of a killed run is still under way does nothing more; it may say how it ended.
    if (caller.run !== '' && caller.signal.aborted && name !== 'log' && name !== 'live') {
      return err('ECANCELED', 'This run was stopped, so nothing more is done for it.');
    }
    if (kernel.starting && !SOON.includes(name)) await kernel.starting();
    return await (HANDLERS[name] as Handler<CallName>)(kernel, caller, parsed.value as never);
  } catch (cause) {
    if (cause instanceof SysFailure) return { ok: false, error: cause.error };
    console.error(`panic in ${name}`, cause);
    if (caller.run !== '') kernel.processes.kill(caller.run);
    return err(
      'EIO',
      `The kernel hit a bug in ${name}; nothing of this call was kept. ${cause instanceof Error ? cause.message : ''}`.trim(),
    );
  }
};

export const dispatch = async (
  kernel: Kernel,
  caller: Caller,
  name: string,
  args: unknown,
): Promise<Result<unknown>> => {
  const started = kernel.now();
  const result = await answer(kernel, caller, name, args);
  const path = result.ok ? pathIn(args) : (result.error.path ?? pathIn(args));
  kernel.proc.note({
    at: new Date(started).toISOString(),
    actor: caller.actor,
    run: caller.run,
    call: name,
    ms: kernel.now() - started,
    ...(result.ok ? {} : { code: result.error.code }),
    ...(path ? { path } : {}),
  });
  return result.ok ? result : { ok: false, error: { ...result.error, call: name } };
};

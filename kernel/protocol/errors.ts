/**
 * Errors as plain data, so that they cross workers unchanged.
 * Every call answers `Result<T>`: a value, or a `SysError` whose code is from a closed union of POSIX names.
 * A bug is not a SysError: it panics, is caught only in `syscalls/dispatch`, and ends that process alone.
 */

export const ERROR_CODES = [
  'ENOENT',
  'EEXIST',
  'EISDIR',
  'ENOTDIR',
  'ENOTEMPTY',
  'EACCES',
  'EROFS',
  'EINVAL',
  'ENOSYS',
  'EAGAIN',
  'EBUSY',
  'ENOSPC',
  'EDQUOT',
  'ESTALE',
  'EBADMSG',
  'EPROTO',
  'ETIMEDOUT',
  'ECANCELED',
  'EIO',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What went wrong, where, and (in `message`) what to do about it. `detail` is plain data for programs. */
export type SysError = {
  code: ErrorCode;
  call: string;
  path?: string;
  message: string;
  detail?: Record<string, unknown>;
};

export type Ok<T> = { ok: true; value: T };
export type Err = { ok: false; error: SysError };
export type Result<T> = Ok<T> | Err;

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });

/** A refusal. `call` may be left empty inside a room: dispatch writes the real call's name. */
export const err = (code: ErrorCode, message: string, more: Partial<Omit<SysError, 'code' | 'message'>> = {}): Err => ({
  ok: false,
  error: { code, call: '', message, ...more },
});

/** Carries a SysError through code that can only throw (a transaction, a stream). Turned back at the room's edge. */
export class SysFailure extends Error {
  readonly error: SysError;
  constructor(error: SysError) {
    super(`${error.code}: ${error.message}`);
    this.name = 'SysFailure';
    this.error = error;
  }
}

export const fail = (
  code: ErrorCode,
  message: string,
  more: Partial<Omit<SysError, 'code' | 'message'>> = {},
): never => {
  throw new SysFailure({ code, call: '', message, ...more });
};

/** The value, or a thrown SysFailure: for callers that have no better answer than to stop. */
export const must = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  throw new SysFailure(result.error);
};

/**
 * Errors in the shape that shell commands expect: `CODE: what, operation 'path'`. Commands look at the code's name in
 * the message, so a kernel refusal keeps its words and puts its code first.
 */
import type { SysError } from '../protocol/errors.ts';

const WORDS: Record<string, string> = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file already exists',
  EISDIR: 'illegal operation on a directory',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  EINVAL: 'invalid argument',
  EROFS: 'read-only file system',
  ENOSYS: 'not supported here',
};

export const posixError = (code: string, operation: string, path: string, why?: string): Error =>
  new Error(`${code}: ${why ?? WORDS[code] ?? 'failed'}, ${operation} '${path}'`);

export const fromSys = (error: SysError, operation: string, path: string): Error =>
  posixError(error.code, operation, error.path ?? path, WORDS[error.code] ? undefined : error.message);

/** One line about a refusal, for stderr. */
export const sayError = (error: SysError): string =>
  `${error.code}${error.path ? ` ${error.path}` : ''}: ${error.message}`;

/**
 * Paths: absolute, NFC, `/`-separated. One spelling per file, so that a path can be compared as a string.
 * Contract: every path that enters the kernel passes `parsePath` once, at the gate; inside, a `Path` is trusted.
 */
import { err, ok, type Result } from './errors.ts';

/** A canonical absolute path, such as `/workspace/inbox/a.md`. The root is `/`. */
export type Path = string & { readonly __path?: never };

const SEGMENT_BYTES = 255;
const PATH_BYTES = 1024;
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused here
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** UTF-8 length without building the bytes. */
export const utf8Length = (text: string): number => {
  let bytes = 0;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
};

/** Why `name` cannot be one segment of a path; undefined when it can. */
export const segmentProblem = (name: string): string | undefined => {
  if (name === '') return 'an empty segment (two slashes in a row, or one at the end)';
  if (name === '.' || name === '..') return `"${name}" as a segment: write the path out`;
  if (name.includes('/')) return 'a slash inside a segment';
  if (CONTROL.test(name)) return 'a control character';
  if (!name.isWellFormed()) return 'text that is not well-formed Unicode';
  if (utf8Length(name) > SEGMENT_BYTES) return `a segment longer than ${SEGMENT_BYTES} bytes`;
  return undefined;
};

/** Parse and normalise (NFC) an absolute path; `EINVAL` says what is wrong with it. */
export const parsePath = (input: string): Result<Path> => {
  if (input === '/') return ok('/');
  if (!input.startsWith('/')) {
    return err('EINVAL', `"${input}" is not absolute. Start it with /, for example /workspace/${input}`, {
      path: input,
    });
  }
  const path = input.normalize('NFC');
  for (const segment of path.slice(1).split('/')) {
    const problem = segmentProblem(segment);
    if (problem) return err('EINVAL', `This path has ${problem}.`, { path: input });
  }
  if (utf8Length(path) > PATH_BYTES)
    return err('EINVAL', `This path is longer than ${PATH_BYTES} bytes.`, { path: input });
  return ok(path);
};

export const segments = (path: Path): string[] => (path === '/' ? [] : path.slice(1).split('/'));
export const parentOf = (path: Path): Path => path.slice(0, Math.max(1, path.lastIndexOf('/')));
export const nameOf = (path: Path): string => path.slice(path.lastIndexOf('/') + 1);
export const join = (base: Path, name: string): Path => (base === '/' ? `/${name}` : `${base}/${name}`);

/** Is `path` the folder itself or anywhere below it? */
export const isUnder = (path: Path, folder: Path): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`);

export { matcher } from './glob.ts';

/**
 * A bundle's file as text, within a limit: manifests are small, and parsing a huge one is how a parser is made to hang.
 */
import { decodeText } from '../protocol/bytes.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Files } from './unzip.ts';

export type TextReader = (path: string) => Result<string>;

const KIB = 1024;
/** YAML with many keys takes quadratic time, so YAML files are held short; a role is mostly prose, so it may be longer. */
export const MAX_YAML = 64 * KIB;
const MAX_OTHER = 1024 * KIB;

/** How many characters of it are YAML: all of a YAML file, the front matter of a Markdown file. */
export const yamlLength = (path: string, text: string): number => {
  if (/\.ya?ml$/.test(path)) return text.length;
  if (!path.endsWith('.md') || !text.startsWith('---')) return 0;
  const close = text.indexOf('\n---', 3);
  return close === -1 ? text.length : close;
};

export const textReader =
  (files: Files): TextReader =>
  (path) => {
    const bytes = files.get(path);
    if (!bytes) return err('ENOENT', `${path} is not in the bundle.`);
    if (bytes.length > MAX_OTHER)
      return err('EINVAL', `${path}: is ${bytes.length} bytes; at most ${MAX_OTHER} are read.`);
    const text = decodeText(bytes);
    if (text === undefined) return err('EINVAL', `${path}: is not UTF-8 text.`);
    const yaml = yamlLength(path, text);
    if (yaml > MAX_YAML)
      return err('EINVAL', `${path}: holds ${yaml} characters of YAML; at most ${MAX_YAML} are read.`);
    return ok(text);
  };

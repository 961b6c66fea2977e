/**
 * `program: <name>` in a forked role's or job's front matter: how the kernel knows what belongs to a program.
 * Contract: one line more, below the opening ---, in the file's own line ending; every other byte stays. The same
 * bundle gives the same bytes on every device.
 */
import { stringify } from 'yaml';
import { parseFrontMatter } from '../protocol/formats/document.ts';
import { err, ok, type Result } from '../protocol/errors.ts';
import type { Path } from '../protocol/paths.ts';
import { MAX_YAML, yamlLength } from './text-reader.ts';

/** The program a role or job says it belongs to. */
export const programOf = (file: Path, text: string): string | undefined => {
  const parsed = yamlLength(file, text) <= MAX_YAML ? parseFrontMatter(file, text) : undefined;
  const data = parsed?.ok ? parsed.value.data : undefined;
  const program = data !== null && typeof data === 'object' && 'program' in data ? data.program : undefined;
  return typeof program === 'string' ? program : undefined;
};

export const stampProgram = (file: Path, text: string, name: string): Result<string> => {
  const there = programOf(file, text);
  if (there === name) return ok(text);
  if (there !== undefined) return err('EINVAL', `${file}: says it belongs to the program "${there}".`, { path: file });
  const opening = /^---[ \t]*(\r?\n)/.exec(text);
  const stamped = opening
    ? `${opening[0]}program: ${stringify(name).trim()}${opening[1] ?? '\n'}${text.slice(opening[0].length)}`
    : text;
  if (programOf(file, stamped) === name) return ok(stamped);
  return err(
    'EINVAL',
    `${file}: its front matter must be plain "key: value" lines between two lines of ---, without a program of its own.`,
    { path: file },
  );
};

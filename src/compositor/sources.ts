/**
 * Which files a `file` or `glob` binding means, and which paths to watch for it. `{date}` is today where the operator
 * is; `{latest}` is the greatest name in its folder. Patterns are the protocol's own, so a binding, a watch and a grant
 * read the same way.
 */
import type { Stat } from '../../kernel/protocol/files.ts';
import type { SysError } from '../../kernel/protocol/errors.ts';
import type { Binding } from '../../kernel/protocol/formats/surfaces.ts';
import { PROPOSALS, RUNS } from '../../kernel/protocol/formats/records.ts';
import { join, matcher, nameOf, type Path } from '../../kernel/protocol/paths.ts';
import type { ReadHandle } from '../../kernel/protocol/stub.ts';

const PAGE = 10_000;
const MAX_ENTRIES = 20_000;
const DEEPEST = 64;
const MAGIC = /[*?{]/;
const PLACEHOLDER = /\{(?:latest|date)\}/g;

export type Found = { stats: Stat[]; error?: SysError; cut?: boolean };

/** A path as a pattern that surely matches it. Patterns have no escapes, so an odd name may be woken by its like. */
export const literally = (path: string): string => path.replace(/[{}]/g, '?');

const isAbsence = (error: SysError): boolean => error.code === 'ENOENT' || error.code === 'ENOTDIR';

/** Everything below a folder, page by page. A folder that is not there holds nothing. */
export const listBelow = async (handle: ReadHandle, folder: Path, depth: number): Promise<Found> => {
  const stats: Stat[] = [];
  let cursor: string | undefined;
  do {
    const page = await handle.list(folder, { depth, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    if (!page.ok) return isAbsence(page.error) ? { stats } : { stats, error: page.error };
    stats.push(...page.value.entries);
    cursor = page.value.cursor;
  } while (cursor !== undefined && stats.length < MAX_ENTRIES);
  return { stats, cut: cursor !== undefined };
};

const byPath = (a: Stat, b: Stat): number => (a.path < b.path ? -1 : 1);

/** The folder a pattern cannot leave, and how many levels below it the pattern reaches. */
export const reach = (pattern: string): { folder: Path; depth: number } => {
  const parts = pattern.slice(1).split('/');
  const magic = parts.findIndex((part) => MAGIC.test(part));
  const fixed = parts.slice(0, magic === -1 ? parts.length - 1 : Math.min(magic, parts.length - 1));
  // Braces may hide a slash, and with it a level.
  const unbounded = pattern.includes('**') || /\{.*\/.*\}/.test(pattern);
  return { folder: `/${fixed.join('/')}`, depth: unbounded ? DEEPEST : parts.length - fixed.length };
};

export const withDate = (path: string, date: string): string => path.replaceAll('{date}', date);

/** Every file a pattern matches, by path. */
export const globbed = async (handle: ReadHandle, pattern: string): Promise<Found> => {
  const { folder, depth } = reach(pattern);
  const below = await listBelow(handle, folder, depth);
  const matches = matcher(pattern);
  return { ...below, stats: below.stats.filter(({ kind, path }) => kind === 'file' && matches(path)).toSorted(byPath) };
};

/** The path with `{latest}` filled in, level by level; undefined when a level has no match. */
export const latest = async (handle: ReadHandle, path: string): Promise<{ path?: Path; error?: SysError }> => {
  const parts = path.slice(1).split('/');
  let here: Path = '/';
  for (const [index, part] of parts.entries()) {
    const [before, ...rest] = part.split('{latest}');
    if (before === undefined || rest.length === 0) {
      here = join(here, part);
      continue;
    }
    const after = rest.join('{latest}');
    const wanted = index === parts.length - 1 ? 'file' : 'dir';
    const { stats, error } = await listBelow(handle, here, 1);
    if (error) return { error };
    const names = stats
      .filter(({ kind }) => kind === wanted)
      .map((stat) => nameOf(stat.path))
      .filter((name) => name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after));
    const greatest = names.reduce((best, name) => (name > best ? name : best), '');
    if (greatest === '') return {};
    here = join(here, greatest);
  }
  return { path: here };
};

/** A path or pattern and the folders above it: moving or removing a folder is told of the folder alone. */
const andAbove = (pattern: string): string[] => {
  const parts = pattern.slice(1).split('/');
  const globstar = parts.indexOf('**');
  const last = globstar === -1 ? parts.length : globstar;
  return [pattern, ...parts.slice(0, last).map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)].filter(
    (each, index, all) => all.indexOf(each) === index,
  );
};

/** The patterns whose changes may change what a binding gives. */
export const dependsOn = (binding: Binding): string[] => {
  if ('proposals' in binding) return [`${PROPOSALS}/*.json`];
  if ('runs' in binding) return [`${RUNS}/*/*.jsonl`];
  if ('glob' in binding) return andAbove(binding.glob.replaceAll('{date}', '*'));
  // Split on the placeholders first: their braces are not part of a name.
  return andAbove(binding.file.split(PLACEHOLDER).map(literally).join('*'));
};

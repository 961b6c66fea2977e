/**
 * A panel's binding → the rows behind it, read through a handle that can only read. Never throws and never half-fails:
 * what cannot be read or parsed is a problem with its file and line beside the rows that could. The order is: read,
 * where, sort, value, limit, group.
 */
import type { Stat } from '../../kernel/protocol/files.ts';
import type { Binding, Panel } from '../../kernel/protocol/formats/surfaces.ts';
import { PROPOSALS, RUNS } from '../../kernel/protocol/formats/records.ts';
import type { Path } from '../../kernel/protocol/paths.ts';
import { isOfTheFile } from '../widgets/cell.ts';
import type { PanelData, Problem, Row } from '../widgets/widget.ts';
import { today } from '../widgets/words.ts';
import type { As, Decoded } from './decode.ts';
import type { Reader } from './reader.ts';
import { byNeed, wantedProposal, wantedRun } from './records.ts';
import { filterRows, groupRows, parseSort, sortRows, valueOf } from './rows.ts';
import { globbed, latest, listBelow, withDate, type Found } from './sources.ts';

const MAX_FILES = 1000;
const MAX_RUNS = 100;
const RUN_DAYS = 7;
const ROWS = 200;
const DOCUMENTS = 10;
const BATCH = 32;

/** What a binding gives before any operator is applied. */
export type Bound = { rows: Row[]; problems: Problem[]; missing?: string };

const extension = (path: string): string => /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
const BY_EXTENSION: Record<string, As> = { csv: 'csv', json: 'json', jsonl: 'jsonl', yaml: 'yaml', yml: 'yaml' };

/** Does the panel speak of anything that only the content can answer? */
const namesContent = ({ columns = [], sort, group, value, bind }: Panel): boolean => {
  const where = 'where' in bind ? Object.keys(bind.where ?? {}) : [];
  const sorts = [sort, 'sort' in bind ? bind.sort : undefined].filter((spec) => spec !== undefined);
  const reckoned = Object.values(value ?? {}).filter((column) => typeof column === 'string');
  return [
    ...columns,
    ...where,
    ...sorts.map((spec) => parseSort(spec).column),
    ...(group ? [group] : []),
    ...reckoned,
  ].some((column) => !isOfTheFile(column) && !['name', 'path', 'size'].includes(column));
};

/** How to read files when the panel does not say: by extension; other files as text, or in a glob as files. */
export const defaultAs = (panel: Panel): As => {
  const { bind } = panel;
  if (!('file' in bind || 'glob' in bind)) return 'json';
  const path = 'file' in bind ? bind.file : bind.glob;
  if (bind.as) return bind.as;
  if (panel.widget === 'markdown') return BY_EXTENSION[extension(path)] ?? 'text';
  if ('file' in bind) return BY_EXTENSION[extension(path)] ?? (namesContent(panel) ? 'front' : 'text');
  return BY_EXTENSION[extension(path)] ?? (namesContent(panel) ? 'front' : 'files');
};

const newest = (a: Stat, b: Stat): number => (a.at > b.at ? -1 : a.at < b.at ? 1 : a.path < b.path ? -1 : 1);

/** In batches, so that a wide glob does not put a thousand calls on the wire at once. */
const readAll = async (stats: readonly Stat[], read: (stat: Stat) => Promise<Decoded>): Promise<Decoded[]> => {
  const all: Decoded[] = [];
  for (let at = 0; at < stats.length; at += BATCH)
    all.push(...(await Promise.all(stats.slice(at, at + BATCH).map(read))));
  return all;
};

const joined = (parts: readonly Decoded[], before: Problem[] = []): Bound => ({
  rows: parts.flatMap(({ rows }) => rows),
  problems: [...before, ...parts.flatMap(({ problems }) => problems)],
});

/** Only so many files are read: the newest, with a word about the rest. */
const capped = (path: Path, found: Found, most: number): { stats: Stat[]; problems: Problem[] } => {
  const problems: Problem[] = found.error ? [{ path, message: found.error.message }] : [];
  const many = found.stats.length > most;
  if (many) problems.push({ path, message: `matches ${found.stats.length} files; the ${most} newest are read.` });
  else if (found.cut) problems.push({ path, message: 'covers more entries than a panel lists. Narrow the pattern.' });
  if (!many) return { stats: found.stats, problems };
  const chosen = new Set(found.stats.toSorted(newest).slice(0, most));
  return { stats: found.stats.filter((stat) => chosen.has(stat)), problems };
};

const bindFile = async (
  reader: Reader,
  bind: Extract<Binding, { file: string }>,
  as: As,
  date: string,
): Promise<Bound> => {
  const wanted = withDate(bind.file, date);
  const { path, error } = wanted.includes('{latest}') ? await latest(reader.handle, wanted) : { path: wanted };
  if (error) return { rows: [], problems: [{ path: wanted, message: error.message }] };
  const decoded = path === undefined ? undefined : await reader.file(path, as, bind.at);
  return decoded ?? { rows: [], problems: [], missing: wanted };
};

const bindGlob = async (
  reader: Reader,
  bind: Extract<Binding, { glob: string }>,
  as: As,
  date: string,
): Promise<Bound> => {
  const pattern = withDate(bind.glob, date);
  const found = await globbed(reader.handle, pattern);
  const { stats, problems } = capped(pattern, found, as === 'files' ? Infinity : MAX_FILES);
  const bound = joined(await readAll(stats, (stat) => reader.rows(stat, as, bind.at)), problems);
  return stats.length === 0 && !found.error ? { ...bound, missing: pattern } : bound;
};

const bindProposals = async (reader: Reader, bind: Extract<Binding, { proposals: object }>): Promise<Bound> => {
  const listed = await listBelow(reader.handle, PROPOSALS, 1);
  const files = listed.stats.filter(({ kind, path }) => kind === 'file' && path.endsWith('.json'));
  const { stats, problems } = capped(PROPOSALS, { ...listed, stats: files }, MAX_FILES);
  const { rows, problems: all } = joined(await readAll(stats, reader.proposal), problems);
  const wanted = wantedProposal(bind.proposals);
  const sorted = rows
    .flatMap((row) => (row.proposal && wanted(row.proposal) ? [{ row, proposal: row.proposal }] : []))
    .toSorted((a, b) => byNeed(a.proposal, b.proposal));
  return { rows: sorted.map(({ row }) => row), problems: all };
};

const bindRuns = async (reader: Reader, bind: Extract<Binding, { runs: object }>): Promise<Bound> => {
  const days = await listBelow(reader.handle, RUNS, 1);
  const recent = days.stats
    .filter(({ kind }) => kind === 'dir')
    .map(({ path }) => path)
    .toSorted()
    .slice(-RUN_DAYS);
  const files = (await Promise.all(recent.map((day) => listBelow(reader.handle, day, 1)))).flatMap(
    ({ stats }) => stats,
  );
  const runs = files.filter(({ kind, path }) => kind === 'file' && path.endsWith('.jsonl'));
  const { stats, problems } = capped(RUNS, { ...days, stats: runs }, MAX_RUNS);
  const wanted = wantedRun(bind.runs);
  const parts = await readAll(stats, async (stat) => {
    const run = await reader.run(stat);
    return { rows: run && wanted(run) ? [{ data: run.data, stat }] : [], problems: [] };
  });
  const bound = joined(parts, problems);
  return { ...bound, rows: sortRows(bound.rows, '-at') };
};

/** Everything a binding names, in its natural order: by path and line; proposals by need; runs newest first. */
export const bind = async (reader: Reader, panel: Panel, now: number): Promise<Bound> => {
  const { bind: binding } = panel;
  if ('proposals' in binding) return bindProposals(reader, binding);
  if ('runs' in binding) return bindRuns(reader, binding);
  const as = defaultAs(panel);
  return 'file' in binding ? bindFile(reader, binding, as, today(now)) : bindGlob(reader, binding, as, today(now));
};

const sourcesOf = (rows: readonly Row[]): Stat[] =>
  [...new Map(rows.map(({ stat }) => [stat.path, stat])).values()].toSorted(newest);

/** All a widget needs to draw a panel. */
export const evaluate = async (reader: Reader, panel: Panel, now: number): Promise<PanelData> => {
  const { bind: binding } = panel;
  const { rows, problems, missing } = await bind(reader, panel, now);
  const kept = 'where' in binding && binding.where ? filterRows(rows, binding.where) : rows;
  const sort = ('sort' in binding ? binding.sort : undefined) ?? panel.sort;
  const sorted = sort ? sortRows(kept, sort) : kept;
  const shown = sorted.slice(0, binding.limit ?? (panel.widget === 'markdown' ? DOCUMENTS : ROWS));
  const ask = panel.value ?? (panel.widget === 'metric' ? { count: true as const } : undefined);
  return {
    rows: shown,
    total: sorted.length,
    ...(panel.group ? { groups: groupRows(shown, panel.group) } : {}),
    ...(ask ? { value: valueOf(sorted, ask) } : {}),
    sources: sourcesOf(sorted),
    problems,
    ...(missing === undefined ? {} : { missing }),
    at: now,
  };
};

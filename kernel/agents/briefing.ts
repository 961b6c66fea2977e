/**
 * What an agent is told of before it starts, read through its own handle and bounded: what its memory holds, how its last
 * runs and proposals ended, what came of them, and where things lie. A part that cannot be read is left out.
 */
import type { Stat } from '../protocol/files.ts';
import { parseRun, PROPOSALS, RUNS, type Proposal } from '../protocol/formats/records.ts';
import { nameOf, type Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';

const MAP_ROWS = 200;
const MEMORY_FILES = 50;
const LAST = 5;
/** How far back runs are looked for, and how many of the newest proposals and outcomes are looked at. */
const RUN_DAYS = 7;
const NEWEST = 60;
const OUTCOMES = 20;
const LINE_CHARS = 160;

export const OUTCOMES_ROOT: Path = '/system/outcomes';

/** One line, whatever stands in it: a title or a measured value must not look like a line of ours. */
const line = (text: string): string => {
  const [first = ''] = text.trim().split(/[\n\r\u0085\u2028\u2029]/, 1);
  return first.length <= LINE_CHARS ? first : `${first.slice(0, LINE_CHARS)}…`;
};
const textAt = async (sys: Sys, path: Path, length?: number): Promise<string> => {
  const read = await sys.read(path, { as: 'text', ...(length === undefined ? {} : { length }) });
  return read.ok && typeof read.value.content === 'string' ? read.value.content : '';
};
const filesIn = async (sys: Sys, path: Path, depth = 1): Promise<Stat[]> => {
  const listed = await sys.list(path, { depth, limit: 10_000 });
  return listed.ok ? listed.value.entries.filter(({ kind }) => kind === 'file') : [];
};
/** By time, newest first; by path where two are of one moment, so that the same files give the same text. */
const newestOf = (stats: readonly Stat[], count: number): Stat[] =>
  [...stats].sort((a, b) => b.at.localeCompare(a.at) || a.path.localeCompare(b.path)).slice(0, count);

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Names and first lines of what lies in its memory. */
export const memoryIndex = async (sys: Sys, folder: Path): Promise<string> => {
  const files = (await filesIn(sys, folder, 4)).sort((a, b) => a.path.localeCompare(b.path));
  const rows = await Promise.all(
    files.slice(0, MEMORY_FILES).map(async ({ path, as }) => {
      const first = as === 'text' ? line(await textAt(sys, path, 2 * LINE_CHARS)) : '';
      return `- ${path}${first === '' ? '' : `: ${first}`}`;
    }),
  );
  if (files.length > MEMORY_FILES) rows.push(`- and ${files.length - MEMORY_FILES} more; list ${folder} to see them`);
  return rows.join('\n');
};

/** How its own last runs ended; a run's record is written by its actor, so no other's need be opened. */
export const lastRuns = async (sys: Sys): Promise<string> => {
  const days = await sys.list(RUNS, { limit: 10_000 });
  if (!days.ok) return '';
  const newest = days.value.entries.map(({ path }) => path).sort();
  const files = (await Promise.all(newest.slice(-RUN_DAYS).map((day) => filesIn(sys, day)))).flat();
  const own = files.filter(({ path, actor }) => actor === sys.actor && nameOf(path) !== `${sys.run}.jsonl`);
  const rows = await Promise.all(
    newestOf(own, LAST).map(async ({ path }) => {
      const records = parseRun(await textAt(sys, path));
      const start = records.find((record) => record.t === 'start');
      const end = records.findLast((record) => record.t === 'end');
      const how = end ? end.state : 'not ended';
      const words = end?.error?.message ?? end?.text ?? '';
      return `- ${path} (${line(start?.title ?? '')}): ${how}${words === '' ? '' : `: ${line(words)}`}`;
    }),
  );
  return rows.join('\n');
};

/** What was decided on its own proposals, and why. */
export const lastDecisions = async (sys: Sys): Promise<string> => {
  const newest = newestOf(await filesIn(sys, PROPOSALS), NEWEST);
  const read = await Promise.all(newest.map(async ({ path }) => json(await textAt(sys, path))));
  const own = (read as (Proposal | undefined)[]).filter(
    (proposal): proposal is Proposal => proposal?.by === sys.actor && proposal.state !== 'pending',
  );
  return own
    .slice(0, LAST)
    .map(({ id, title, state, decision, result }) => {
      // What the outside answered stays in the record: it is no part of a system prompt.
      const why = decision?.reason ?? result?.error?.code ?? '';
      return `- ${id} "${line(title)}": ${state}${why === '' ? '' : `: ${line(why)}`}`;
    })
    .join('\n');
};

type Outcome = { key?: string; value?: unknown; unit?: string; at?: string; attestation?: string; proposal?: string };

/** What came of the work of its program, as it was measured. */
export const lastOutcomes = async (sys: Sys, program: string | undefined): Promise<string> => {
  if (program === undefined) return '';
  const newest = newestOf(await filesIn(sys, `${OUTCOMES_ROOT}/${program}`), OUTCOMES);
  const rows = await Promise.all(
    newest.map(async ({ path }) => {
      const outcome = json(await textAt(sys, path)) as Outcome | undefined;
      if (outcome?.value === undefined) return [];
      const { key = nameOf(path), value, unit, at, attestation, proposal } = outcome;
      const known = [at, attestation && `said by ${attestation}`, proposal && `proposal ${proposal}`].filter(Boolean);
      return [`- ${line(key)}: ${line(JSON.stringify(value))}${unit ? ` ${unit}` : ''} (${known.join(', ')})`];
    }),
  );
  return rows.flat().join('\n');
};

export const workspaceMap = async (sys: Sys): Promise<string> => {
  const listed = await sys.list('/workspace', { depth: 2, limit: MAP_ROWS });
  if (!listed.ok) return '';
  const rows = listed.value.entries.map(({ path, kind }) => (kind === 'dir' ? `${path}/` : path)).sort();
  return `${rows.join('\n')}${listed.value.cursor === undefined ? '' : '\n…'}`;
};

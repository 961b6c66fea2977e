/**
 * Whose doing a change was: the run that made it and the runs that started that one, with their jobs. Read from /proc
 * while a run lives and from its run file afterwards; what a run is never changes, so it is kept.
 */
import { dayOf, runFile } from '../protocol/formats/records.ts';
import type { Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';

/** `runs`: the run itself first, then whoever started it; `by` is the actor that did. */
export type Lineage = { runs: { id: string; by: string }[]; jobs: Set<Path>; recorded: boolean };

type Run = { by: string; parent?: string; job?: string; recorded: boolean };

const MAX_ANCESTORS = 16;
const MAX_KEPT = 1000;
const DAY_MS = 86_400_000;
/** The first line of a run file holds the prompt, so it can be long. */
const START_LINE = 400_000;

const textField = (data: object, key: string): string | undefined => {
  const value: unknown = key in data ? data[key as keyof typeof data] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const parseRun = (line: string): Run | undefined => {
  try {
    const data: unknown = JSON.parse(line);
    if (data === null || typeof data !== 'object') return undefined;
    const [parent, job] = [textField(data, 'parent'), textField(data, 'job')];
    return {
      by: textField(data, 'by') ?? '',
      ...(parent ? { parent } : {}),
      ...(job ? { job } : {}),
      recorded: textField(data, 'recorded') !== undefined,
    };
  } catch {
    return undefined;
  }
};

/** A change by a run that left no record (a line in the shell, an activation) has a lineage without jobs. */
export const createLineage = (sys: Sys): ((run: string | undefined) => Promise<Lineage>) => {
  const kept = new Map<string, Run>();

  const find = async (id: string): Promise<Run | undefined> => {
    const known = kept.get(id);
    if (known) return known;
    const live = await sys.read(`/proc/runs/${id}`);
    let run = live.ok ? parseRun(String(live.value.content)) : undefined;
    for (const ago of [0, DAY_MS]) {
      if (run) break;
      const day = dayOf(sys.now() - ago);
      const file = await sys.read(runFile(day, id), { as: 'text', length: START_LINE });
      if (file.ok) run = parseRun(String(file.value.content).split('\n', 1)[0] ?? '');
    }
    if (!run) return undefined;
    kept.set(id, run);
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value ?? '');
    return run;
  };

  return async (run) => {
    const lineage: Lineage = { runs: [], jobs: new Set(), recorded: false };
    for (let id = run; id && lineage.runs.length < MAX_ANCESTORS;) {
      const found: Run | undefined = await find(id);
      lineage.runs.push({ id, by: found?.by ?? '' });
      if (found?.job) lineage.jobs.add(found.job);
      lineage.recorded ||= found?.recorded ?? false;
      id = found?.parent;
    }
    return lineage;
  };
};

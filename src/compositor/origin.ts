/**
 * The foot line's facts: who wrote a file's newest revision, in which run, and what that run cost. Each is left out
 * when it is not known; none of them is ever guessed.
 */
import type { Stat } from '../../kernel/protocol/files.ts';
import { dayOf, runFile } from '../../kernel/protocol/formats/records.ts';
import type { Path } from '../../kernel/protocol/paths.ts';
import type { Origin } from '../widgets/widget.ts';
import type { Reader } from './reader.ts';
import { runSummary } from './records.ts';

const DAY_MS = 86_400_000;
const MAX_RUN_BYTES = 1_000_000;

/** The run's file and cost. A run writes after it started, so its day is the revision's or the one before. */
const runOf = async (
  { handle }: Reader,
  id: string,
  at: string,
): Promise<{ id: string; path?: Path; usd?: number }> => {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return { id };
  for (const day of [dayOf(ms), dayOf(ms - DAY_MS)]) {
    const path = runFile(day, id);
    const read = await handle.read(path, { as: 'text', length: MAX_RUN_BYTES });
    if (!read.ok) continue;
    const { content, stat } = read.value;
    const run = typeof content === 'string' ? runSummary(content, stat.size <= MAX_RUN_BYTES) : undefined;
    return { id, path, ...(run?.usd === undefined ? {} : { usd: run.usd }) };
  }
  return { id };
};

export const originOf = async (reader: Reader, stat: Stat): Promise<Origin> => {
  const listed = await reader.handle.list(stat.path, { history: true, limit: 1 });
  const newest = listed.ok ? listed.value.entries[0] : undefined;
  if (!newest || newest.id !== stat.revision) return { stat };
  return { stat, message: newest.message, ...(newest.run ? { run: await runOf(reader, newest.run, newest.at) } : {}) };
};

/** One run's record, found by its id: run files lie under the day they began, which an id does not say. */
import type { Accessor } from 'solid-js';
import { err, ok, type Result } from '../../kernel/protocol/errors.ts';
import { dayOf, parseRun, RUNS, type RunRecord } from '../../kernel/protocol/formats/records.ts';
import type { Client } from '../client/client.ts';
import { useClient } from '../client/context.ts';
import { createLive, listAll, literal, type Live } from '../client/live.ts';
import type { End, Start } from '../client/runs.ts';

export type WholeRun = { path: string; records: RunRecord[]; start?: Start; end?: End };

const DAY_MS = 86_400_000;

/** The file's path; undefined when no such run is known. Today and yesterday are tried before the days are listed. */
export const findRunFile = async (client: Client, id: string): Promise<string | undefined> => {
  const tried = new Set<string>();
  const there = async (day: string): Promise<string | undefined> => {
    if (tried.has(day)) return undefined;
    tried.add(day);
    const path = `${RUNS}/${day}/${id}.jsonl`;
    return (await client.stub.read(path, { length: 1 })).ok ? path : undefined;
  };
  const recent = (await there(dayOf(Date.now()))) ?? (await there(dayOf(Date.now() - DAY_MS)));
  if (recent) return recent;
  const days = await listAll(client, RUNS);
  if (!days.ok) return undefined;
  for (const { path } of days.value.filter(({ kind }) => kind === 'dir').toReversed()) {
    const found = await there(path.slice(RUNS.length + 1));
    if (found) return found;
  }
  return undefined;
};

/** The whole run, followed while it grows. An unknown run answers ENOENT. */
export const createRun = (id: Accessor<string | undefined>): Live<WholeRun> => {
  const client = useClient();
  let known: { id: string; path: string } | undefined;
  const load = async (): Promise<Result<WholeRun>> => {
    const wanted = id() ?? '';
    if (known?.id !== wanted) {
      const path = await findRunFile(client, wanted);
      if (!path) return err('ENOENT', `No run ${wanted} is on record here.`);
      known = { id: wanted, path };
    }
    const { path } = known;
    const file = await client.stub.read(path, { as: 'text' });
    if (!file.ok) return file;
    const records = parseRun(typeof file.value.content === 'string' ? file.value.content : '');
    const start = records.find((record): record is Start => record.t === 'start');
    const end = records.findLast((record): record is End => record.t === 'end');
    return ok({ path, records, ...(start ? { start } : {}), ...(end ? { end } : {}) });
  };
  return createLive(() => {
    const wanted = id();
    return wanted === undefined ? undefined : `${RUNS}/*/${literal(wanted)}.jsonl`;
  }, load);
};

export const shortRun = (id: string): string => id.slice(0, 6);

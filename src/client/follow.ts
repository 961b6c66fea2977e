/**
 * One run, followed from its start to its end: the live line of /proc while it runs, every record of its file as it is
 * written. The watch ends with the run. A run that has ended already is read once.
 */
import { createSignal, type Accessor } from 'solid-js';
import { dayOf, parseRun, RUNS, runFile, type RunRecord } from '../../kernel/protocol/formats/records.ts';
import type { Client } from './client.ts';
import { fromJson, literal } from './live.ts';
import { parseProcess } from './records.ts';
import type { End, Start } from './runs.ts';

export type FollowedRun = {
  id: string;
  /** Its file, once it was found. */
  path?: string;
  start?: Start;
  records: RunRecord[];
  /** What is being said or done right now; '' when nothing is, or it has ended. */
  live: string;
  end?: End;
};

const DAY = 86_400_000;

/** A run's file stands under the day it started, UTC: today, or yesterday when it is just past midnight. */
const likelyFiles = (id: string): string[] => [runFile(dayOf(Date.now()), id), runFile(dayOf(Date.now() - DAY), id)];

export const followRun = (
  client: Client,
  id: string,
  path?: string,
): { run: Accessor<FollowedRun>; stop: () => void } => {
  const [run, setRun] = createSignal<FollowedRun>({ id, records: [], live: '', ...(path ? { path } : {}) });
  let ended = false;

  const readLive = async (): Promise<void> => {
    const file = await client.stub.read(`/proc/runs/${id}`, { as: 'text' });
    const process = file.ok ? parseProcess(fromJson(file.value.content)) : undefined;
    if (!ended) setRun((before) => ({ ...before, live: process?.live ?? '' }));
  };

  const readFile = async (): Promise<void> => {
    const known = run().path;
    for (const candidate of known ? [known] : likelyFiles(id)) {
      const file = await client.stub.read(candidate, { as: 'text' });
      if (!file.ok) continue;
      const records = parseRun(typeof file.value.content === 'string' ? file.value.content : '');
      const [first] = records;
      const last = records.at(-1);
      // Two reads may cross; a run file only grows, so the longer answer is the newer.
      if (records.length < run().records.length) return;
      setRun((before) => ({
        ...before,
        path: candidate,
        records,
        ...(first?.t === 'start' ? { start: first } : {}),
        ...(last?.t === 'end' ? { end: last, live: '' } : {}),
      }));
      if (last?.t === 'end') stop();
      return;
    }
  };

  const patterns = [`/proc/runs/${literal(id)}`, `${RUNS}/*/${literal(id)}.jsonl`];
  const unwatch = client.watch(patterns, (event) => {
    if (event === 'placed') void Promise.all([readLive(), readFile()]);
    else if (event.path.startsWith('/proc/')) void readLive();
    else void readFile();
  });
  const stop = (): void => {
    ended = true;
    unwatch();
  };
  return { run, stop };
};

/**
 * The narrative: tells each thing that was done once, in the file of the day it ended on, and keeps the summaries.
 * Entries are derived from records, with ids of the records, so a restart or a clock that jumps neither repeats nor loses
 * one. How far was told is a seq of the journal, not a time. A device tells what was concluded on it; others tell theirs.
 */
import { must } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import { narrativeFile, parseNarrative, toldFile, type NarrativeEntry } from '../protocol/formats/narrative.ts';
import { dayOf, NARRATIVE, OUTCOMES, PROPOSALS, RECEIPTS, RUNS } from '../protocol/formats/records.ts';
import { isUnder, nameOf, type Path } from '../protocol/paths.ts';
import type { Sys } from '../protocol/sys.ts';
import { realTimer, type Daemon, type Timer } from './daemon.ts';
import { createRounds } from './rounds.ts';
import { filesBelow, textOf } from './stats.ts';
import { summarise, type Words } from './summaries.ts';
import { linesOf, tellAct, tellProposal, tellReceipt, tellRun } from './telling.ts';

export type NarrativeOptions = {
  setTimer?: Timer;
  /** A model's words above the fold of a day, where there is one to write them. */
  words?: Words;
};

export const QUIET_MS = 300;
/** Days end without an event. */
const LOOK_MS = 3_600_000;

const seqOf = (revision: string): number => Number(revision.slice(revision.indexOf('.') + 1));
const isAct = (path: Path): boolean => isUnder(path, OUTCOMES) && nameOf(path) === 'summary.json';
const isTold = (path: Path): boolean =>
  isUnder(path, RUNS) || isUnder(path, PROPOSALS) || isUnder(path, RECEIPTS) || isAct(path);

type Told = { entries: NarrativeEntry[]; waits: boolean };

const start = (sys: Sys, { setTimer = realTimer, words }: NarrativeOptions): (() => void) => {
  /** What changed and is not told, with the seq of its first change since. */
  const pending = new Map<Path, number>();
  let device = '';
  let told = 0;
  let loaded = false;

  const load = async (): Promise<void> => {
    const kernel = must(await sys.read('/proc/kernel'));
    device = (JSON.parse(String(kernel.content)) as { device: string }).device.slice(0, 12);
    const mark = await textOf(sys, toldFile(device));
    told = mark ? (JSON.parse(mark.text) as { seq: number }).seq : 0;
    for (const folder of [RUNS, PROPOSALS, RECEIPTS, OUTCOMES])
      for (const { path, revision } of await filesBelow(sys, folder)) note(path, revision);
    loaded = true;
  };

  const note = (path: Path, revision: string): void => {
    const seq = seqOf(revision);
    if (!isTold(path) || !revision.startsWith(`${device}.`) || seq <= told) return;
    keep(new Map([[path, seq]]));
  };

  const keep = (paths: ReadonlyMap<Path, number>): void => {
    for (const [path, seq] of paths) pending.set(path, Math.min(seq, pending.get(path) ?? seq));
  };

  const entriesOf = async (path: Path): Promise<Told> => {
    // A live run tells itself when it has ended; its file is not read for each of its steps.
    if (isUnder(path, RUNS) && (await sys.read(`/proc/runs/${nameOf(path).replace(/\.jsonl$/, '')}`)).ok)
      return { entries: [], waits: true };
    if (isAct(path)) {
      const { entries } = must(await sys.list(path, { history: true, limit: 1000 }));
      const mine = entries.filter(({ id }) => id.startsWith(`${device}.`) && seqOf(id) > told);
      return { entries: mine.map(tellAct), waits: false };
    }
    const file = await textOf(sys, path);
    if (!file) return { entries: [], waits: false };
    const entry = isUnder(path, RUNS)
      ? tellRun(path, file.text)
      : isUnder(path, PROPOSALS)
        ? tellProposal(path, file.text, file.stat.at)
        : tellReceipt(path, file.text);
    return { entries: entry && Number.isFinite(entry.at) ? [entry] : [], waits: false };
  };

  /** Entries by day, without those that stand there already: what a crash cut off was written, or was not. */
  const changesFor = async (entries: readonly NarrativeEntry[]): Promise<Change[]> => {
    const changes: Change[] = [];
    for (const day of new Set(entries.map(({ at }) => dayOf(at)))) {
      const ofDay = entries.filter(({ at }) => dayOf(at) === day);
      const path = narrativeFile(day);
      const there = new Set(parseNarrative((await textOf(sys, path))?.text ?? '').map(({ id }) => id));
      const content = linesOf(ofDay.filter(({ id }) => !there.has(id)));
      if (content !== '') changes.push({ op: 'append', path, content });
    }
    return changes;
  };

  const tell = async (): Promise<void> => {
    const batch = new Map(pending);
    if (batch.size === 0) return;
    // What changes again meanwhile is looked at again.
    pending.clear();
    try {
      await tellBatch(batch);
    } catch (cause) {
      keep(batch);
      throw cause;
    }
  };

  const tellBatch = async (batch: ReadonlyMap<Path, number>): Promise<void> => {
    const entries: NarrativeEntry[] = [];
    const waiting = new Map<Path, number>();
    for (const [path, seq] of batch) {
      const one = await entriesOf(path);
      entries.push(...one.entries);
      if (one.waits) waiting.set(path, seq);
    }
    const reached = Math.max(told, Math.min(Math.min(...waiting.values()) - 1, Math.max(...batch.values())));
    const changes = await changesFor(entries);
    if (changes.length > 0) {
      const mark = toldFile(device);
      const content = `${JSON.stringify({ seq: reached })}\n`;
      const base = (await textOf(sys, mark))?.stat.revision ?? null;
      must(await sys.write([...changes, { op: 'put', path: mark, content, base }], { message: 'Keeps the narrative' }));
    }
    told = reached;
    keep(waiting);
  };

  const rounds = createRounds(
    async () => {
      if (!loaded) await load();
      await tell();
      await summarise(sys, dayOf(sys.now()), words);
      rounds.wake(LOOK_MS);
    },
    setTimer,
    (cause) => console.error('The narrative could not be kept.', cause),
  );
  const stops = [
    sys.on([`${RUNS}/**`, `${PROPOSALS}/*`, `${RECEIPTS}/*`, `${OUTCOMES}/**`], ({ path, revision, source }) => {
      if (source === 'remote' || revision === undefined) return;
      // Before the device is known nothing was listed yet, and the listing will have it.
      if (device !== '') note(path, revision);
      rounds.wake(QUIET_MS);
    }),
    sys.on('/proc/runs/*', ({ change }) => {
      if (change === 'remove') rounds.wake(QUIET_MS);
    }),
  ];
  rounds.wake(0);
  return () => {
    rounds.stop();
    for (const stop of stops) stop();
  };
};

export const createNarrative = (options: NarrativeOptions = {}): Daemon => ({
  name: 'narrative',
  writes: [`${NARRATIVE}/**`],
  start: (sys) => start(sys, options),
});

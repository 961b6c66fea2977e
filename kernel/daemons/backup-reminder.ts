/**
 * Backup reminder: a workspace that is in one browser alone can be lost with it. Once a week at most, when much changed
 * and no copy was made for long. A copy is what left a record in /system/exports: { at, entries }; whoever makes one
 * writes it there. Where there is none, the workspace's first file says since when.
 */
import { POLICY } from '../protocol/capability.ts';
import { must } from '../protocol/errors.ts';
import { EXPORTS } from '../protocol/formats/records.ts';
import type { Sys } from '../protocol/sys.ts';
import { realTimer, type Daemon, type Timer } from './daemon.ts';
import { weekOf } from './fold-narrative.ts';
import { createRounds } from './rounds.ts';
import { filesBelow, textOf } from './stats.ts';

export const LOOK_MS = 3_600_000;
export const MIN_DAYS = 14;
export const MIN_CHANGES = 500;
const DAY_MS = 86_400_000;

type Copy = { at: number; entries: number };

const newestCopy = async (sys: Sys): Promise<Copy | undefined> => {
  let newest: Copy | undefined;
  for (const { path } of await filesBelow(sys, EXPORTS)) {
    const file = await textOf(sys, path);
    if (!file) continue;
    const { at, entries } = JSON.parse(file.text) as { at: string; entries: number };
    if (newest === undefined || entries > newest.entries) newest = { at: Date.parse(at), entries };
  }
  return newest;
};

const beginning = async (sys: Sys): Promise<Copy | undefined> => {
  const { entries } = must(await sys.list(POLICY, { history: true, limit: 10_000 }));
  const first = entries.at(-1);
  return first && { at: Date.parse(first.at), entries: 0 };
};

const start = (sys: Sys, setTimer: Timer): (() => void) => {
  const rounds = createRounds(
    async () => {
      const kernel = must(await sys.read('/proc/kernel'));
      const { entries } = JSON.parse(String(kernel.content)) as { entries: number };
      const copy = await newestCopy(sys);
      const since = copy ?? (await beginning(sys));
      const days = since ? Math.floor((sys.now() - since.at) / DAY_MS) : 0;
      const changes = entries - (since?.entries ?? 0);
      if (days >= MIN_DAYS && changes >= MIN_CHANGES) {
        const title = copy ? `The last copy is ${days} days old` : 'There is no copy of this workspace';
        const body = `${changes.toLocaleString('en')} changes in ${days} days are in this browser alone, and are lost when its data is cleared.`;
        const key = `backup-${weekOf(new Date(sys.now()).toISOString().slice(0, 10))}`;
        must(await sys.fire({ kind: 'notify', title, body }, { key }));
      }
      rounds.wake(LOOK_MS);
    },
    setTimer,
    (cause) => console.error('Whether there is a copy could not be looked at.', cause),
  );
  rounds.wake(LOOK_MS);
  return rounds.stop;
};

export const createBackupReminder = (setTimer: Timer = realTimer): Daemon => ({
  name: 'backup',
  start: (sys) => start(sys, setTimer),
});

/**
 * Storage watch: says when the workspace comes near to what the browser gives it, once a month for each mark it passes.
 * What was said is remembered by the notice's key, so neither a look nor a restart says it again.
 */
import { must } from '../protocol/errors.ts';
import type { Sys } from '../protocol/sys.ts';
import { realTimer, type Daemon, type Timer } from './daemon.ts';
import { deviceOf } from './job-state.ts';
import { createRounds } from './rounds.ts';

export const LOOK_MS = 600_000;
/** In percent of the quota, highest first. */
const MARKS = [95, 80];

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;

const start = (sys: Sys, setTimer: Timer): (() => void) => {
  const rounds = createRounds(
    async () => {
      const read = must(await sys.read('/proc/storage'));
      const { usage, quota } = JSON.parse(String(read.content)) as { usage: number; quota: number };
      const mark = quota > 0 ? MARKS.find((percent) => usage >= (quota * percent) / 100) : undefined;
      if (mark !== undefined) {
        const title = `Storage is ${mark} % full`;
        const body = `${megabytes(usage)} of ${megabytes(quota)} are used. Remove large files that are not needed, or make room on this device: when it is full, nothing more can be written.`;
        // Room is a device's own: what one was told is no news of another.
        const device = (await deviceOf(sys)).slice(0, 12);
        const key = `storage-${device}-${mark}-${new Date(sys.now()).toISOString().slice(0, 7)}`;
        must(await sys.fire({ kind: 'notify', title, body }, { key }));
      }
      rounds.wake(LOOK_MS);
    },
    setTimer,
    (cause) => console.error('Storage could not be looked at.', cause),
  );
  rounds.wake(LOOK_MS);
  return rounds.stop;
};

export const createStorageWatch = (setTimer: Timer = realTimer): Daemon => ({
  name: 'storage',
  start: (sys) => start(sys, setTimer),
});

// What the numbers were taken on, and the one thing done to the machine: its page cache is emptied before a cold run.
import { execFileSync } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type as system } from 'node:os';

export type Machine = {
  system: string;
  processors: string;
  memoryGb: number;
  node: string;
  chromium: string;
  date: string;
  /** The commit measured, and whether files differed from it. */
  source: string;
  disk: string;
};

/** Processes that ran or waited in the last minute. Before a run anything above 0.5 or so is somebody else's work. */
export const loadNow = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;

const DROP = '/proc/sys/vm/drop_caches';
const TMPFS = 0x01021994;

const source = (): string => {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' with changes'}`;
  } catch {
    return 'not in a repository';
  }
};

export const describeMachine = (chromium: string, folder: string): Machine => ({
  system: `${system()} ${release()}`,
  processors: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  chromium,
  date: new Date().toISOString(),
  source: source(),
  disk: statfsSync(folder).type === TMPFS ? 'in memory: these are not numbers of a disk' : 'on disk',
});

/** Writes what is unwritten and drops clean pages. False when this user may not: then a cold run is only a fresh process. */
export const dropCaches = (): boolean => {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('sync');
    writeFileSync(DROP, '3');
    return true;
  } catch {
    return false;
  }
};

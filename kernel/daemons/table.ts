/**
 * Daemons: standing machinery that acts through a `Sys` of its own. One file each and a row here.
 */
import { createBackupReminder } from './backup-reminder.ts';
import type { Daemon } from './daemon.ts';
import { createExpiry } from './expiry.ts';
import { createNarrative } from './narrative.ts';
import { createOutcomes } from './outcomes.ts';
import { createScheduler } from './scheduler.ts';
import { createStorageWatch } from './storage-watch.ts';
import { createTriggers } from './triggers.ts';

export const DAEMONS: readonly Daemon[] = [
  createScheduler({}),
  createTriggers({}),
  createExpiry(),
  createOutcomes(),
  createNarrative(),
  createStorageWatch(),
  createBackupReminder(),
];

export type { Daemon };

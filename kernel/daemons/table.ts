/**
 * Daemons: standing machinery that acts through a `Sys` of its own. One file each and a row here.
 */
import type { Daemon } from './daemon.ts';
import { createScheduler } from './scheduler.ts';
import { createTriggers } from './triggers.ts';

export const DAEMONS: readonly Daemon[] = [createScheduler({}), createTriggers({})];

export type { Daemon };

/**
 * Daemons: standing machinery that acts through a `Sys` of its own. One file each and a row here.
 */
import type { Daemon } from './daemon.ts';
import { createNarrative } from './narrative.ts';
import { createOutcomes } from './outcomes.ts';
import { createTriggers } from './triggers.ts';

export const DAEMONS: readonly Daemon[] = [createTriggers({}), createNarrative(), createOutcomes()];

export type { Daemon };

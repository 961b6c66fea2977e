/**
 * Bash in this very thread: for Node, and for a service worker, which cannot start a worker. A tight loop ends at the
 * shell's own limits (100,000 commands, the time limit); it cannot be killed from outside while it computes.
 */
import { ok } from '../protocol/errors.ts';
import type { BashPort } from '../protocol/ports.ts';
import { DEFAULT_LIMITS, type Limits } from './line.ts';
import { runLine } from './runner.ts';

export const createInlineBash = (limits: Partial<Limits> = {}): BashPort => ({
  run: async (sys, order) => ok(await runLine(sys, order, { ...DEFAULT_LIMITS, ...limits }, sys.signal)),
});

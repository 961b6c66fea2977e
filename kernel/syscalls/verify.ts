/** verify: every entry of the journal checked against the chain, now. Damage found makes the workspace read-only. */
import { ok } from '../protocol/errors.ts';
import type { Handler } from './kernel.ts';

export const verify: Handler<'verify'> = async (kernel) => ok(await kernel.verify());

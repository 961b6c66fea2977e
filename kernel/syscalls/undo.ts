/** undo: take back what one run or actor did, leaving later work by others alone. */
import { err } from '../protocol/errors.ts';
import type { Handler } from './kernel.ts';

export const undo: Handler<'undo'> = async () => err('ENOSYS', 'Undo is not built yet.');

/** persist: ask the browser to keep the workspace; its answer is passed on as it is. */
import { ok } from '../protocol/errors.ts';
import type { Handler } from './kernel.ts';

export const persist: Handler<'persist'> = async (kernel) => ok({ persisted: await kernel.storage.persist() });

/**
 * The compositor's only hold on the kernel: read, list, search and be told of changes. It cannot write, by type and
 * by value; `readOnly` is where a fuller stub loses the rest.
 */
import type { WatchEvent } from '../../kernel/protocol/files.ts';
import type { ReadHandle } from '../../kernel/protocol/stub.ts';

/** `placed` says that the watch stands, or stands again: what happened before it may have been missed. */
export type Watch = (patterns: readonly string[], listener: (event: WatchEvent | 'placed') => void) => () => void;

export type LiveHandle = Readonly<ReadHandle & { watch: Watch }>;

export const readOnly = (from: LiveHandle): LiveHandle =>
  Object.freeze({ read: from.read, list: from.list, search: from.search, watch: from.watch });

/**
 * What the larger calls answer. The table of calls says which call answers what.
 */
import type { RevisionId } from './entry.ts';
import type { Revision, Stat } from './files.ts';

export type ReadValue = { content: string | Uint8Array; stat: Stat };
export type ListValue = { entries: Stat[]; cursor?: string };
export type HistoryValue = { entries: Revision[]; cursor?: string };
export type FireValue = {
  run?: string;
  state: 'done' | 'running' | 'queued' | 'denied' | 'failed' | 'unknown';
  result?: unknown;
};
export type BlameRun = {
  from: number;
  to: number;
  revision: RevisionId;
  actor: string;
  at: string;
  message: string;
  run?: string;
};
/** What `undo` does (or with `dry` would do) to each file, and the files it leaves alone with the reason. */
export type Undone = {
  revisions: RevisionId[];
  files: { path: string; what: 'changed' | 'removed' | 'restored' | 'moved' }[];
  conflicts: { path: string; reason: string; actor?: string; revision?: RevisionId }[];
};
/** What a page gets to edit a file live: the document's state as a Yjs update, and the channel its updates use. */
export type OpenValue = { doc: number; state: Uint8Array; stat: Stat };

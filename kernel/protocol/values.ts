/**
 * What the larger calls answer. The table of calls says which call answers what.
 */
import type { RevisionId } from './entry.ts';
import type { Hit, Revision, Stat } from './files.ts';
import type { InstalledProgram, ProposalState, Receipt } from './formats/records.ts';
import type { Plan } from './plan.ts';

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

/** By the name of the call. */
export type Values = {
  read: ReadValue;
  list: ListValue | HistoryValue;
  /** `cut`: of the past only the newest versions were looked at, so many of them. */
  search: { hits: Hit[]; total: number; cut?: boolean; looked?: number };
  write: { revisions: RevisionId[] };
  propose: { id: string; state: ProposalState };
  fire: FireValue;
  undo: Undone;
  decide: { id: string; state: ProposalState };
  grant: { grants: string[] };
  revoke: { grants: string[] };
  would: { verdict: 'apply' | 'queue' | 'deny'; reason?: string };
  plan: Plan;
  install: InstalledProgram;
  activate: Receipt;
  deactivate: Receipt;
  kill: { killed: string[] };
  pause: { runs: string[] };
  watch: { watch: number };
  unwatch: { watch: number };
  open: OpenValue;
  close: { revisions: RevisionId[] };
  blame: { runs: BlameRun[] };
  secret: { name: string };
  secrets: { secrets: { name: string; origins: string[] }[] };
  persist: { persisted: boolean };
  /** How many entries are sound, and where the chain stops being so. */
  verify: { entries: number; fault?: { seq: number; message: string } };
  log: { revision: RevisionId };
  /** `max_tokens` is less than was asked where no more can be paid; `notice` is for the operator. */
  reserve: { max_tokens: number; notice?: string };
  live: Record<string, never>;
};

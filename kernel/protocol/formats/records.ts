/**
 * Records the kernel writes under /system: proposals, runs, installed programs, receipts. Read by everyone, so the
 * shapes are part of the ABI; written only inside the gate.
 */
import type { Actor } from '../actor.ts';
import type { Effect, EffectClass } from '../effects.ts';
import type { RevisionId } from '../entry.ts';
import type { SysError } from '../errors.ts';
import type { Change } from '../files.ts';
import type { How } from './ledger.ts';
import type { Path } from '../paths.ts';
import { parseLine } from './lines.ts';

export type ProposalState =
  | 'pending'
  | 'approved'
  | 'executing'
  | 'executed'
  | 'rejected'
  | 'expired'
  | 'failed'
  | 'unknown';
export type Reversibility = 'reversible' | 'costly' | 'irreversible';

export type Decision = { by: Actor; verdict: 'approve' | 'reject'; reason?: string; at: string };

/** /system/proposals/<id>.json */
export type Proposal = {
  id: string;
  by: Actor;
  run?: string;
  program?: string;
  /** One line, as a verb: what happens on approval. */
  title: string;
  changes?: Change[];
  effect?: Effect;
  /** SHA-256 over changes and effect; what a decision binds to. */
  hash: string;
  rationale: string;
  expects?: string;
  reversibility: Reversibility;
  class: EffectClass;
  /** Why it waits instead of being applied. */
  waits: string;
  createdAt: string;
  expiresAt: string;
  state: ProposalState;
  decision?: Decision;
  /** Approvals by a reviewer that bound nothing: for the operator to see. */
  reviews?: Decision[];
  /** What the run that asked had read before and nobody here wrote: files, addresses, tools. */
  sources?: string[];
  /** [L4] The agents whose runs led to the one that asked, from the first. */
  above?: readonly string[];
  /** Edited: the proposal that this one took the place of, and the one that took its place. */
  replaces?: string;
  replacedBy?: string;
  /** Approved without a network: the device that sends it when there is one. */
  sendsFrom?: string;
  result?: { at: string; revisions?: RevisionId[]; said?: string; error?: SysError };
};

/** `queued` never stands in a run file; a run starts when its file does. */
export type RunState = 'running' | 'done' | 'failed' | 'cancelled' | 'skipped';
export type RunKind = 'agent' | 'job' | 'bash' | 'program';
export type Usage = {
  input: number;
  output: number;
  cacheWrite: number;
  cacheRead: number;
  /** The part of `cacheWrite` that lasts an hour, when there is any. */
  cacheWriteHour?: number;
};

/** One line of /system/runs/<day>/<id>.jsonl. A run file starts with `start` and, once it ended, closes with `end`. */
export type RunRecord =
  | {
      t: 'start';
      at: string;
      id: string;
      actor: Actor;
      kind: RunKind;
      title: string;
      job?: Path;
      /** When it was due, of a run that the schedule started. */
      slot?: string;
      agent?: string;
      program?: string;
      parent?: string;
      by: Actor;
      /** The device that runs it; no other takes it up. */
      device?: string;
      model?: string;
      /** Set when the model's answers are a recording: the demonstration's title. */
      recorded?: string;
      prompt?: string;
      after?: string;
      /** The agents whose runs led to this one, from the first; absent when none did. */
      above?: readonly string[];
    }
  /** Before a model is asked: the most that the call can cost, and how long its answer may be. */
  | { t: 'reserve'; at: string; id: string; model: string; usd: number; max_tokens: number }
  /** A call without an answer that could be used, and what it cost all the same. */
  | { t: 'spent'; at: string; model: string; usage: Usage; usd: number; how: How; text?: string }
  | {
      t: 'model';
      at: string;
      ms: number;
      model: string;
      content: ModelBlock[];
      stop: string;
      usage: Usage;
      usd?: number;
    }
  | {
      t: 'tool';
      at: string;
      ms: number;
      id: string;
      name: string;
      input: unknown;
      ok: boolean;
      result: string;
      revisions?: RevisionId[];
    }
  /**
   * `resumed`: the kernel died and the run went on; `paused`: it was held, or let go; `cleared`: so many tool calls, from
   * the first on, are no longer sent in full.
   */
  | { t: 'note'; at: string; text: string; resumed?: boolean; paused?: boolean; cleared?: number }
  | {
      t: 'end';
      at: string;
      state: Exclude<RunState, 'running'>;
      text?: string;
      error?: SysError;
      usage: Usage;
      usd?: number;
    };

export const parseRecord = (line: string): RunRecord | undefined => {
  const value = parseLine(line);
  return value && 't' in value && typeof value.t === 'string' ? (value as RunRecord) : undefined;
};

/** Every whole record of a run file. */
export const parseRun = (text: string): RunRecord[] => text.split('\n').flatMap((line) => parseRecord(line) ?? []);

/** What a model answered, in the shape it is sent back in the next request. */
export type ModelBlock =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown };

/** /system/programs/<name>.json */
export type InstalledProgram = {
  name: string;
  version: string;
  title: string;
  digest: string;
  source: string;
  state: 'installed' | 'active';
  installedAt: string;
  activatedAt?: string;
  /** What the operator consented to. An agent of this program is granted these while the program is active. */
  powers: { write: string[]; effects: string[]; spend?: { usd: number; per: string } };
  agents: string[];
  jobs: Path[];
  /** Files forked into the workspace, with the hash of what was put there. */
  forked: Record<Path, string>;
};

/** /system/receipts/<n>.json: what an activation or deactivation did, and the proof of what it kept. */
export type Receipt = {
  id: string;
  program: string;
  version: string;
  act: 'install' | 'activate' | 'deactivate';
  at: string;
  by: Actor;
  added: Path[];
  kept: { path: Path; hash: string }[];
  stopped: Path[];
  revoked: string[];
  removed: string[];
  /** SHA-256 over the sorted `path hash` lines of `kept`, before and after. */
  rootBefore?: string;
  rootAfter?: string;
};

/**
 * /system/conflicts/<id>.json: where devices disagreed and both sides were kept. `kept`: removed on one, changed on the
 * other, so it stays. `name`: two files took one name. `folder`: two folders were moved into each other. `content`: two
 * whole contents for one file; `revision` is the one that is not shown. Settled by `restore` on the path, by removing or
 * renaming it.
 */
export type Conflict = {
  id: string;
  kind: 'kept' | 'name' | 'folder' | 'content';
  state: 'open' | 'settled';
  path: Path;
  /** What happened, in words. */
  words: string;
  at: string;
  by: Actor;
  revision?: string;
};

export const emptyUsage = (): Usage => ({ input: 0, output: 0, cacheWrite: 0, cacheRead: 0 });
export const addUsage = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cacheWrite: a.cacheWrite + b.cacheWrite,
  cacheRead: a.cacheRead + b.cacheRead,
  ...(a.cacheWriteHour || b.cacheWriteHour
    ? { cacheWriteHour: (a.cacheWriteHour ?? 0) + (b.cacheWriteHour ?? 0) }
    : {}),
});

/** It waits for a decision or, approved, for a network, and may become too old for either. */
export const mayExpire = ({ state, sendsFrom }: Proposal): boolean =>
  state === 'pending' || (state === 'approved' && sendsFrom !== undefined);

export const PROPOSALS: Path = '/system/proposals';
export const RUNS: Path = '/system/runs';
export const RECEIPTS: Path = '/system/receipts';
export const SLOTS: Path = '/system/slots';
export const INSTALLED: Path = '/system/programs';
export const CONFLICTS: Path = '/system/conflicts';
export const NARRATIVE: Path = '/system/narrative';
export const OUTCOMES: Path = '/system/outcomes';
/** One record for each copy that was made of the workspace: { at, entries }. */
export const EXPORTS: Path = '/system/exports';

export const proposalFile = (id: string): Path => `${PROPOSALS}/${id}.json`;
/** What was fired under a key. */
export const slotFile = (id: string): Path => `${SLOTS}/${id}.json`;
export const installedFile = (name: string): Path => `${INSTALLED}/${name}.json`;
export const conflictFile = (id: string): Path => `${CONFLICTS}/${id}.json`;
/** The day records are filed under: YYYY-MM-DD, UTC. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** `day` as `dayOf` gives it. */
export const runFile = (day: string, id: string): Path => `${RUNS}/${day}/${id}.jsonl`;

/**
 * The kernel's records as the page reads them: proposals, live processes, installed programs, receipts. Files hold
 * them; here they are parsed once, at the wall. What lacks its essentials is left out, never guessed at.
 */
import { ok, type Result } from '../../kernel/protocol/errors.ts';
import {
  CONFLICTS,
  INSTALLED,
  PROPOSALS,
  RECEIPTS,
  type Conflict,
  type InstalledProgram,
  type Proposal,
  type Receipt,
} from '../../kernel/protocol/formats/records.ts';
import { useClient } from './context.ts';
import { createLive, createRecords, fromJson, listAll, type Live } from './live.ts';

/** /proc/runs/<id>: a process that is alive now. */
export type Process = {
  id: string;
  actor: string;
  kind: string;
  title: string;
  /** `paused`: held before its next call. One that is stopping is not listed. */
  state: string;
  startedAt: string;
  /** What it says it is doing, or the answer as far as it has come. */
  live: string;
  job?: string;
  agent?: string;
  parent?: string;
};

const fieldsOf = (value: unknown): Record<string, unknown> | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

const has = (fields: Record<string, unknown>, ...names: string[]): boolean =>
  names.every((name) => typeof fields[name] === 'string');

export const parseProposal = (value: unknown): Proposal | undefined => {
  const fields = fieldsOf(value);
  return fields && has(fields, 'id', 'by', 'title', 'hash', 'state', 'createdAt', 'expiresAt')
    ? (fields as Proposal)
    : undefined;
};

export const parseProcess = (value: unknown): Process | undefined => {
  const fields = fieldsOf(value);
  if (!fields || !has(fields, 'id', 'actor', 'kind', 'title', 'startedAt')) return undefined;
  return { state: 'running', ...fields, live: typeof fields['live'] === 'string' ? fields['live'] : '' } as Process;
};

export const parseInstalled = (value: unknown): InstalledProgram | undefined => {
  const fields = fieldsOf(value);
  return fields && has(fields, 'name', 'version', 'title', 'digest', 'state')
    ? (fields as InstalledProgram)
    : undefined;
};

export const parseReceipt = (value: unknown): Receipt | undefined => {
  const fields = fieldsOf(value);
  return fields && has(fields, 'id', 'program', 'act', 'at') ? (fields as Receipt) : undefined;
};

export const parseConflict = (value: unknown): Conflict | undefined => {
  const fields = fieldsOf(value);
  return fields && has(fields, 'id', 'kind', 'state', 'path', 'words', 'at', 'by') ? (fields as Conflict) : undefined;
};

export const createConflicts = (): Live<Conflict[]> => createRecords(() => CONFLICTS, parseConflict);
export const createProposals = (): Live<Proposal[]> => createRecords(() => PROPOSALS, parseProposal);
export const createInstalled = (): Live<InstalledProgram[]> => createRecords(() => INSTALLED, parseInstalled);
export const createReceipts = (): Live<Receipt[]> => createRecords(() => RECEIPTS, parseReceipt);

const PROC_RUNS = '/proc/runs';

/** `ps`: what is alive now, oldest first. It follows starts and ends, and each live line as it changes. */
export const createProcesses = (): Live<Process[]> => {
  const client = useClient();
  return createLive(
    () => [`${PROC_RUNS}/*`, '/system/runs/*/*.jsonl'],
    async (): Promise<Result<Process[]>> => {
      const listed = await listAll(client, PROC_RUNS);
      if (!listed.ok) return listed;
      const read = await Promise.all(listed.value.map((stat) => client.stub.read(stat.path, { as: 'text' })));
      // One that ended between the list and the read is simply not alive.
      const alive = read.flatMap((file) => (file.ok ? [parseProcess(fromJson(file.value.content))] : []));
      return ok(
        alive
          .filter((process): process is Process => process !== undefined && process.state !== 'stopping')
          .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
      );
    },
  );
};

/** Does this proposal wait for the operator, and not for time or another hand? An expired one no longer does. */
export const isWaiting = (proposal: Proposal, now: number): boolean =>
  proposal.state === 'pending' && Date.parse(proposal.expiresAt) > now;

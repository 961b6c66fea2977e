/**
 * Records → narrative entries. Pure: an entry is made of its record alone, so telling it again, on another day or after
 * a restart, gives the same entry with the same id. Undefined for what has not ended yet.
 */
import { narrativeLine, type NarrativeEntry, type Weight } from '../protocol/formats/narrative.ts';
import type { Proposal, ProposalState, Receipt, RunRecord } from '../protocol/formats/records.ts';
import { nameOf, type Path } from '../protocol/paths.ts';
import type { Revision } from '../protocol/files.ts';

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** A run ended. What the operator or a program started by hand is housekeeping, unless it failed. */
export const tellRun = (record: Path, text: string): NarrativeEntry | undefined => {
  const lines = text.trimEnd().split('\n');
  const first = parsed(lines[0] ?? '');
  const last = parsed(lines.at(-1) ?? '');
  if (!isObject(first) || first['t'] !== 'start' || !isObject(last) || last['t'] !== 'end') return undefined;
  const start = first as Extract<RunRecord, { t: 'start' }>;
  const end = last as Extract<RunRecord, { t: 'end' }>;
  const byHand = start.kind === 'bash' || start.kind === 'program' || end.state === 'skipped';
  const weight: Weight = end.state === 'failed' ? 'material' : byHand ? 'housekeeping' : 'routine';
  const why = end.error ? `: ${end.error.message}` : '';
  return {
    id: `run:${start.id}`,
    kind: 'run',
    weight,
    at: Date.parse(end.at),
    title: start.title,
    by: start.actor,
    run: start.id,
    body: `${end.state}${start.recorded ? ', from a recording' : ''}${why}`,
    record,
  };
};

const ENDED: Partial<Record<ProposalState, { word: string; weight: Weight }>> = {
  executed: { word: 'approved and done', weight: 'material' },
  rejected: { word: 'rejected', weight: 'material' },
  failed: { word: 'approved and failed', weight: 'material' },
  unknown: { word: 'its end is not known', weight: 'material' },
  expired: { word: 'expired undecided', weight: 'routine' },
};

/** A decision and what came of it. An effect is part of the decision that let it happen. */
export const tellProposal = (record: Path, text: string, revisedAt: string): NarrativeEntry | undefined => {
  const data = parsed(text);
  if (!isObject(data)) return undefined;
  const proposal = data as Proposal;
  const end = ENDED[proposal.state];
  if (!end) return undefined;
  const reason = proposal.decision?.reason ?? proposal.result?.error?.message;
  return {
    id: `proposal:${proposal.id}`,
    kind: 'decision',
    weight: end.weight,
    at: Date.parse(proposal.result?.at ?? proposal.decision?.at ?? revisedAt),
    title: proposal.title,
    by: proposal.decision?.by ?? proposal.by,
    ...(proposal.run ? { run: proposal.run } : {}),
    body: `${end.word}, proposed by ${proposal.by}${reason ? `: ${reason}` : ''}`,
    record,
  };
};

const ACTS: Record<Receipt['act'], string> = {
  install: 'Installs',
  activate: 'Activates',
  deactivate: 'Deactivates',
};

export const tellReceipt = (record: Path, text: string): NarrativeEntry | undefined => {
  const data = parsed(text);
  if (!isObject(data)) return undefined;
  const receipt = data as Receipt;
  return {
    id: `receipt:${nameOf(record).replace(/\.json$/, '')}`,
    kind: 'program',
    weight: 'material',
    at: Date.parse(receipt.at),
    title: `${ACTS[receipt.act]} ${receipt.program} ${receipt.version}`,
    by: receipt.by,
    body: `${receipt.added.length} files added, ${receipt.kept.length} kept`,
    record,
  };
};

/** A daemon wrote: what it did is the message of its change. */
export const tellAct = (revision: Revision): NarrativeEntry => ({
  id: `act:${revision.id}`,
  kind: 'daemon',
  weight: 'housekeeping',
  at: Date.parse(revision.at),
  title: revision.message,
  by: revision.actor,
  record: revision.path,
});

/** In the order of time, then of id; what has no time that can be read is left out. */
export const linesOf = (entries: readonly NarrativeEntry[]): string =>
  [...entries]
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .map(narrativeLine)
    .join('');

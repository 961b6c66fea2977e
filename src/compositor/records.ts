/**
 * The kernel's own records as rows: proposals and runs. They are files like any other; only their shape is known here.
 * A record that does not have its shape becomes a problem, never a row.
 */
import type { Stat } from '../../kernel/protocol/files.ts';
import type { Proposal, RunRecord } from '../../kernel/protocol/formats/records.ts';
import type { Row } from '../widgets/widget.ts';

/** Proposals that still need somebody, or whose end is not known. */
const OPEN = new Set<string>(['pending', 'approved', 'executing', 'unknown']);

type Start = Extract<RunRecord, { t: 'start' }>;
type End = Extract<RunRecord, { t: 'end' }>;

const TEXTS = ['id', 'by', 'title', 'hash', 'rationale', 'createdAt', 'expiresAt', 'state'] as const;

export const asProposal = (data: Record<string, unknown>): Proposal | undefined =>
  TEXTS.every((key) => typeof data[key] === 'string') ? (data as unknown as Proposal) : undefined;

/** `state` left out means open; `any` means all. */
export const wantedProposal =
  (ask: { program?: string | undefined; state?: string | undefined }) =>
  ({ program, state }: Proposal): boolean =>
    (ask.program === undefined || program === ask.program) &&
    (ask.state === 'any' || (ask.state === undefined ? OPEN.has(state) : state === ask.state));

export const proposalRow = (proposal: Proposal, stat: Stat): Row => ({ data: { ...proposal }, stat, proposal });

const NEED: Partial<Record<Proposal['state'], number>> = { pending: 0, unknown: 1 };

/** What needs a decision first, and of that what expires first; what ended, newest first. */
export const byNeed = (a: Proposal, b: Proposal): number => {
  const need = (NEED[a.state] ?? 2) - (NEED[b.state] ?? 2);
  if (need !== 0) return need;
  const [x, y] = a.state === 'pending' ? [a.expiresAt, b.expiresAt] : [b.createdAt, a.createdAt];
  return x < y ? -1 : x > y ? 1 : a.id < b.id ? -1 : 1;
};

const parsed = (text: string): RunRecord[] =>
  text.split('\n').flatMap((line) => {
    try {
      const record: unknown = line.trim() === '' ? undefined : JSON.parse(line);
      return record !== null && typeof record === 'object' && 't' in record ? [record as RunRecord] : [];
    } catch {
      // A line cut by a bounded read, or one still being written.
      return [];
    }
  });

export type RunSummary = { start: Start; end?: End; usd?: number; data: Record<string, unknown> };

/** What a run came to, from the lines of its file. `whole` says that none of its lines are missing. */
export const runSummary = (text: string, whole: boolean): RunSummary | undefined => {
  const records = parsed(text);
  const start = records.find((record): record is Start => record.t === 'start');
  if (!start || typeof start.id !== 'string' || typeof start.actor !== 'string') return undefined;
  const end = records.findLast((record): record is End => record.t === 'end');
  const spent = records.reduce(
    (sum, record) => sum + (record.t === 'model' || record.t === 'spent' ? (record.usd ?? 0) : 0),
    0,
  );
  const usd = end ? end.usd : whole && spent > 0 ? spent : undefined;
  const { id, actor, kind, title, at, job, agent, program, model, recorded } = start;
  const ended = end ? { ended: end.at, said: end.text ?? end.error?.message } : {};
  return {
    start,
    ...(end ? { end } : {}),
    ...(usd === undefined ? {} : { usd }),
    data: {
      title,
      state: end?.state ?? 'running',
      actor,
      at,
      id,
      kind,
      job,
      agent,
      program,
      model,
      recorded,
      usd,
      ...ended,
    },
  };
};

export const wantedRun =
  (ask: { program?: string | undefined; agent?: string | undefined }) =>
  ({ start }: RunSummary): boolean =>
    (ask.program === undefined || start.program === ask.program) &&
    (ask.agent === undefined || start.agent === ask.agent || start.actor === `agent:${ask.agent}`);

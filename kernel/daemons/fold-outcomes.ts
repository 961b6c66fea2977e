/**
 * Rows → outcomes → figures. Pure: the same sources give the same outcomes, in whatever order and however often they
 * are folded. Of two rows with one key the better vouched for stands (an agent's word never replaces another's), then the
 * later, then the path and value.
 */
import type {
  Attestation,
  Figures,
  FoldName,
  FoldSummary,
  Outcome,
  OutcomeFold,
  OutcomeSummary,
} from '../protocol/formats/outcomes.ts';
import type { Path } from '../protocol/paths.ts';
import type { SourceRow } from './outcome-rows.ts';

const DAY_MS = 86_400_000;
const RECENT = 50;
const MAX_PROBLEMS = 50;
const STRENGTH: readonly Attestation[] = ['agent', 'operator', 'platform'];

export type AttestedRow = SourceRow & { attestation: Attestation };

const scalar = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value instanceof Date ? value.toISOString() : undefined;
};

/** Dates with a zone, or days: a time without a zone would be another one on another device. */
const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))?$/;

const own = (data: Record<string, unknown>, name: string): string | undefined =>
  Object.hasOwn(data, name) ? scalar(data[name]) : undefined;

/** The outcome of one row, or what is wrong with it. */
export const outcomeOf = (
  name: string,
  fold: OutcomeFold,
  source: Path,
  { data, attestation }: AttestedRow,
  isProposal: (id: string) => boolean,
): { outcome?: Outcome; problem?: string } => {
  const parts = fold.key.map((key) => own(data, key));
  const missing = fold.key.find((_, index) => parts[index] === undefined);
  if (missing !== undefined) return { problem: `has no ${missing}, which is part of its key.` };
  const date = own(data, fold.at);
  const at = date !== undefined && DATE.test(date) ? Date.parse(date) : NaN;
  if (Number.isNaN(at)) return { problem: `${fold.at} is not a date such as 2026-11-23 or 2026-11-23T08:00:00Z.` };
  const text = fold.value === undefined ? '1' : own(data, fold.value);
  const value = text === 'true' ? 1 : text === 'false' ? 0 : Number(text ?? NaN);
  if (!Number.isFinite(value)) return { problem: `${fold.value} is not a number.` };
  const proposal = fold.match === undefined ? undefined : own(data, fold.match);
  const known = proposal !== undefined && isProposal(proposal);
  const key = `${name}.${parts.map((part) => encodeURIComponent(part ?? '')).join('/')}`;
  const outcome: Outcome = {
    key,
    ...(known ? { proposal } : {}),
    value,
    unit: fold.unit,
    at: new Date(at).toISOString(),
    attestation,
    source,
  };
  return {
    outcome,
    ...(proposal !== undefined && !known ? { problem: `names the proposal ${proposal}, which there is not.` } : {}),
  };
};

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const byTime = (a: Outcome, b: Outcome): number =>
  byText(a.at, b.at) || byText(a.source, b.source) || a.value - b.value || byText(JSON.stringify(a), JSON.stringify(b));

const byWorth = (a: Outcome, b: Outcome): number =>
  STRENGTH.indexOf(a.attestation) - STRENGTH.indexOf(b.attestation) || byTime(a, b);

/** One outcome a key, sorted by key: sums of fractions depend on their order. */
export const byKey = (outcomes: readonly Outcome[]): Outcome[] => {
  const standing = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const other = standing.get(outcome.key);
    if (!other || byWorth(other, outcome) < 0) standing.set(outcome.key, outcome);
  }
  return [...standing.values()].sort((a, b) => byText(a.key, b.key));
};

const sum = (outcomes: readonly Outcome[]): number => outcomes.reduce((total, { value }) => total + value, 0);

const FIGURE: Record<FoldName, (outcomes: readonly Outcome[], days: number | undefined) => number | null> = {
  count: (outcomes) => outcomes.length,
  sum,
  avg: (outcomes) => (outcomes.length === 0 ? null : sum(outcomes) / outcomes.length),
  min: (outcomes) => outcomes.reduce<number | null>((min, { value }) => Math.min(min ?? value, value), null),
  max: (outcomes) => outcomes.reduce<number | null>((max, { value }) => Math.max(max ?? value, value), null),
  last: (outcomes) => [...outcomes].sort(byTime).at(-1)?.value ?? null,
  rate: (outcomes, days) => (days === undefined ? null : outcomes.length / days),
};

const figures = (fold: OutcomeFold, outcomes: readonly Outcome[], days?: number): Figures =>
  Object.fromEntries(
    fold.folds
      .filter((name) => name !== 'rate' || days !== undefined)
      .map((name) => [name, FIGURE[name](outcomes, days)]),
  );

/** `outcomes` are those of this fold alone; windows end with `day`. */
export const foldSummary = (fold: OutcomeFold, outcomes: readonly Outcome[], day: string): FoldSummary => {
  const end = Date.parse(`${day}T00:00:00Z`) + DAY_MS;
  const within = (days: number): Outcome[] =>
    outcomes.filter(({ at }) => Date.parse(at) < end && Date.parse(at) >= end - days * DAY_MS);
  const attested = { platform: 0, operator: 0, agent: 0 };
  for (const { attestation } of outcomes) attested[attestation]++;
  return {
    unit: fold.unit,
    attested,
    figures: {
      all: figures(fold, outcomes),
      ...Object.fromEntries(
        fold.windows.map((window) => [window, figures(fold, within(Number.parseInt(window)), Number.parseInt(window))]),
      ),
    },
  };
};

export const summaryOf = (
  program: string,
  day: string,
  folds: Record<string, FoldSummary>,
  outcomes: readonly Outcome[],
  problems: readonly string[],
): OutcomeSummary => ({
  program,
  day,
  folds,
  recent: outcomes
    .filter(({ proposal }) => proposal !== undefined)
    .sort((a, b) => byTime(b, a))
    .slice(0, RECENT),
  problems: [...new Set(problems)].sort().slice(0, MAX_PROBLEMS),
  problemCount: new Set(problems).size,
});

// How numbers are written in the table.
import type { Pace } from '../measure/duel.ts';
import { median, middle, type Latency } from '../measure/numbers.ts';

/** Three digits that matter, thousands apart. */
export const numberText = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
};

export const msText = (value: number): string =>
  value >= 10_000 ? `${numberText(value / 1000)} s` : `${numberText(value)} ms`;

export const latencyText = ({ p50, p95 }: Latency): string => `${numberText(p50)} / ${numberText(p95)} ms`;
export const latenciesText = (rounds: readonly Latency[]): string => latencyText(middle(rounds));

/** The middle of several rounds: how many a second, the p50 / p95 of one, and what is left to do after each. */
export const paceText = (rounds: readonly Pace[]): string => {
  const behind = median(rounds.map((round) => round.behind));
  const left = behind >= 0.01 ? `, then ${numberText(behind)} ms behind it` : '';
  return `${numberText(median(rounds.map(({ perSecond }) => perSecond)))}/s (${latenciesText(rounds)}${left})`;
};

// The few statistics used: median, quantile, least and greatest. Pure; used on both sides.

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);
export const spread = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

/** Milliseconds of single operations. */
export type Latency = { p50: number; p95: number };
export const latency = (each: readonly number[]): Latency => ({ p50: quantile(each, 0.5), p95: quantile(each, 0.95) });
/** The middle of several rounds, each number for itself. */
export const middle = (rounds: readonly Latency[]): Latency => ({
  p50: median(rounds.map((round) => round.p50)),
  p95: median(rounds.map((round) => round.p95)),
});

/** How long `body` takes, in milliseconds. */
export const timed = async <T>(body: () => T | Promise<T>): Promise<{ ms: number; value: T }> => {
  const start = performance.now();
  const value = await body();
  return { ms: performance.now() - start, value };
};

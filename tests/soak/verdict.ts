// Does memory grow? The samples after garbage collection of the second half, a line through them, and a bound for what
// counts as growing: noise of a few hundred kilobytes from one sample to the next is normal.
export interface Sample {
  minute: number;
  calls: number;
  pageHeap: number;
  workerHeap: number;
  storage: number;
  p50: number;
  p95: number;
}

export interface Trend {
  what: string;
  /** Bytes a minute. */
  slope: number;
  /** Share of the scatter that the line explains. */
  fit: number;
  /** By how much the line rises over the second half, against where it starts. */
  rise: number;
  grows: boolean;
}

const MIN_RISE_BYTES = 2_000_000;
const MIN_RISE_SHARE = 0.1;
const MIN_FIT = 0.5;

export function trendOf(what: string, samples: readonly { minute: number; value: number }[]): Trend {
  const half = samples.slice(Math.floor(samples.length / 2));
  const n = half.length;
  const mean = (of: (one: (typeof half)[number]) => number): number => half.reduce((sum, one) => sum + of(one), 0) / n;
  const [x, y] = [mean((one) => one.minute), mean((one) => one.value)];
  const xx = half.reduce((sum, one) => sum + (one.minute - x) ** 2, 0);
  const xy = half.reduce((sum, one) => sum + (one.minute - x) * (one.value - y), 0);
  const yy = half.reduce((sum, one) => sum + (one.value - y) ** 2, 0);
  const slope = xx === 0 ? 0 : xy / xx;
  const fit = xx === 0 || yy === 0 ? 0 : xy ** 2 / (xx * yy);
  const rise = slope * ((half.at(-1)?.minute ?? 0) - (half[0]?.minute ?? 0));
  const grows = n >= 3 && fit >= MIN_FIT && rise >= MIN_RISE_BYTES && rise >= MIN_RISE_SHARE * (y - rise / 2);
  return { what, slope, fit, rise, grows };
}

/**
 * BM25 over what was found. Of the whole only what the asker may see counts: a rarer word weighs more, but rarer among
 * the files shown, against a fixed scale; so no score tells anything of files that are hidden. Pure.
 */
export type Counted = { counts: readonly number[]; named: readonly boolean[]; length: number };

const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;
const USUAL_LENGTH = 300;
const SCALE = 1_000_000;

/** How much each wanted term weighs, from how many files have it. */
export const weights = (having: readonly number[]): number[] =>
  having.map((files) => Math.log(1 + SCALE / (files + 1)));

export const score = ({ counts, named, length }: Counted, weight: readonly number[]): number => {
  const size = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / USUAL_LENGTH);
  let sum = 0;
  for (let i = 0; i < weight.length; i++) {
    const each = weight[i] ?? 0;
    const count = counts[i] ?? 0;
    sum += each * ((count * (SATURATION + 1)) / (count + size) + (named[i] ? 1 : 0));
  }
  return sum;
};

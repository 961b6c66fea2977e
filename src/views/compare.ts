/**
 * Compares two lists (lines, words) by the greedy algorithm of Myers, "An O(ND) Difference Algorithm" (1986), bounded:
 * after `limit` differences the rest is one block of old against new. Pure, and never slower than limit² steps.
 */

/** `a` in [a0, a1) stands where `b` has [b0, b1). */
export type Range = { a0: number; a1: number; b0: number; b1: number };

/** What differs, in order and not overlapping. */
export const compare = (a: readonly string[], b: readonly string[], limit = 600): Range[] => {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let aEnd = a.length;
  let bEnd = b.length;
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd -= 1;
    bEnd -= 1;
  }
  if (start === aEnd && start === bEnd) return [];
  const whole = [{ a0: start, a1: aEnd, b0: start, b1: bEnd }];
  if (start === aEnd || start === bEnd) return whole;
  return myers(a.slice(start, aEnd), b.slice(start, bEnd), limit)?.map((range) => shift(range, start)) ?? whole;
};

const shift = (range: Range, by: number): Range => ({
  a0: range.a0 + by,
  a1: range.a1 + by,
  b0: range.b0 + by,
  b1: range.b1 + by,
});

const myers = (a: readonly string[], b: readonly string[], limit: number): Range[] | undefined => {
  const most = Math.min(limit, a.length + b.length);
  /** How far each diagonal got, by its number plus `most`; one copy a round, to walk back over. */
  let reach = new Int32Array(2 * most + 2);
  const rounds: Int32Array[] = [];
  for (let depth = 0; depth <= most; depth += 1) {
    rounds.push(reach.slice());
    for (let k = -depth; k <= depth; k += 2) {
      const down = k === -depth || (k !== depth && at(reach, k - 1 + most) < at(reach, k + 1 + most));
      let x = down ? at(reach, k + 1 + most) : at(reach, k - 1 + most) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach[k + most] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(rounds, a.length, b.length, most);
    }
    reach = reach.slice();
  }
  return undefined;
};

const at = (reach: Int32Array, index: number): number => reach[index] ?? 0;

const walkBack = (rounds: readonly Int32Array[], aEnd: number, bEnd: number, most: number): Range[] => {
  const found: Range[] = [];
  let x = aEnd;
  let y = bEnd;
  for (let depth = rounds.length - 1; depth > 0; depth -= 1) {
    const reach = rounds[depth] ?? new Int32Array();
    const k = x - y;
    const down = k === -depth || (k !== depth && at(reach, k - 1 + most) < at(reach, k + 1 + most));
    const before = down ? k + 1 : k - 1;
    const fromX = at(reach, before + most);
    const fromY = fromX - before;
    const step: Range = down
      ? { a0: fromX, a1: fromX, b0: fromY, b1: fromY + 1 }
      : { a0: fromX, a1: fromX + 1, b0: fromY, b1: fromY };
    const next = found.at(-1);
    if (next && next.a0 === step.a1 && next.b0 === step.b1) Object.assign(next, { a0: step.a0, b0: step.b0 });
    else found.push(step);
    x = fromX;
    y = fromY;
  }
  return found.reverse();
};

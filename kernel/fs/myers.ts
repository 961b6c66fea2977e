/**
 * The greedy search of "An O(ND) Difference Algorithm and Its Variations", Myers 1986, with two bounds: how far apart
 * the two sides may be, and how many steps all searches of one diff may take together. Beyond either it gives up.
 * Works on anything that can be compared by index: characters, words, lines.
 */
/** Old [a0, a1) becomes new [b0, b1). In characters or in tokens (lines, words), as the function says. */
export type Range = { a0: number; a1: number; b0: number; b1: number };
export type Same = (a: number, b: number) => boolean;

/** What one diff has spent: steps of linear passes, of Myers searches, and characters split into words. */
export type Meter = { work: number; myers: number; words: number };

/** Steps for all Myers runs of one diff together: well under a quarter of a second. */
export const MYERS_STEPS = 5_000_000;
/** The differing ranges by the greedy forward search, or undefined when they are further apart than allowed. */
export const myers = (range: Range, same: Same, maxDistance: number, meter: Meter): Range[] | undefined => {
  const n = range.a1 - range.a0;
  const m = range.b1 - range.b0;
  if (Math.abs(n - m) > maxDistance) return undefined;
  const limit = Math.min(maxDistance, n + m);
  const middle = limit + 1;
  const reach = new Int32Array(2 * limit + 3);
  // reach as it stood after each distance; row d holds diagonals -d-1 … d+1, so that both neighbours exist.
  const rows: Int32Array[] = [];
  for (let d = 0; d <= limit; d++) {
    for (let k = -d; k <= d; k += 2) {
      const left = reach[middle + k - 1] ?? 0;
      const above = reach[middle + k + 1] ?? 0;
      let x = k === -d || (k !== d && left < above) ? above : left + 1;
      const start = x;
      while (x < n && x - k < m && same(range.a0 + x, range.b0 + x - k)) x++;
      reach[middle + k] = x;
      meter.myers += x - start + 1;
      if (x >= n && x - k >= m) return backtrack(range, rows, d);
    }
    if (meter.myers > MYERS_STEPS) return undefined;
    rows.push(reach.slice(middle - d - 1, middle + d + 2));
  }
  return undefined;
};

const backtrack = (range: Range, rows: readonly Int32Array[], distance: number): Range[] => {
  const found: Range[] = [];
  let x = range.a1 - range.a0;
  let y = range.b1 - range.b0;
  for (let d = distance; d > 0; d--) {
    const row = rows[d - 1] ?? new Int32Array(0);
    const at = (k: number): number => row[d + k] ?? 0;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromX = at(down ? k + 1 : k - 1);
    const fromY = fromX - (down ? k + 1 : k - 1);
    const edit: Range = {
      a0: range.a0 + fromX,
      a1: range.a0 + fromX + (down ? 0 : 1),
      b0: range.b0 + fromY,
      b1: range.b0 + fromY + (down ? 1 : 0),
    };
    const next = found.at(-1);
    if (next && next.a0 === edit.a1 && next.b0 === edit.b1)
      found[found.length - 1] = { ...next, a0: edit.a0, b0: edit.b0 };
    else found.push(edit);
    x = fromX;
    y = fromY;
  }
  return found.toReversed();
};

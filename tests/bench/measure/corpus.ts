// The files that everybody writes: 2,048 bytes of words with a Zipf-like frequency from a vocabulary of 20,000, 50 files
// a folder, the same on every run. Each begins with a line of its own, `stamp 00000000`, that small edits count up.

export type SampleFile = { index: number; path: string; text: string };

export const FOLDER = '/workspace/files';
export const FILE_BYTES = 2048;
export const MESSAGE = 'Benchmark: one attributed write';
const VOCABULARY = 20_000;
const FILES_A_FOLDER = 50;
const FOLDERS_A_PROJECT = 50;

/** Small, fast and seeded (mulberry32): the same numbers on every machine. */
export const random = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const SYLLABLES = Array.from('bcdfghjklmnprstvz').flatMap((c) => Array.from('aeiou', (v) => c + v));
/** The word of a rank; 0 is the most frequent. Three syllables, so that no word begins another. */
export const word = (rank: number): string => {
  const base = SYLLABLES.length;
  return [rank % base, Math.floor(rank / base) % base, Math.floor(rank / base / base)]
    .map((i) => SYLLABLES[i])
    .join('');
};

let tables: { words: string[]; sums: Float64Array } | undefined;
const zipf = (): { words: string[]; sums: Float64Array } => {
  if (tables) return tables;
  const words = Array.from({ length: VOCABULARY }, (_, rank) => word(rank));
  const sums = new Float64Array(VOCABULARY);
  let sum = 0;
  for (let rank = 0; rank < VOCABULARY; rank++) sums[rank] = sum += 1 / (rank + 1);
  tables = { words, sums };
  return tables;
};

/** `bytes` of text; the seed decides which. */
export const prose = (seed: number, bytes: number): string => {
  const { words, sums } = zipf();
  const next = random(seed);
  const total = sums[VOCABULARY - 1] ?? 1;
  const parts: string[] = [];
  for (let length = 0, line = 0; length < bytes;) {
    const wanted = next() * total;
    let low = 0;
    for (let high = VOCABULARY - 1; low < high;) {
      const at = (low + high) >> 1;
      if ((sums[at] ?? 0) < wanted) low = at + 1;
      else high = at;
    }
    const piece = words[low] ?? '';
    line += piece.length + 1;
    parts.push(piece, line > 80 ? '\n' : ' ');
    if (line > 80) line = 0;
    length += piece.length + 1;
  }
  return parts.join('').slice(0, bytes);
};

export const stamp = (count: number): string => `stamp ${String(count).padStart(8, '0')}`;

export const pathOf = (index: number, folder = FOLDER): string => {
  const dir = Math.floor(index / FILES_A_FOLDER);
  return `${folder}/p${Math.floor(dir / FOLDERS_A_PROJECT)}/d${dir % FOLDERS_A_PROJECT}/f${index % FILES_A_FOLDER}.md`;
};

export const sample = (index: number, folder = FOLDER, bytes = FILE_BYTES): SampleFile => {
  const head = `${stamp(0)}\n`;
  return { index, path: pathOf(index, folder), text: head + prose(index + 1, bytes - head.length) };
};

export const samples = (from: number, count: number, folder = FOLDER): SampleFile[] =>
  Array.from({ length: count }, (_, i) => sample(from + i, folder));

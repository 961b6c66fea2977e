// Two ways of writing measured against each other in one worker, in short alternating blocks (AB, BA, AB …), so that a
// machine that is slow for a second is slow for both. A block ends when all of its work is done, what a side does in the
// background included. The first block of each warms up and is not counted.
import type { SampleFile } from './corpus.ts';
import { latency, median, type Latency } from './numbers.ts';

export type Side = {
  write: (file: SampleFile) => Promise<unknown>;
  /** Resolves when everything that was asked is on disk and nothing is left to do. */
  settle: () => Promise<void>;
  /** Files in a block. */
  size: number;
  /** How many write at the same time; 1 when left out. */
  writers?: number;
};

export type Pace = Latency & {
  perSecond: number;
  /** Milliseconds a write of work that was left when the last one of a block was acknowledged. */
  behind: number;
};
export type Duel = {
  left: Pace;
  right: Pace;
  /** How many times as fast the left side is: the median over pairs of neighbouring blocks. */
  ratio: number;
};

export type Block = { ms: number; behind: number; each: number[] };

/** One block: every file written by the side's writers, and everything behind it done. */
export const write = async (side: Side, files: readonly SampleFile[]): Promise<Block> => {
  const each: number[] = [];
  let next = 0;
  const writer = async (): Promise<void> => {
    for (let file = files[next++]; file; file = files[next++]) {
      const start = performance.now();
      await side.write(file);
      each.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: side.writers ?? 1 }, writer));
  const acknowledged = performance.now();
  await side.settle();
  const end = performance.now();
  return { ms: end - start, behind: end - acknowledged, each };
};

const pace = (blocks: readonly Block[], size: number): Pace => ({
  ...latency(blocks.flatMap((block) => block.each)),
  perSecond: (1000 * size) / median(blocks.map((block) => block.ms)),
  behind: median(blocks.map((block) => block.behind)) / size,
});

/** `files` gives a fresh block of files; each side writes files of its own. */
export const duel = async (
  left: Side,
  right: Side,
  pairs: number,
  files: (from: number, count: number) => SampleFile[],
): Promise<Duel> => {
  const blocks: { left: Block[]; right: Block[] } = { left: [], right: [] };
  const at = { left: 0, right: 0 };
  for (let pair = 0; pair <= pairs; pair++) {
    for (const name of pair % 2 === 0 ? (['left', 'right'] as const) : (['right', 'left'] as const)) {
      const side = name === 'left' ? left : right;
      const batch = files(at[name], side.size);
      at[name] += side.size;
      const done = await write(side, batch);
      if (pair > 0) blocks[name].push(done);
    }
  }
  const ratios = blocks.left.map(
    (block, pair) => (blocks.right[pair]?.ms ?? Number.NaN) / right.size / (block.ms / left.size),
  );
  return { left: pace(blocks.left, left.size), right: pace(blocks.right, right.size), ratio: median(ratios) };
};

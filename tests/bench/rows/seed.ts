// Not a row of the table: fills the profiles that rows start from. Ours gets ten entries a file (one create, nine small
// edits), all through the gate. A set makes 2,000 files and goes round them nine times, so that the entries of one file
// lie apart in the journal, as in a workspace that has lived.
import type { Change } from '../../../kernel/protocol/files.ts';
import type { Seed } from '../drive/bench.ts';
import { openOurs } from '../contenders/ours.ts';
import { pathOf, sample, samples, stamp } from '../measure/corpus.ts';
import { row } from '../row.ts';

const FILES_A_SET = 2_000;
export const ENTRIES_A_FILE = 10;
/** The stamp that a seeded file carries. */
export const SEEDED_STAMP = ENTRIES_A_FILE - 1;
const FILES_A_BATCH = 500;

const setOf = (from: number, count: number, entries: number): Change[] => {
  const changes: Change[] = [];
  for (const { path, text } of samples(from, count)) changes.push({ op: 'put', path, content: text, base: null });
  for (let edit = 1; edit < entries; edit++) {
    for (let i = 0; i < count; i++) {
      changes.push({ op: 'edit', path: pathOf(from + i), old: stamp(edit - 1), new: stamp(edit) });
    }
  }
  return changes;
};

const filled = async (files: number, entries: number, indexed: boolean): Promise<void> => {
  const { running, change, settle, stop } = await openOurs();
  for (let from = 0; from < files; from += FILES_A_SET) {
    await change(setOf(from, Math.min(FILES_A_SET, files - from), entries));
    await settle();
  }
  // The index behind search trails the writes: a workspace that stood a while has all of it. Only the search row asks.
  if (indexed) await (await running.standing).flush();
  await stop();
};

const ours = ({ files }: { files: number }): Promise<void> => filled(files, ENTRIES_A_FILE, false);
const fresh = ({ files }: { files: number }): Promise<void> => filled(files, 1, true);

const ydoc = async ({ files }: { files: number }): Promise<void> => {
  const { openYdoc } = await import('../contenders/ydoc.ts');
  const { writeAll, settle } = await openYdoc();
  for (let from = 0; from < files; from += FILES_A_BATCH) {
    await writeAll(samples(from, Math.min(FILES_A_BATCH, files - from)));
  }
  await settle();
};

const minisearch = async ({ files }: { files: number }): Promise<void> => {
  const { buildMini } = await import('../contenders/minisearch.ts');
  const { save } = buildMini(Array.from({ length: files }, (_, index) => sample(index)));
  await save();
};

export const seedRow = row({
  name: 'seed',
  title: 'Filling profiles',
  tasks: { ours, fresh, ydoc, minisearch },
  drive: async () => [],
});

export const seed: Seed = async (session, { of, files }) => void (await session.run(seedRow.name, of, { files }));

// A disk that is full from the n-th row on, for every n that a piece of mixed work asks for.
import { expect, onTestFinished, test } from 'vitest';
import type { Change } from '../protocol/files.ts';
import { fillDisk } from './faults.ts';
import { bootMemory, createDisk, type Memory } from './memory.ts';

const BLOB = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 251);

/** One piece of work a line, each with what the files are after it. */
const WORK: { changes: Change[]; after: Record<string, string | Uint8Array | undefined> }[] = [
  { changes: [{ op: 'put', path: '/workspace/a.md', content: 'one\n' }], after: { '/workspace/a.md': 'one\n' } },
  {
    changes: [
      { op: 'append', path: '/workspace/a.md', content: 'two\n' },
      { op: 'put', path: '/workspace/deep/er/b.md', content: 'b' },
    ],
    after: { '/workspace/a.md': 'one\ntwo\n', '/workspace/deep/er/b.md': 'b' },
  },
  { changes: [{ op: 'put', path: '/workspace/c.bin', content: BLOB }], after: { '/workspace/c.bin': BLOB } },
  {
    changes: [{ op: 'edit', path: '/workspace/a.md', old: 'one', new: 'eins' }],
    after: { '/workspace/a.md': 'eins\ntwo\n' },
  },
  {
    changes: [
      { op: 'move', from: '/workspace/deep', to: '/workspace/shallow' },
      { op: 'remove', path: '/workspace/c.bin' },
    ],
    after: { '/workspace/deep/er/b.md': undefined, '/workspace/shallow/er/b.md': 'b', '/workspace/c.bin': undefined },
  },
];

const PATHS = [...new Set(WORK.flatMap(({ after }) => Object.keys(after)))];

const filesOf = async (k: Memory): Promise<Record<string, string | Uint8Array | undefined>> =>
  Object.fromEntries(
    await Promise.all(
      PATHS.map(async (path) => {
        const read = await k.as('operator').read(path);
        return [path, read.ok ? read.value.content : undefined] as const;
      }),
    ),
  );

/** Does the work from `step` on; answers the first step that was refused, or their number. */
const workFrom = async (k: Memory, step: number, files: Record<string, unknown>): Promise<number> => {
  for (let at = step; at < WORK.length; at++) {
    const { changes = [], after = {} } = WORK[at] ?? {};
    const done = await k.as('operator').write(changes, { message: `step ${at}` });
    if (!done.ok) {
      expect(done.error).toMatchObject({ code: 'ENOSPC', message: expect.stringContaining('Nothing was written') });
      return at;
    }
    Object.assign(files, after);
    // What is written behind an answer (projections, the index) meets the full disk too.
    await k.clock.advance(2_000);
  }
  return WORK.length;
};

test('[A36] [J7] a disk full from any row on: refused in words, nothing half-written, reading goes on, and room mends it', async () => {
  const whole = await bootMemory();
  await workFrom(whole, 0, {});
  const finished = await filesOf(whole);
  await whole.stop();

  const refused = new Set<number>();
  for (let n = 1, met = true; met; n++) {
    const disk = createDisk();
    const k = await bootMemory({ disk });
    const files: Record<string, unknown> = Object.fromEntries(PATHS.map((path) => [path, undefined]));
    const full = fillDisk(n);
    let step: number;
    try {
      step = await workFrom(k, 0, files);
      // How many rows one run of the work asks for depends on what is written behind its answers.
      met = full.asked() >= n;
      if (met) refused.add(step);
      expect(await filesOf(k)).toEqual(files);
      // A restart on the full disk cannot raise the epoch; one after room is made finds the same.
    } finally {
      full.undo();
    }
    k.crash();
    const b = await bootMemory({ disk, clock: k.clock });
    expect(await filesOf(b)).toEqual(files);
    expect((await b.journal.verify(1)).fault).toBeUndefined();
    expect(await workFrom(b, step, files)).toBe(WORK.length);
    expect(await filesOf(b)).toEqual(finished);
    await b.stop();
  }
  // Every step met the full disk, and so did what is written after the last answer.
  expect([...refused].sort((a, b) => a - b)).toEqual(WORK.map((_, at) => at).concat(WORK.length));
});

test('[A36] [J7] room made without a restart: the same kernel goes on where it was refused', async () => {
  const k = await bootMemory();
  const files: Record<string, unknown> = {};
  const full = fillDisk(1);
  onTestFinished(full.undo);
  expect(await workFrom(k, 0, files)).toBe(0);
  full.undo();
  expect(await workFrom(k, 0, files)).toBe(WORK.length);
  expect((await k.journal.verify(1)).fault).toBeUndefined();
  await k.stop();
});

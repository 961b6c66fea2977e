/** The conflicts that two kernels really write when they merge, read, told and settled as the page does it. */
import { expect, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Memory } from '../../../kernel/boot/memory.ts';
import type { Change } from '../../../kernel/protocol/files.ts';
import { CONFLICTS, type Conflict } from '../../../kernel/protocol/formats/records.ts';
import { parseConflict } from '../../client/records.ts';
import { keepAsIs, restoreVersion } from '../files/restore.ts';
import { actsFor, contestedPath, inTurn, TITLES } from './settle.ts';

const two = async (): Promise<[Memory, Memory]> => {
  const clock = createClock();
  return [await bootMemory({ disk: createDisk(), clock }), await bootMemory({ disk: createDisk(), clock })];
};
const write = async (k: Memory, ...changes: Change[]): Promise<void> => {
  const done = await k.as('operator').write(changes, { message: 'm' });
  if (!done.ok) throw new Error(done.error.message);
};
const pull = async (to: Memory, from: Memory): Promise<void> => {
  const merged = await to.kernel.fs.merge(await from.journal.parcels(to.journal.vector()));
  if (!merged.ok) throw new Error(merged.error.message);
  await to.kernel.fs.takeChunks(await from.kernel.fs.chunks(merged.value.chunks));
};
/** Three rounds: what merging itself writes travels too. */
const meet = async (a: Memory, b: Memory): Promise<void> => {
  for (let round = 0; round < 3; round++) {
    await pull(b, a);
    await pull(a, b);
  }
  await a.clock.advance(10);
};
/** What the page shows: the records as it reads them. */
const shown = async (k: Memory): Promise<{ open: Conflict[]; settled: Conflict[] }> => {
  const listed = await k.as('operator').list(CONFLICTS);
  if (!listed.ok) throw new Error(listed.error.message);
  const read = await Promise.all(listed.value.entries.map(({ path }) => k.as('operator').read(path)));
  const parsed = read.map((one) => parseConflict(one.ok ? JSON.parse(String(one.value.content)) : undefined));
  expect(parsed).not.toContain(undefined);
  return inTurn(parsed as Conflict[]);
};
const only = async (k: Memory): Promise<Conflict> => {
  const { open } = await shown(k);
  expect(open).toHaveLength(1);
  const [conflict] = open as [Conflict];
  expect(TITLES[conflict.kind]).toBeTruthy();
  expect(k.kernel.fs.stat(conflict.path)?.conflict).toBe(conflict.words);
  return conflict;
};
const settled = async (k: Memory): Promise<void> => {
  await k.clock.advance(10);
  const { open, settled: done } = await shown(k);
  expect([open.length, done.length]).toEqual([0, 1]);
};

test('[T3] removed on one, changed on the other: kept as it is', async () => {
  const [a, b] = await two();
  await write(a, { op: 'put', path: '/workspace/f.md', content: 'x', base: null });
  await meet(a, b);
  await write(a, { op: 'remove', path: '/workspace/f.md' });
  await write(b, { op: 'edit', path: '/workspace/f.md', old: 'x', new: 'y' });
  await meet(a, b);
  const conflict = await only(a);
  expect(conflict).toMatchObject({ kind: 'kept', path: '/workspace/f.md' });
  expect(actsFor(conflict, true)).toContain('keep');
  expect((await keepAsIs(a.as('operator'), conflict.path)).ok).toBe(true);
  await settled(a);
});

test('[T2] [T3] one name for two: the other one is found by it, and keeping or renaming settles it', async () => {
  for (const act of ['keep', 'rename'] as const) {
    const [a, b] = await two();
    await write(a, { op: 'put', path: '/workspace/plan.tar.md', content: 'of a', base: null });
    await write(b, { op: 'put', path: '/workspace/plan.tar.md', content: 'of b', base: null });
    await meet(a, b);
    const conflict = await only(b);
    expect(conflict.kind).toBe('name');
    expect(conflict.path).not.toBe('/workspace/plan.tar.md');
    expect(contestedPath(conflict.path)).toBe('/workspace/plan.tar.md');
    expect(b.kernel.fs.stat(contestedPath(conflict.path))?.kind).toBe('file');
    expect(actsFor(conflict, true)).toContain(act);
    if (act === 'keep') expect((await keepAsIs(b.as('operator'), conflict.path)).ok).toBe(true);
    else await write(b, { op: 'move', from: conflict.path, to: '/workspace/mine.md' });
    await settled(b);
  }
});

test('[T3] two whole contents: the other side is taken by its revision', async () => {
  const [a, b] = await two();
  await write(a, { op: 'put', path: '/workspace/x.bin', content: Uint8Array.of(0, 1), base: null });
  await meet(a, b);
  const base = a.kernel.fs.stat('/workspace/x.bin')?.revision ?? null;
  await write(a, { op: 'put', path: '/workspace/x.bin', content: Uint8Array.of(0, 2), base });
  await a.clock.advance(5);
  await write(b, { op: 'put', path: '/workspace/x.bin', content: Uint8Array.of(0, 3), base });
  await meet(a, b);
  const conflict = await only(b);
  expect(conflict).toMatchObject({ kind: 'content', path: '/workspace/x.bin' });
  expect(actsFor(conflict, true)).toContain('other');
  const taken = await restoreVersion(
    b.as('operator'),
    conflict.path,
    { id: conflict.revision ?? '' },
    'the other side',
  );
  expect(taken.ok).toBe(true);
  const read = await b.as('operator').read(conflict.path, { as: 'bytes' });
  expect(read.ok && read.value.content).toEqual(Uint8Array.of(0, 2));
  await settled(b);
});

test('[T3] two folders moved into each other: kept where they are', async () => {
  const [a, b] = await two();
  await write(a, { op: 'mkdir', path: '/workspace/p' }, { op: 'mkdir', path: '/workspace/q' });
  await meet(a, b);
  await write(a, { op: 'move', from: '/workspace/p', to: '/workspace/q/p' });
  await write(b, { op: 'move', from: '/workspace/q', to: '/workspace/p/q' });
  await meet(a, b);
  const conflict = await only(a);
  expect(conflict.kind).toBe('folder');
  expect(actsFor(conflict, true)).toEqual(['keep', 'rename']);
  expect((await keepAsIs(a.as('operator'), conflict.path)).ok).toBe(true);
  await settled(a);
});

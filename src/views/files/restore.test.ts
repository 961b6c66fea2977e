/** Bringing back is one `restore` change, whatever is brought back; an undo is told in words. */
import { expect, test } from 'vitest';
import { ok } from '../../../kernel/protocol/errors.ts';
import type { Change } from '../../../kernel/protocol/files.ts';
import { undoneWords } from '../undo-words.ts';
import { keepAsIs, restoreFolder, restoreRemoved, restoreVersion } from './restore.ts';

const recorder = () => {
  const written: { changes: Change[]; message: string }[] = [];
  return {
    written,
    stub: {
      write: (changes: Change[], o: { message: string }) => {
        written.push({ changes, ...o });
        return Promise.resolve(ok({ revisions: ['r.1'] }));
      },
    },
  };
};

test('a version, a removed file, a folder at a date and a settled conflict are each one restore change', async () => {
  const { stub, written } = recorder();
  await restoreVersion(stub, '/workspace/a.md', { id: 'd.7' }, 'the version of today 07:02');
  await restoreRemoved(stub, '/workspace/a.md');
  await restoreFolder(stub, '/workspace/notes', new Date('2026-11-03T08:00:00Z'));
  await keepAsIs(stub, '/workspace/a.md');
  expect(written).toEqual([
    {
      changes: [{ op: 'restore', path: '/workspace/a.md', at: 'd.7' }],
      message: 'Restored revision d.7, the version of today 07:02',
    },
    { changes: [{ op: 'restore', path: '/workspace/a.md' }], message: 'Brought a.md back' },
    {
      changes: [{ op: 'restore', path: '/workspace/notes', at: '2026-11-03T08:00:00.000Z' }],
      message: 'Restored notes to what it was at 2026-11-03T08:00:00.000Z',
    },
    { changes: [{ op: 'restore', path: '/workspace/a.md' }], message: 'Settled: a.md stays as it is' },
  ]);
});

test('an undo says what it took back, and what it left', () => {
  const file = { path: '/workspace/a.md', what: 'changed' as const };
  const left = { path: '/workspace/b.md', reason: 'edited since' };
  expect(undoneWords('5e1f', { files: [file], conflicts: [] })).toBe('Run 5e1f is undone in 1 file.');
  expect(undoneWords('5e1f', { files: [file, file], conflicts: [left] })).toBe(
    'Run 5e1f is undone in 2 files. 1 file could not be told apart and stayed.',
  );
  expect(undoneWords('5e1f', { files: [], conflicts: [left, left] })).toBe(
    'Nothing of run 5e1f was taken back. 2 files could not be told apart and stayed.',
  );
});

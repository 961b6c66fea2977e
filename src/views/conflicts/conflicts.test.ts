/** What can be done about a conflict, the other holder of a name, and the order they are shown in. */
import { expect, test } from 'vitest';
import type { Conflict } from '../../../kernel/protocol/formats/records.ts';
import { parseConflict } from '../../client/records.ts';
import { actsFor, contestedPath, inTurn } from './settle.ts';

const conflict = (more: Partial<Conflict> = {}): Conflict => ({
  id: 'c1',
  kind: 'content',
  state: 'open',
  path: '/workspace/a.png',
  words: 'Changed on both.',
  at: '2026-11-20T08:00:00Z',
  by: 'operator',
  ...more,
});
test('the other side can be taken only where it is known; nothing is offered where nothing stands or may be changed', () => {
  expect(actsFor(conflict({ revision: 'd.7' }), true)).toEqual(['keep', 'other', 'rename', 'remove']);
  expect(actsFor(conflict(), true)).toEqual(['keep', 'rename', 'remove']);
  expect(actsFor(conflict({ kind: 'folder' }), true)).not.toContain('remove');
  expect(actsFor(conflict(), false)).toEqual([]);
  expect(actsFor(conflict({ path: '/system/x.json' }), true)).toEqual([]);
});

test('the file that took the name first stands under it, beside the one with a name of its own', () => {
  expect(contestedPath('/workspace/a/plan~3fa2b1c4.md')).toBe('/workspace/a/plan.md');
  expect(contestedPath('/workspace/a/notes~3fa2b1c4')).toBe('/workspace/a/notes');
  expect(contestedPath('/workspace/a/archive.tar~3fa2b1c4.gz')).toBe('/workspace/a/archive.tar.gz');
});

test('open ones come first, the newest first; a record without its words is left out', () => {
  const old = conflict({ id: 'old', at: '2026-11-01T00:00:00Z' });
  const done = conflict({ id: 'done', state: 'settled' });
  const turn = inTurn([old, done, conflict()]);
  expect(turn.open.map(({ id }) => id)).toEqual(['c1', 'old']);
  expect(turn.settled.map(({ id }) => id)).toEqual(['done']);
  expect(parseConflict(conflict())).toEqual(conflict());
  expect(parseConflict({ ...conflict(), words: undefined })).toBeUndefined();
});

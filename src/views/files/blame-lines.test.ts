import { describe, expect, test } from 'vitest';
import type { Revision } from '../../../kernel/protocol/files.ts';
import type { BlameRun } from '../../../kernel/protocol/syscalls.ts';
import { authorsOfLines } from './blame-lines.ts';
import { groupRevisions } from './revision-groups.ts';

const run = (from: number, to: number, revision: string, actor: string, at: string): BlameRun => ({
  from,
  to,
  revision,
  actor,
  at,
  message: `made ${revision}`,
});

describe('authors of lines', () => {
  const text = 'name: Acme\n\nprice: $18 now\nlast';
  const runs = [
    run(0, 12, 'r1', 'operator', '2026-08-03T07:00:00Z'),
    run(12, 20, 'r1', 'operator', '2026-08-03T07:00:00Z'),
    run(20, 22, 'r2', 'agent:analyst', '2026-11-17T07:02:00Z'),
    run(22, text.length, 'r1', 'operator', '2026-08-03T07:00:00Z'),
  ];

  test("[A8] a line is its newest author's, and the others in it are named", () => {
    const lines = authorsOfLines(runs, text);
    expect(lines.map((line) => line?.run.revision)).toEqual(['r1', 'r1', 'r2', 'r1']);
    expect(lines[2]?.others).toEqual(['operator']);
    expect(lines[0]?.others).toEqual([]);
  });

  test('only the first line of a stretch carries the name', () => {
    expect(authorsOfLines(runs, text).map((line) => line?.first)).toEqual([true, false, true, true]);
  });

  test('an empty file has one line and no author', () => {
    expect(authorsOfLines([], '')).toEqual([undefined]);
  });

  test('only blanks of a newer revision do not take a line over', () => {
    const spaced = [
      run(0, 3, 'r1', 'operator', '2026-01-01T00:00:00Z'),
      run(3, 5, 'r2', 'agent:a', '2026-02-01T00:00:00Z'),
    ];
    expect(authorsOfLines(spaced, 'abc  ')[0]?.run.revision).toBe('r1');
  });
});

describe('groups of revisions', () => {
  const revision = (id: string, at: string, more: Partial<Revision> = {}): Revision => ({
    id,
    path: '/workspace/a.md',
    op: 'edit',
    actor: 'operator',
    at,
    message: 'Edited in the editor',
    size: 1,
    hash: id,
    ...more,
  });

  test('a sitting of typing is one line; what stood before it is known', () => {
    const groups = groupRevisions([
      revision('d.5', '2026-11-17T08:05:00Z'),
      revision('d.4', '2026-11-17T08:01:00Z'),
      revision('d.3', '2026-11-17T07:02:00Z', { actor: 'agent:analyst', run: '5e1f', message: 'Price' }),
      revision('d.2', '2026-11-16T07:00:00Z', { op: 'attr', message: 'Forked' }),
      revision('d.1', '2026-11-16T07:00:00Z', { op: 'create', message: 'Forked' }),
    ]);
    expect(groups.map(({ id, revisions, before }) => [id, revisions.length, before?.id])).toEqual([
      ['d.5', 2, 'd.3'],
      ['d.3', 1, 'd.1'],
      ['d.1', 1, undefined],
    ]);
  });

  test('a pause, another hand or another reason begins a new line', () => {
    const groups = groupRevisions([
      revision('d.3', '2026-11-17T09:00:00Z'),
      revision('d.2', '2026-11-17T08:00:00Z'),
      revision('d.1', '2026-11-17T07:59:00Z', { message: 'Recovered' }),
    ]);
    expect(groups).toHaveLength(3);
  });
});

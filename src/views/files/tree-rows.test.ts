import { describe, expect, test } from 'vitest';
import type { Stat } from '../../../kernel/protocol/files.ts';
import { crumbs, imageType, movable, whyReadOnly } from './places.ts';
import { treeRows, unchanged } from './tree-rows.ts';

const stat = (path: string, more: Partial<Stat> = {}): Stat => ({
  path,
  kind: 'file',
  size: 1,
  revision: 'r',
  actor: 'operator',
  at: '2026-11-17T08:00:00Z',
  attrs: {},
  ...more,
});
const folder = (path: string): Stat => stat(path, { kind: 'dir' });

const LISTED = new Map([
  ['/', [folder('/proc'), folder('/system'), folder('/workspace'), folder('/programs')]],
  [
    '/workspace',
    [stat('/workspace/b.md'), stat('/workspace/a10.md'), stat('/workspace/a9.md'), folder('/workspace/z')],
  ],
]);

describe('the tree', () => {
  test('the workspace stands first; folders before files, numbers in their order', () => {
    const rows = treeRows(LISTED, new Set(['/workspace']));
    expect(rows.map(({ name, depth }) => `${depth} ${name}`)).toEqual([
      '0 workspace',
      '1 z',
      '1 a9.md',
      '1 a10.md',
      '1 b.md',
      '0 programs',
      '0 system',
      '0 proc',
    ]);
    expect(rows.find(({ name }) => name === 'programs')?.note).toBe('read only');
    expect(rows.find(({ name }) => name === 'a9.md')).toMatchObject({ actor: 'operator', place: [2, 4] });
  });

  test('an open folder that is not listed yet is busy', () => {
    const rows = treeRows(LISTED, new Set(['/workspace', '/workspace/z']));
    expect(rows.find(({ name }) => name === 'z')).toMatchObject({ expanded: true, busy: true });
  });

  test('a row that says the same stays the same object', () => {
    const before = treeRows(LISTED, new Set(['/workspace']));
    const after = unchanged(before, treeRows(LISTED, new Set()));
    expect(after.find(({ name }) => name === 'proc')).toBe(before.find(({ name }) => name === 'proc'));
    expect(after.find(({ name }) => name === 'workspace')).not.toBe(before.find(({ name }) => name === 'workspace'));
  });
});

describe('places', () => {
  test('only what lies in the workspace is edited and moved', () => {
    expect(whyReadOnly(stat('/workspace/a.md'))).toBeUndefined();
    expect(whyReadOnly(stat('/programs/x/plugin.json'))).toMatch(/copy in your workspace/);
    expect(whyReadOnly(stat('/system/runs/x.jsonl'))).toMatch(/record/);
    expect([movable('/workspace'), movable('/workspace/a.md'), movable('/system/policy.yaml')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  test('a path is told apart from its folders, a picture from a text', () => {
    expect(crumbs('/workspace/a/b.md').map(({ path }) => path)).toEqual([
      '/workspace',
      '/workspace/a',
      '/workspace/a/b.md',
    ]);
    expect([imageType('/workspace/A.PNG'), imageType('/workspace/png')]).toEqual(['image/png', undefined]);
  });
});

/** The copy of every file: whole, in parts where it must be, past what cannot be read, and stopped without a trace. */
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { hashHex } from '../../kernel/protocol/bytes.ts';
import { err, ok } from '../../kernel/protocol/errors.ts';
import type { Stat } from '../../kernel/protocol/files.ts';
import { copyFiles, REPORT, type CopyOptions } from './copy-files.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const stat = (path: string, kind: 'file' | 'dir' = 'file'): Stat => ({
  path,
  kind,
  size: 0,
  revision: 'd.1',
  actor: 'operator',
  at: '2026-11-20T08:00:00Z',
  attrs: {},
});

/** A workspace of these files, listed two to a page; `undefined` cannot be read. */
const stubOf = (files: Record<string, string | Uint8Array | undefined>): CopyOptions['stub'] =>
  ({
    list: (folder: string, { cursor }: { cursor?: string }) => {
      if (folder === '/system') return Promise.resolve(err('ENOENT', 'nothing'));
      const all = [
        ...(folder === '/workspace' ? [stat('/workspace/empty', 'dir')] : []),
        ...Object.keys(files)
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => stat(path)),
      ];
      const from = Number(cursor ?? 0);
      return Promise.resolve(
        ok({ entries: all.slice(from, from + 2), ...(from + 2 < all.length ? { cursor: String(from + 2) } : {}) }),
      );
    },
    read: (path: string) => {
      const content = files[path];
      return Promise.resolve(
        content === undefined ? err('EBADMSG', 'entry 7 is damaged') : ok({ content, stat: stat(path) }),
      );
    },
  }) as unknown as CopyOptions['stub'];

const unzip = async (blob: Blob | undefined) =>
  unzipSync(new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer()));
const copy = (files: Record<string, string | Uint8Array | undefined>, more: Partial<CopyOptions> = {}) =>
  copyFiles({
    stub: stubOf(files),
    now: NOW,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...more,
  });

test('every file and every empty folder is in it, byte for byte, with the report', async () => {
  const large = Uint8Array.from({ length: 1_200_000 }, (_, at) => (at * 31) % 251);
  const copied = await copy({
    '/workspace/a.md': 'Grüße\n',
    '/workspace/pictures/x.png': large,
    '/workspace/large.txt': large,
    '/workspace/none.txt': '',
    '/programs/p/plugin.json': '{}',
  });
  const found = await unzip(copied?.parts[0]);
  expect(copied).toMatchObject({ files: 5, unread: [] });
  expect(Object.keys(found).toSorted()).toEqual(
    [
      'allod-copy.txt',
      'programs/p/plugin.json',
      'workspace/a.md',
      'workspace/empty/',
      'workspace/large.txt',
      'workspace/none.txt',
      'workspace/pictures/x.png',
    ].toSorted(),
  );
  expect(new TextDecoder().decode(found['workspace/a.md'])).toBe('Grüße\n');
  expect(hashHex(found['workspace/pictures/x.png'] ?? '')).toBe(hashHex(large));
  expect(hashHex(found['workspace/large.txt'] ?? '')).toBe(hashHex(large));
  expect(new TextDecoder().decode(found[REPORT])).toContain('Every file could be read.');
});

test('what cannot be read is named with the reason, and stops nothing', async () => {
  const seen: number[] = [];
  const copied = await copy(
    { '/workspace/a.md': undefined, '/workspace/b.md': 'b' },
    { onProgress: ({ done, unread }) => seen.push(done, unread) },
  );
  const found = await unzip(copied?.parts[0]);
  expect(copied?.unread).toEqual([{ path: '/workspace/a.md', why: 'EBADMSG: entry 7 is damaged' }]);
  expect(new TextDecoder().decode(found[REPORT])).toContain('/workspace/a.md\n    EBADMSG: entry 7 is damaged');
  expect(found['workspace/b.md']).toBeDefined();
  expect(seen).toEqual([1, 1, 2, 1]);
});

test('past the limits of one archive another part begins, and each is whole', async () => {
  const files = Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`/workspace/${n}.md`, String(n)]));
  const copied = await copy(files, { limits: { entries: 3, bytes: 1e9 } });
  const names = (await Promise.all((copied?.parts ?? []).map(unzip))).map((part) => Object.keys(part).length);
  expect(names).toEqual([3, 3, 3]);
});

test('a stopped copy gives nothing', async () => {
  const stop = new AbortController();
  const copied = await copy(
    { '/workspace/a.md': 'a', '/workspace/b.md': 'b' },
    { signal: stop.signal, onProgress: () => stop.abort() },
  );
  expect(copied).toBeUndefined();
});

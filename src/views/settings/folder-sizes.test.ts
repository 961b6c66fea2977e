/** Sizes of folders: every file counts in each folder above it, the largest first, and a bound ends the reading. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { err, ok } from '../../../kernel/protocol/errors.ts';
import type { Stub } from '../../../kernel/protocol/stub.ts';
import { listSizes, sizesOf } from './folder-sizes.ts';

const file = (path: string, size: number) => ({ path, kind: 'file' as const, size });

test('a file counts in every folder above it; the largest stands first', () => {
  const sizes = sizesOf([
    { path: '/workspace/empty', kind: 'dir', size: 0 },
    file('/workspace/a/x.md', 10),
    file('/workspace/a/b/y.md', 5),
    file('/workspace/z.md', 20),
  ]);
  expect(sizes.of.get('/workspace')).toMatchObject({ bytes: 35, files: 3 });
  expect(sizes.inside.get('/workspace')?.map(({ path, bytes }) => [path, bytes])).toEqual([
    ['/workspace/z.md', 20],
    ['/workspace/a', 15],
    ['/workspace/empty', 0],
  ]);
});

test('what is inside a folder always sums up to it', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `/${names.join('/')}/f`);
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(path, fc.nat(1000)), { selector: ([at]) => at }), (files) => {
      const sizes = sizesOf(files.map(([at, size]) => file(at, size)));
      for (const [folder, inside] of sizes.inside) {
        const sum = inside.reduce((total, { bytes }) => total + bytes, 0);
        expect(sizes.of.get(folder)?.bytes).toBe(sum);
      }
    }),
  );
});

test('reading ends at the bound and says so; a folder that is not there is none', async () => {
  let asked = 0;
  const stub = {
    list: (place: string) => {
      asked += 1;
      return Promise.resolve(
        place === '/workspace'
          ? ok({ entries: [file(`/workspace/${asked}.md`, 1)], cursor: 'more' })
          : err('ENOENT', 'nothing'),
      );
    },
  } as unknown as Pick<Stub, 'list'>;
  const cut = await listSizes(stub, 3);
  expect(cut.ok && [cut.value.cut, cut.value.of.get('/workspace')?.files]).toEqual([true, 3]);
  const none = await listSizes({ list: () => Promise.resolve(err('ENOENT', 'nothing')) } as unknown as Pick<
    Stub,
    'list'
  >);
  expect(none.ok && none.value).toMatchObject({ cut: false });
});

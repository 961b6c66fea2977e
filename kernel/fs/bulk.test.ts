import { expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import { must } from '../protocol/errors.ts';

test('many texts at once are those of reading each, and what is not in memory and was changed, or is bytes, is left out', async () => {
  const k = await bootMemory();
  const op = k.as('operator');
  const paths = Array.from({ length: 40 }, (_, i) => `/workspace/many/${i}.md`);
  const texts = paths.map((_path, i) => (i === 3 ? '' : `text ${i} ü\n`));
  must(
    await op.write(
      [
        ...paths.map((path, i) => ({ op: 'put' as const, path, content: texts[i] ?? '', base: null })),
        { op: 'put', path: '/workspace/many/bytes', content: Uint8Array.from([0, 255]), base: null },
      ],
      { message: 'm' },
    ),
  );
  must(await op.write([{ op: 'append', path: paths[7] ?? '', content: 'more' }], { message: 'm' }));
  must(await op.write([{ op: 'remove', path: paths[8] ?? '' }], { message: 'm' }));
  const named = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const found = async (kernel: Memory): Promise<unknown[]> => {
    const nodes = [...paths, '/workspace/many/bytes'].flatMap((path) => kernel.kernel.fs.nodeAt(path) ?? []);
    const bulk = await kernel.kernel.fs.bulk(nodes);
    return nodes.flatMap((node) => {
      const read = bulk.get(node.id);
      return read ? [[node.name, read.text, read.hash === node.hash && read.revision === node.revision]] : [];
    });
  };
  const expected = (left: readonly number[]) =>
    paths.flatMap((path, i) => (left.includes(i) ? [] : [[named(path), `${texts[i]}${i === 7 ? 'more' : ''}`, true]]));
  // In memory, each as it is now.
  expect(await found(k)).toEqual(expected([8]));
  await k.stop();
  const later = await bootMemory({ disk: k.disk });
  expect(await found(later)).toEqual(expected([7, 8]));
  await later.stop();
});

import { expect, test } from 'vitest';
import { bootMemory } from '../boot/memory.ts';
import { must } from '../protocol/errors.ts';

test('many texts at once are those of reading each, and what was changed or is bytes is left out', async () => {
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
  const nodes = [...paths, '/workspace/many/bytes'].flatMap((path) => k.kernel.fs.nodeAt(path) ?? []);
  const bulk = await k.kernel.fs.bulk(nodes);
  const found = nodes.flatMap((node) => {
    const read = bulk.get(node.id);
    return read ? [[node.name, read.text, read.hash === node.hash && read.revision === node.revision]] : [];
  });
  expect(found).toEqual(
    paths.flatMap((path, i) => (i === 7 || i === 8 ? [] : [[path.slice(path.lastIndexOf('/') + 1), texts[i], true]])),
  );
  await k.stop();
});

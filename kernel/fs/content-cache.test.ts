import { describe, expect, test } from 'vitest';
import { bootMemory } from '../boot/memory.ts';
import { createContentCache } from './content-cache.ts';
import { recordOf } from './record.ts';
import { firstUpdate, newText } from './text-form.ts';

const record = (bytes: number) => recordOf([new Uint8Array(bytes)]);

describe('[F15] contents in memory', () => {
  test('[F15] are bounded by their number: the one unused for longest goes', () => {
    const cache = createContentCache(3, 1 << 20);
    for (const id of ['a', 'b', 'c']) cache.put(id, record(1));
    const a = cache.get('a');
    if (a) cache.put('a', a);
    cache.put('d', record(1));
    expect(['a', 'b', 'c', 'd'].filter((id) => cache.get(id))).toEqual(['a', 'c', 'd']);
    expect(cache.held().count).toBe(3);
  });

  test('[F15] and by their bytes: a large one counts as what it is, and goes when others need the room', () => {
    const cache = createContentCache(256, 100_000);
    cache.put('large', record(90_000));
    for (let i = 0; i < 20; i++) cache.put(`${i}`, record(1000));
    expect(cache.get('large')).toBeUndefined();
    expect(cache.held()).toEqual({ count: 20, bytes: 20 * 2024 });
    cache.put('19', record(50_000));
    expect(cache.held().bytes).toBeLessThanOrEqual(100_000);
    cache.drop('19');
    cache.clear();
    expect(cache.held()).toEqual({ count: 0, bytes: 0 });
  });

  test('[F15] the one used last stays, whatever its size; a text weighs more than its characters', () => {
    const cache = createContentCache(256, 1000);
    cache.put('small', record(10));
    const text = 'é'.repeat(5000);
    cache.put('text', newText(text, firstUpdate(text, 1)));
    expect([cache.get('small'), cache.get('text') !== undefined]).toEqual([undefined, true]);
    expect(cache.held().bytes).toBeGreaterThan(4 * 5000);
  });

  test('[F15] files that went out of memory read and change as before', async () => {
    const k = await bootMemory();
    const op = k.as('operator');
    const text = (i: number): string => `${i} ${'lorem ipsum '.repeat(200_000)}`;
    for (let i = 0; i < 8; i++)
      await op.write([{ op: 'put', path: `/workspace/${i}.md`, content: text(i) }], { message: 'm' });
    for (let i = 0; i < 8; i++) {
      const path = `/workspace/${i}.md`;
      expect(await op.write([{ op: 'append', path, content: 'end' }], { message: 'm' })).toMatchObject({ ok: true });
      const read = await op.read(path);
      expect(read.ok && read.value.content === `${text(i)}end`).toBe(true);
    }
    await k.stop();
  });
});

import { expect, test } from 'vitest';
import { ok } from '../../kernel/protocol/errors.ts';
import type { Client } from '../client/client.ts';
import { dropInto, freeName, soundName } from './drop.ts';

test('a taken name gets the next free number, before its ending', () => {
  expect(freeName('a.md', new Set())).toBe('a.md');
  expect(freeName('a.md', new Set(['a.md', 'a (2).md']))).toBe('a (3).md');
  expect(freeName('.env', new Set(['.env']))).toBe('.env (2)');
  expect(freeName('README', new Set(['README']))).toBe('README (2)');
});

test('a name that cannot be a path is mended', () => {
  expect(soundName('a\tb.md')).toBe('a-b.md');
  expect(soundName('..')).toBe('file');
  expect(soundName('  ')).toBe('file');
  expect(new TextEncoder().encode(soundName(`${'å'.repeat(200)}.md`)).length).toBeLessThanOrEqual(255);
  expect(soundName(`${'å'.repeat(200)}.md`)).toMatch(/\.md$/);
});

const clientWith = (names: string[]) => {
  const writes: { changes: unknown; message: string }[] = [];
  const stub = {
    list: async () => ok({ entries: names.map((name) => ({ path: `/workspace/inbox/${name}` })) }),
    write: async (changes: unknown, { message }: { message: string }) => {
      writes.push({ changes, message });
      return ok({ revisions: ['r'] });
    },
  };
  return { client: { stub } as unknown as Client, writes };
};

test('one drop is one write: text as text, bytes as bytes, twins told apart, the too large named', async () => {
  const { client, writes } = clientWith(['a.md']);
  const big = new File([], 'film.mov');
  Object.defineProperty(big, 'size', { value: 812_000_000 });
  const dropped = await dropInto(client, [
    new File(['# A'], 'a.md'),
    new File(['# B'], 'a.md'),
    new File([new Uint8Array([0, 255])], 'b.bin'),
    big,
  ]);
  expect(writes).toEqual([
    {
      message: 'Dropped 3 files into the inbox',
      changes: [
        { op: 'put', path: '/workspace/inbox/a (2).md', content: '# A', base: null },
        { op: 'put', path: '/workspace/inbox/a (3).md', content: '# B', base: null },
        { op: 'put', path: '/workspace/inbox/b.bin', content: new Uint8Array([0, 255]), base: null },
      ],
    },
  ]);
  expect(dropped.said).toBe(
    'Dropped into the inbox: 3 files. film.mov is 812 MB; at most 64 MB a file. It was left out.',
  );
});

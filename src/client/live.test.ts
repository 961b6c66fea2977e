/** Live data over a fake client: loads after the watch stands, follows changes, drops what is out of date. */
import { createComponent, createRoot, createSignal } from 'solid-js';
import { expect, test } from 'vitest';
import { ok, type Result } from '../../kernel/protocol/errors.ts';
import type { Client, WatchListener } from './client.ts';
import { ClientContext } from './context.ts';
import { createLive, literal, type Live } from './live.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

type Asked = { answer: (value: Result<string>) => void };

const setUp = (pattern: () => string | undefined) => {
  const watching = new Map<WatchListener, string>();
  const asked: Asked[] = [];
  const client = {
    watch: (patterns: string, listener: WatchListener) => {
      watching.set(listener, patterns);
      return () => void watching.delete(listener);
    },
  } as unknown as Client;
  let live: Live<string> | undefined;
  const dispose = createRoot((end) => {
    createComponent(ClientContext.Provider, {
      value: client,
      get children() {
        live = createLive(pattern, () => new Promise<Result<string>>((answer) => asked.push({ answer })));
        return undefined;
      },
    });
    return end;
  });
  const tell = (event: 'placed' | 'write') => {
    for (const listener of watching.keys()) {
      listener(event === 'placed' ? event : { path: '/a', change: 'write', actor: 'operator', source: 'local' });
    }
  };
  if (!live) throw new Error('the children of the provider were not run');
  return { live, watching, asked, tell, dispose };
};

test('nothing is loaded before the watch stands; then it is, and every change loads again, one at a time', async () => {
  const { live, asked, tell } = setUp(() => '/workspace/**');
  expect(asked).toHaveLength(0);
  expect(live.loading()).toBe(true);
  tell('placed');
  expect(asked).toHaveLength(1);
  tell('write');
  tell('write');
  tell('write');
  expect(asked).toHaveLength(1);
  asked[0]?.answer(ok('first'));
  await settled();
  expect(live.value()).toBe('first');
  expect(asked).toHaveLength(2);
  asked[1]?.answer(ok('second'));
  await settled();
  expect(live.value()).toBe('second');
  expect(live.loading()).toBe(false);
  tell('write');
  asked[2]?.answer({ ok: false, error: { code: 'ENOENT', call: 'read', message: 'gone' } });
  await settled();
  expect(live.error()?.code).toBe('ENOENT');
  expect(live.value()).toBe('second');
});

test('another pattern starts over, and the answer to the old question is dropped', async () => {
  const [pattern, setPattern] = createSignal<string | undefined>('/a');
  const { live, asked, tell, watching, dispose } = setUp(pattern);
  tell('placed');
  setPattern('/b');
  expect([...watching.values()]).toEqual(['/b']);
  tell('placed');
  asked[0]?.answer(ok('old'));
  await settled();
  expect(live.value()).toBeUndefined();
  asked[1]?.answer(ok('new'));
  await settled();
  expect(live.value()).toBe('new');
  setPattern(undefined);
  expect(live.value()).toBeUndefined();
  expect(watching.size).toBe(0);
  dispose();
});

test('after its owner is gone nothing is watched', () => {
  const { watching, dispose } = setUp(() => '/a');
  expect(watching.size).toBe(1);
  dispose();
  expect(watching.size).toBe(0);
});

test('a path as a pattern matches itself, and nothing longer', async () => {
  const { matcher } = await import('../../kernel/protocol/paths.ts');
  for (const path of ['/a/b.md', '/a/[x] (1).md', '/a/{b}*?.md', '/a/!x+(y)@z|w.md', '/a/b\\c']) {
    expect(matcher(literal(path))(path)).toBe(true);
    expect(matcher(literal(path))(`${path}x`)).toBe(false);
  }
});

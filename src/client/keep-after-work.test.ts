/** The browser is asked to keep the workspace after the operator's first work: once, and not again for a week. */
import { expect, test } from 'vitest';
import type { WatchEvent } from '../../kernel/protocol/files.ts';
import type { WatchListener } from './client.ts';
import { keepAfterWork, type Asking } from './keep-after-work.ts';

const event = (more: Partial<WatchEvent> = {}): WatchEvent => ({
  path: '/workspace/a.md',
  change: 'write',
  actor: 'operator',
  source: 'local',
  ...more,
});

const setUp = (more: Partial<Asking> = {}) => {
  const listeners = new Set<WatchListener>();
  const state = { asked: 0, last: 0, listeners };
  const asking: Asking = {
    persisted: () => Promise.resolve(false),
    ask: () => Promise.resolve(++state.asked),
    last: () => state.last,
    asked: (at) => (state.last = at),
    now: () => 1e12,
    ...more,
  };
  const client = {
    watch: (_: string | readonly string[], listener: WatchListener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const tell = (said: WatchEvent | 'placed') => [...listeners].forEach((listener) => listener(said));
  return { state, tell, stop: keepAfterWork(client, asking), again: () => keepAfterWork(client, asking) };
};
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test('not on load, not for what others do or what is only typed; with the first work, once', async () => {
  const { state, tell, again } = setUp();
  await settled();
  tell('placed');
  tell(event({ actor: 'agent:writer' }));
  tell(event({ change: 'live' }));
  tell(event({ source: 'remote' }));
  expect(state.asked).toBe(0);
  tell(event());
  tell(event());
  expect(state.asked).toBe(1);
  expect(state.listeners.size).toBe(0);
  again();
  await settled();
  expect(state.listeners.size).toBe(0);
});

test('a browser that has agreed already is not asked', async () => {
  const { state } = setUp({ persisted: () => Promise.resolve(true) });
  await settled();
  expect(state.listeners.size).toBe(0);
});

test('ended before it stood, it watches nothing', async () => {
  const { state, stop } = setUp();
  stop();
  await settled();
  expect(state.listeners.size).toBe(0);
});

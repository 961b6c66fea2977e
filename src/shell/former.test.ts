import { expect, test } from 'vitest';
import { ok } from '../../kernel/protocol/errors.ts';
import type { Client } from '../client/client.ts';
import { missFormer } from './former.ts';

const clientOf = (device: string): Client =>
  ({
    stub: {
      read: async () => ok({ content: JSON.stringify({ device, startedAt: '2026-11-23T08:00:00.000Z' }) }),
    },
  }) as unknown as Client;

const shelf = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
};

test('[A38] another workspace in the place of the former one is told until it is noted; the same one never', async () => {
  const kept = shelf();
  const told: { text: string; noted: () => void }[] = [];
  const open = (device: string) => missFormer(clientOf(device), (text, noted) => told.push({ text, noted }), kept);
  await open('one');
  await open('one');
  expect(told).toEqual([]);
  await open('two');
  await open('two');
  expect(told).toHaveLength(2);
  expect(told[0]?.text).toContain('2026-11-23');
  told[1]?.noted();
  await open('two');
  expect(told).toHaveLength(2);
});

test('[A38] storage that is closed stops nothing', async () => {
  const closed = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  await missFormer(
    clientOf('one'),
    () => {
      throw new Error('told');
    },
    { getItem: closed, setItem: closed },
  );
});

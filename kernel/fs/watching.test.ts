import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../boot/memory.ts';
import type { Change, WatchEvent } from '../protocol/files.ts';
import type { Sys } from '../protocol/sys.ts';

let k: Memory;
let op: Sys;
let names = 0;
const fresh = (extension = 'md'): string => `/workspace/t${++names}.${extension}`;
const w = (...changes: Change[]) => op.write(changes, { message: 'test' });
const ok = async (...changes: Change[]): Promise<string[]> => {
  const done = await w(...changes);
  if (!done.ok) throw new Error(`${done.error.code} ${done.error.message}`);
  return done.value.revisions;
};
beforeAll(async () => {
  k = await bootMemory();
  op = k.as('operator');
});
afterAll(() => k.stop());

describe('[F11] watching', () => {
  const watching = async (body: () => Promise<unknown>): Promise<WatchEvent[]> => {
    const events: WatchEvent[] = [];
    const stop = op.on('/workspace/**', (event) => events.push(event));
    await body();
    stop();
    return events;
  };

  test('[F11] one event for each file of a set, with the revision of that set', async () => {
    const [a, b, c] = [fresh(), fresh(), fresh()];
    await ok({ op: 'put', path: b, content: 'b' }, { op: 'put', path: c, content: 'c' });
    let revisions: string[] = [];
    const events = await watching(async () => {
      revisions = await ok(
        { op: 'put', path: a, content: 'x', attrs: { k: 'v' } },
        { op: 'append', path: a, content: 'y' },
        { op: 'append', path: b, content: '1' },
        { op: 'move', from: b, to: `${b}.moved` },
        { op: 'remove', path: c },
      );
    });
    expect(events).toEqual([
      { path: a, change: 'write', actor: 'operator', revision: revisions[1], source: 'local' },
      { path: `${b}.moved`, change: 'move', from: b, actor: 'operator', revision: revisions[3], source: 'local' },
      { path: c, change: 'remove', actor: 'operator', revision: revisions[4], source: 'local' },
    ]);
  });

  test('[F11] the event comes after the set is durable, and reading then shows it', async () => {
    const path = fresh();
    let seen: unknown;
    const stop = op.on(path, () => {
      seen = Number(k.journal.vector()[k.journal.device]);
    });
    const [id = ''] = await ok({ op: 'put', path, content: 'x' });
    stop();
    expect(seen).toBeGreaterThanOrEqual(Number(id.split('.')[1]));
  });

  test('[F11] files of a moved folder are told each, attributes too, refusals never', async () => {
    const d = `/workspace/d${++names}`;
    await ok({ op: 'put', path: `${d}/a/x.md`, content: 'x' }, { op: 'put', path: `${d}/a/b/y.md`, content: 'y' });
    const moved = await watching(() => ok({ op: 'move', from: `${d}/a`, to: `${d}/c` }));
    expect(moved.map(({ path, from, change }) => [path, from, change])).toEqual(
      expect.arrayContaining([
        [`${d}/c`, `${d}/a`, 'move'],
        [`${d}/c/b/y.md`, `${d}/a/b/y.md`, 'move'],
        [`${d}/c/x.md`, `${d}/a/x.md`, 'move'],
      ]),
    );
    expect(moved).toHaveLength(3);
    const stat = (await op.read(`${d}/c/x.md`)) as { value: { stat: { revision: string } } };
    const attrs = await watching(() =>
      ok({ op: 'put', path: `${d}/c/x.md`, content: 'x', base: stat.value.stat.revision, attrs: { k: 'v' } }),
    );
    expect(attrs.map((event) => event.path)).toEqual([`${d}/c/x.md`]);
    expect(
      await watching(() => w({ op: 'put', path: fresh(), content: 'x' }, { op: 'remove', path: fresh() })),
    ).toEqual([]);
  });

  test('[F11] a listener that breaks does not make a durable write fail', async () => {
    const path = fresh();
    const error = console.error;
    console.error = () => undefined;
    const stop = op.on(path, () => {
      throw new Error('broken listener');
    });
    const done = await w({ op: 'put', path, content: 'x' });
    stop();
    console.error = error;
    expect(done.ok).toBe(true);
  });
});

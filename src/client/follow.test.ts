/** Following a run over a fake client: live words while it runs, its records as they are written, and then its end. */
import { expect, test } from 'vitest';
import { ok, type Result } from '../../kernel/protocol/errors.ts';
import type { WatchEvent } from '../../kernel/protocol/files.ts';
import type { Client, WatchListener } from './client.ts';
import { followRun } from './follow.ts';
import { parseRun } from '../../kernel/protocol/formats/records.ts';
import { createHeadReader } from './runs.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const today = new Date().toISOString().slice(0, 10);

const fakeClient = () => {
  const files = new Map<string, string>();
  const listeners = new Set<WatchListener>();
  let reads = 0;
  const read = async (
    path: string,
    o: { offset?: number; length?: number; as?: string } = {},
  ): Promise<Result<unknown>> => {
    reads += 1;
    const text = files.get(path);
    if (text === undefined) return { ok: false, error: { code: 'ENOENT', call: 'read', message: 'no' } };
    const bytes = new TextEncoder()
      .encode(text)
      .slice(o.offset ?? 0, o.length === undefined ? undefined : (o.offset ?? 0) + o.length);
    return ok({ content: o.as === 'bytes' ? bytes : text, stat: { path, size: text.length } });
  };
  const list = async (folder: string): Promise<Result<unknown>> => {
    const names = new Set(
      [...files.keys()]
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split('/')[0]),
    );
    return ok({
      entries: [...names].map((name) => {
        const path = `${folder}/${name}`;
        return { path, kind: files.has(path) ? 'file' : 'dir', size: files.get(path)?.length ?? 0 };
      }),
    });
  };
  const client = {
    stub: { read, list },
    watch: (_: unknown, listener: WatchListener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  } as unknown as Client;
  const tell = (event: Partial<WatchEvent> | 'placed') => {
    for (const listener of listeners) listener(event as WatchEvent);
  };
  return { client, files, tell, listeners, reads: () => reads };
};

const line = (record: object): string => `${JSON.stringify(record)}\n`;

test('a run is followed from its first live words to its end, and then let go', async () => {
  const { client, files, tell, listeners } = fakeClient();
  const file = `/system/runs/${today}/ab12.jsonl`;
  const { run } = followRun(client, 'ab12');
  files.set(
    '/proc/runs/ab12',
    JSON.stringify({ id: 'ab12', actor: 'agent:shell', kind: 'agent', title: 't', startedAt: 'x', live: 'Two' }),
  );
  files.set(file, line({ t: 'start', id: 'ab12', at: 'x', agent: 'shell' }));
  tell('placed');
  await settled();
  expect(run()).toMatchObject({ path: file, live: 'Two', start: { agent: 'shell' } });
  files.set(
    '/proc/runs/ab12',
    JSON.stringify({ id: 'ab12', actor: 'agent:shell', kind: 'agent', title: 't', startedAt: 'x', live: 'Two things' }),
  );
  tell({ path: '/proc/runs/ab12', change: 'live' });
  await settled();
  expect(run().live).toBe('Two things');
  files.delete('/proc/runs/ab12');
  files.set(file, files.get(file) + line({ t: 'end', at: 'y', state: 'done', text: 'Two things.' }) + '{"t":"cut');
  files.set(file, files.get(file)!.replace('{"t":"cut', ''));
  tell({ path: file, change: 'write' });
  await settled();
  expect(run()).toMatchObject({ live: '', end: { state: 'done', text: 'Two things.' } });
  expect(listeners.size).toBe(0);
});

test('run heads: newest first, ends found in long files, nothing read twice', async () => {
  const { client, files, reads } = fakeClient();
  const long =
    line({ t: 'start', id: 'b', at: '2026-11-22T10:00:00Z', agent: 'x' }) +
    line({ t: 'note', at: 'x', text: 'n'.repeat(60_000) }) +
    line({ t: 'end', at: 'z', state: 'failed', text: 'e'.repeat(20_000) });
  files.set('/system/runs/2026-11-22/b.jsonl', long);
  files.set(
    '/system/runs/2026-11-23/a.jsonl',
    line({ t: 'start', id: 'a', at: '2026-11-23T08:00:00Z', agent: 'shell' }),
  );
  files.set(
    '/system/runs/2026-11-23/c.jsonl',
    line({ t: 'start', id: 'c', at: '2026-11-23T09:00:00Z', agent: 'x', prompt: 'p'.repeat(20_000) }) +
      line({ t: 'end', at: 'z', state: 'done' }),
  );
  const read = createHeadReader(client);
  const heads = await read(10);
  expect(heads.ok && heads.value.map(({ start, end }) => `${start.id} ${end?.state}`)).toEqual([
    'c done',
    'a undefined',
    'b failed',
  ]);
  const before = reads();
  await read(10);
  expect(reads()).toBe(before);
  const shell = await read(1, ({ start }) => start.agent === 'shell');
  expect(shell.ok && shell.value.map(({ start }) => start.id)).toEqual(['a']);
});

test('a line cut short is left out, the others stand', () => {
  expect(parseRun('{"t":"start"}\n{"t":"no')).toEqual([{ t: 'start' }]);
});

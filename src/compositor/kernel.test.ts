// The compositor over the real kernel: what it shows follows what is written, and the handle it holds cannot write.
import { afterEach, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../../kernel/boot/memory.ts';
import { must } from '../../kernel/protocol/errors.ts';
import type { Change } from '../../kernel/protocol/files.ts';
import { panelSchema, type Panel } from '../../kernel/protocol/formats/surfaces.ts';
import type { PanelData } from '../widgets/widget.ts';
import { evaluate } from './bind.ts';
import { readOnly, type LiveHandle } from './handle.ts';
import { startLive } from './live.ts';
import { originOf } from './origin.ts';
import { createReader } from './reader.ts';
import { dependsOn } from './sources.ts';

let kernel: Memory | undefined;
afterEach(async () => {
  await kernel?.stop();
  kernel = undefined;
});

const boot = async () => {
  kernel = await bootMemory();
  const operator = kernel.as('operator');
  const handle: LiveHandle = readOnly({ ...operator, watch: (patterns, listener) => operator.on(patterns, listener) });
  const write = async (...changes: Change[]): Promise<void> =>
    void must(await operator.write(changes, { message: 'a change' }));
  return { operator, handle, write };
};

/** The panel's data each time it changes; `next` waits for one that satisfies. */
const show = (handle: LiveHandle, declared: object) => {
  const panel: Panel = panelSchema.parse(declared);
  const reader = createReader(handle);
  let data: PanelData | undefined;
  let wake = (): void => {};
  const stop = startLive(handle.watch, [
    {
      patterns: dependsOn(panel.bind),
      ask: () => evaluate(reader, panel, Date.now()),
      answer: (value: PanelData) => {
        data = value;
        wake();
      },
    },
  ]);
  const next = async (satisfies: (data: PanelData) => boolean): Promise<PanelData> => {
    for (;;) {
      if (data && satisfies(data)) return data;
      await new Promise<void>((done) => (wake = done));
    }
  };
  return { next, stop, reader };
};

const file = (name: string, title: string) => ({
  op: 'put' as const,
  path: `/workspace/context/competitors/${name}/profile.md`,
  content: `---\nname: ${title}\n---\n# ${title}\n`,
});
const PROFILES = {
  widget: 'table',
  bind: { glob: '/workspace/context/competitors/*/profile.md', as: 'front' },
  columns: ['name'],
  sort: 'name',
};
const names = (data: PanelData): unknown[] => data.rows.map((row) => row.data['name']);

test('[A31] a panel follows writes, edits, moves and removals of what it shows', async () => {
  const { handle, write } = await boot();
  const { next, stop } = show(handle, PROFILES);
  const shows = (...wanted: string[]): Promise<PanelData> => next((data) => names(data).join() === wanted.join());
  const folder = '/workspace/context/competitors';
  expect((await next(() => true)).missing).toBe('/workspace/context/competitors/*/profile.md');
  await write(file('acme', 'Acme'), file('tarn', 'Tarn'));
  await shows('Acme', 'Tarn');
  await write({ op: 'edit', path: `${folder}/acme/profile.md`, old: 'name: Acme', new: 'name: Acme 2' });
  await shows('Acme 2', 'Tarn');
  await write({ op: 'move', from: `${folder}/tarn`, to: '/workspace/context/gone' });
  await shows('Acme 2');
  await write({ op: 'move', from: '/workspace/context/gone', to: `${folder}/tarn` });
  await shows('Acme 2', 'Tarn');
  await write({ op: 'remove', path: `${folder}/tarn/profile.md` });
  await shows('Acme 2');
  await write({ op: 'move', from: '/workspace/context', to: '/workspace/elsewhere' });
  await shows();
  stop();
});

test('[A31] shown within 100 ms of the write', async () => {
  const { handle, write } = await boot();
  const { next, stop } = show(handle, PROFILES);
  await write(file('acme', 'Acme'));
  await next((data) => names(data).length === 1);
  await write(file('tarn', 'Tarn'));
  const acknowledged = performance.now();
  await next((data) => names(data).length === 2);
  expect(performance.now() - acknowledged).toBeLessThan(100);
  stop();
});

test('the foot line knows the author', async () => {
  const { operator, handle } = await boot();
  const { next, stop, reader } = show(handle, PROFILES);
  await operator.write([file('acme', 'Acme')], { message: 'first profile' });
  const { sources } = await next((data) => data.sources.length === 1);
  const origin = await originOf(reader, sources[0]!);
  expect(origin).toMatchObject({ stat: { actor: 'operator', path: file('acme', '').path }, message: 'first profile' });
  stop();
});

test('records: no proposal and no run yet is empty and says nothing is wrong', async () => {
  const { handle } = await boot();
  for (const bind of [{ proposals: {} }, { runs: {} }]) {
    const { next, stop } = show(handle, { widget: 'list', bind });
    expect(await next(() => true)).toMatchObject({ rows: [], problems: [] });
    stop();
  }
});

test('a proposal that is made appears in its queue', async () => {
  const { operator, handle } = await boot();
  const { next, stop } = show(handle, { widget: 'queue', bind: { proposals: {} } });
  await next(() => true);
  const proposed = await operator.propose({
    title: 'Write the mandate',
    changes: [{ op: 'put', path: '/workspace/mandate.md', content: 'x' }],
    rationale: 'It is owed.',
    reversibility: 'reversible',
  });
  expect(proposed).toMatchObject({ ok: true });
  const { rows } = await next((data) => data.rows.length === 1);
  expect(rows[0]?.proposal).toMatchObject({ title: 'Write the mandate', state: 'pending' });
  stop();
});

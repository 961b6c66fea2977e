import { describe, expect, test } from 'vitest';
import { panelSchema, type Panel } from '../../kernel/protocol/formats/surfaces.ts';
import { evaluate } from './bind.ts';
import { fakeHandle } from './fake-handle.ts';
import { createReader } from './reader.ts';

const NOW = new Date(2026, 10, 17, 8, 41).getTime();
const panel = (text: object): Panel => panelSchema.parse(text);
const profile = (name: string): string => `---\nname: ${name}\n---\n`;
const competitors = () =>
  fakeHandle({
    '/workspace/context/competitors/acme/profile.md': profile('Acme'),
    '/workspace/context/competitors/borealis/profile.md': profile('Borealis'),
    '/workspace/context/competitors/tarn/profile.md': profile('Tarn & Co'),
  });
const PROFILES = '/workspace/context/competitors/*/profile.md';

describe('a second reading', () => {
  test('reads only what changed, and keeps the rows that did not', async () => {
    const handle = competitors();
    const reader = createReader(handle);
    const table = panel({ widget: 'table', bind: { glob: PROFILES, as: 'front' } });
    const before = await evaluate(reader, table, NOW);
    handle.calls.length = 0;
    handle.put('/workspace/context/competitors/acme/profile.md', '---\nname: Acme 2\n---\n');
    const after = await evaluate(reader, table, NOW);
    expect(handle.calls).toEqual([
      'list /workspace/context/competitors',
      'read /workspace/context/competitors/acme/profile.md',
    ]);
    expect(after.rows.map((row) => row.data['name'])).toEqual(['Acme 2', 'Borealis', 'Tarn & Co']);
    expect(after.rows[1]).toBe(before.rows[1]);
    expect(after.rows[0]).not.toBe(before.rows[0]);
  });
});

describe('two panels over one file', () => {
  test('share its rows, also when they read at the same time', async () => {
    const handle = competitors();
    const reader = createReader(handle);
    const table = panel({ widget: 'table', bind: { glob: PROFILES, as: 'front' } });
    const list = panel({ widget: 'list', bind: { glob: PROFILES, as: 'front' }, sort: 'name' });
    const [first, second] = await Promise.all([evaluate(reader, table, NOW), evaluate(reader, list, NOW)]);
    expect(first?.rows[0]).toBe(second?.rows[0]);
    expect(handle.calls.filter((call) => call.startsWith('read'))).toHaveLength(3);
  });

  test('a reading that failed is tried again', async () => {
    const handle = competitors();
    let broken = true;
    const reader = createReader({
      ...handle,
      read: (path, o) =>
        broken
          ? Promise.resolve({ ok: false, error: { code: 'ENOENT', call: 'read', path, message: 'gone' } })
          : handle.read(path, o),
    });
    const table = panel({ widget: 'table', bind: { glob: PROFILES, as: 'front' } });
    expect((await evaluate(reader, table, NOW)).rows).toEqual([]);
    broken = false;
    expect((await evaluate(reader, table, NOW)).rows).toHaveLength(3);
  });
});

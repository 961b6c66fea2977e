import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { panelSchema, type Panel } from '../../kernel/protocol/formats/surfaces.ts';
import type { PanelData } from '../widgets/widget.ts';
import { defaultAs, evaluate } from './bind.ts';
import { fakeHandle, type FakeHandle } from './fake-handle.ts';
import { createReader } from './reader.ts';

const NOW = new Date(2026, 10, 17, 8, 41).getTime();
const panel = (text: object): Panel => panelSchema.parse(text);
const ask = (handle: FakeHandle, text: object, now = NOW): Promise<PanelData> =>
  evaluate(createReader(handle), panel(text), now);
const cells = (data: PanelData, column: string): unknown[] => data.rows.map((row) => row.data[column]);

const competitors = () =>
  fakeHandle({
    '/workspace/context/competitors/acme/profile.md': '---\nname: Acme\nstage: Price cut\nseats: 40\n---\n# Acme\n',
    '/workspace/context/competitors/borealis/profile.md': '---\nname: Borealis\nstage: Hiring\nseats: 12\n---\n',
    '/workspace/context/competitors/tarn/profile.md': '---\nname: Tarn & Co\nstage: Hiring\nseats: 7\n---\n',
    '/workspace/context/competitors/tarn/notes.md': 'not a profile',
    '/workspace/context/competitors/AGENTS.md': 'rules',
  });
const PROFILES = '/workspace/context/competitors/*/profile.md';

describe('file', () => {
  test('{latest} is the greatest name in the folder, {date} is today here', async () => {
    const handle = fakeHandle({
      '/workspace/briefings/2026-11-16.md': 'old',
      '/workspace/briefings/2026-11-17.md': 'new',
      '/workspace/briefings/readme.txt': 'no',
      '/workspace/briefings/2026-12-01.md/inside.md': 'a folder is no file',
    });
    const latest = await ask(handle, { widget: 'markdown', bind: { file: '/workspace/briefings/{latest}.md' } });
    expect(cells(latest, 'text')).toEqual(['new']);
    expect(latest.sources[0]?.path).toBe('/workspace/briefings/2026-11-17.md');
    const dated = await ask(handle, { widget: 'markdown', bind: { file: '/workspace/briefings/{date}.md' } });
    expect(cells(dated, 'text')).toEqual(['new']);
    const tomorrow = await ask(
      handle,
      { widget: 'markdown', bind: { file: '/workspace/briefings/{date}.md' } },
      NOW + 86_400_000,
    );
    expect(tomorrow).toMatchObject({ rows: [], problems: [], missing: '/workspace/briefings/2026-11-18.md' });
  });

  test('{latest} may name a folder', async () => {
    const handle = fakeHandle({ '/workspace/w/2026-45/a.md': 'a', '/workspace/w/2026-46/a.md': 'b' });
    const data = await ask(handle, { widget: 'markdown', bind: { file: '/workspace/w/{latest}/a.md' } });
    expect(cells(data, 'text')).toEqual(['b']);
  });

  test('what is not there is missing, not an error', async () => {
    for (const file of ['/workspace/none.md', '/workspace/none/{latest}.md']) {
      const data = await ask(fakeHandle(), { widget: 'markdown', bind: { file } });
      expect(data).toMatchObject({ rows: [], problems: [], sources: [], missing: file });
    }
  });

  test('a refusal is a problem that says what the kernel said', async () => {
    const handle = fakeHandle();
    const refusing: FakeHandle = {
      ...handle,
      read: (path) =>
        Promise.resolve({ ok: false, error: { code: 'EACCES', call: 'read', path, message: 'Not yours to read.' } }),
      list: ((path: string) =>
        Promise.resolve({
          ok: false,
          error: { code: 'EACCES', call: 'list', path, message: 'Not yours to list.' },
        })) as FakeHandle['list'],
    };
    expect((await ask(refusing, { widget: 'list', bind: { file: '/workspace/a.csv' } })).problems).toEqual([
      { path: '/workspace/a.csv', message: 'Not yours to read.' },
    ]);
    const listed = await ask(refusing, { widget: 'list', bind: { glob: '/workspace/*.csv' } });
    expect(listed.problems).toEqual([{ path: '/workspace/*.csv', message: 'Not yours to list.' }]);
    expect(listed.missing).toBeUndefined();
  });
});

describe('rows from every format', () => {
  const rowsIn = async (path: string, text: string, bind: object = {}): Promise<PanelData> =>
    ask(fakeHandle({ [path]: text }), { widget: 'table', bind: { file: path, ...bind } });

  test('CSV rows know their line', async () => {
    const data = await rowsIn('/workspace/a.csv', 'date,count\n2026-11-10,31\n2026-11-17,34\n');
    expect(cells(data, 'count')).toEqual(['31', '34']);
    expect(data.rows.map(({ line }) => line)).toEqual([2, 3]);
  });

  test('JSON and YAML through a pointer', async () => {
    const json = await rowsIn('/workspace/a.json', '{"a/b":{"items":[{"n":1},{"n":2}]}}', { at: '/a~1b/items' });
    expect(cells(json, 'n')).toEqual([1, 2]);
    const yaml = await rowsIn('/workspace/a.yaml', 'title: x\nitems:\n  - { n: 1 }\n  - { n: 2 }\n', { at: '/items' });
    expect(cells(yaml, 'n')).toEqual([1, 2]);
    expect(yaml.rows.map(({ line }) => line)).toEqual([3, 4]);
    const one = await rowsIn('/workspace/a.json', '{"n":1}');
    expect(cells(one, 'n')).toEqual([1]);
    expect(cells(await rowsIn('/workspace/a.json', '[1,"two"]'), 'value')).toEqual([1, 'two']);
  });

  test('a pointer never reaches what an object inherits', async () => {
    const data = await rowsIn('/workspace/a.json', '{}', { at: '/constructor' });
    expect(data.problems).toEqual([{ path: '/workspace/a.json', message: 'has nothing at /constructor.' }]);
  });

  test.each([
    ['/workspace/a.json', '{\n  "a": 1,\n  oops\n}', 3, 'is not valid JSON.'],
    ['/workspace/a.yaml', 'a: 1\nb: [', 2, /^is not valid YAML: /],
    ['/workspace/a.csv', 'a,b\n1,"2', 2, 'opens a quote that is never closed.'],
    ['/workspace/a.jsonl', '{"a":1}\nnot json\n{"a":2}\n', 2, 'is not valid JSON.'],
  ])('%s that does not parse names file and line and throws nothing', async (path, text, line, message) => {
    const { problems } = await rowsIn(path, text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path, line });
    expect(problems[0]?.message).toMatch(message);
  });

  test('one bad line or file does not take the others with it', async () => {
    const lines = await rowsIn('/workspace/a.jsonl', '{"a":1}\nnot json\n{"a":2}\n');
    expect(cells(lines, 'a')).toEqual([1, 2]);
    const handle = competitors();
    handle.put('/workspace/context/competitors/borealis/profile.md', '---\nname: [\n---\n');
    const data = await ask(handle, { widget: 'table', bind: { glob: PROFILES, as: 'front' }, columns: ['name'] });
    expect(cells(data, 'name')).toEqual(['Acme', 'Tarn & Co']);
    expect(data.problems).toMatchObject([{ path: '/workspace/context/competitors/borealis/profile.md' }]);
    expect(data.problems[0]?.line).toBeGreaterThan(1);
  });

  test('any text under any format gives rows or problems', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string({ unit: fc.constantFrom('---\n', 'a: ', '[', '{', '"', '\n', '&x ', '*x', ',') }),
        ),
        fc.constantFrom('text', 'front', 'csv', 'json', 'jsonl', 'yaml', 'files'),
        fc.constantFrom(undefined, '/a', '/0/a', '/'),
        async (text, as, at) => {
          const data = await ask(fakeHandle({ '/workspace/a': text }), {
            widget: 'table',
            bind: { file: '/workspace/a', as, at, where: { a: 1 }, sort: '-a' },
            group: 'a',
            value: { sum: 'a' },
          });
          expect(Array.isArray(data.rows) && Array.isArray(data.problems)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('glob', () => {
  test('lists from the fixed folder, only as deep as the pattern reaches', async () => {
    const handle = competitors();
    const data = await ask(handle, { widget: 'metric', bind: { glob: PROFILES }, value: { count: true } });
    expect(data.value).toEqual({ value: 3, used: 3, left: 0 });
    expect(handle.calls).toEqual(['list /workspace/context/competitors']);
  });

  test('follows pages', async () => {
    const files = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`/workspace/x/${n}.md`, '']));
    const data = await ask(fakeHandle(files, 10), { widget: 'list', bind: { glob: '/workspace/x/*.md' } });
    expect(data.total).toBe(25);
  });

  test('says how many files it leaves unread', async () => {
    const files = Object.fromEntries(Array.from({ length: 1003 }, (_, n) => [`/workspace/x/${n}.csv`, 'a\n1\n']));
    const data = await ask(fakeHandle(files), { widget: 'table', bind: { glob: '/workspace/x/*.csv' } });
    expect(data.total).toBe(1000);
    expect(data.problems).toEqual([
      { path: '/workspace/x/*.csv', message: 'matches 1003 files; the 1000 newest are read.' },
    ]);
  });

  test('how files are read when the panel does not say', () => {
    const glob = (path: string, more: object = {}): Panel => panel({ widget: 'table', bind: { glob: path }, ...more });
    expect(defaultAs(glob('/w/*.md'))).toBe('files');
    expect(defaultAs(glob('/w/*.md', { columns: ['_path', '_by'], sort: '-_at' }))).toBe('files');
    expect(defaultAs(glob('/w/*.md', { columns: ['name', 'stage'] }))).toBe('front');
    expect(defaultAs(glob('/w/*.md', { value: { sum: 'seats' } }))).toBe('front');
    expect(defaultAs(glob('/w/*.csv'))).toBe('csv');
    expect(defaultAs(panel({ widget: 'markdown', bind: { glob: '/w/*.md' } }))).toBe('text');
    expect(defaultAs(panel({ widget: 'markdown', bind: { file: '/w/a.txt' } }))).toBe('text');
    expect(defaultAs(panel({ widget: 'list', bind: { file: '/w/a.md', as: 'yaml' } }))).toBe('yaml');
  });
});

describe('operators', () => {
  test('where, sort, limit and value, in this order', async () => {
    const data = await ask(competitors(), {
      widget: 'table',
      bind: { glob: PROFILES, as: 'front', where: { stage: 'Hiring' }, limit: 1 },
      sort: '-seats',
      value: { sum: 'seats' },
    });
    expect(cells(data, 'name')).toEqual(['Borealis']);
    expect(data).toMatchObject({ total: 2, value: { value: 19, used: 2, left: 0 } });
  });

  test('group', async () => {
    const data = await ask(competitors(), { widget: 'list', bind: { glob: PROFILES, as: 'front' }, group: 'stage' });
    expect(data.groups?.map(({ name, rows }) => [name, rows.length])).toEqual([
      ['Price cut', 1],
      ['Hiring', 2],
    ]);
  });

  test('sources are the files behind the rows that are left, newest first', async () => {
    const handle = competitors();
    handle.put('/workspace/context/competitors/tarn/profile.md', '---\nname: T\nstage: Hiring\n---\n', {
      at: '2026-11-17T08:00:00.000Z',
    });
    const data = await ask(handle, {
      widget: 'list',
      bind: { glob: PROFILES, as: 'front', where: { stage: 'Hiring' } },
    });
    expect(data.sources.map(({ path }) => path.split('/')[4])).toEqual(['tarn', 'borealis']);
  });

  test('special columns sort by what the file says of itself', async () => {
    const handle = competitors();
    handle.put('/workspace/context/competitors/acme/profile.md', '', { at: '2026-11-01T00:00:00.000Z' });
    const data = await ask(handle, { widget: 'list', bind: { glob: PROFILES, as: 'files' }, sort: '_at' });
    expect(data.rows[0]?.stat.path).toContain('acme');
  });
});

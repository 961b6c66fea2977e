import { describe, expect, test } from 'vitest';
import type { Proposal } from '../../kernel/protocol/formats/records.ts';
import { panelSchema, type Panel } from '../../kernel/protocol/formats/surfaces.ts';
import type { PanelData } from '../widgets/widget.ts';
import { evaluate } from './bind.ts';
import { fakeHandle, type FakeHandle } from './fake-handle.ts';
import { createReader } from './reader.ts';

const NOW = new Date(2026, 10, 17, 8, 41).getTime();
const panel = (text: object): Panel => panelSchema.parse(text);
const ask = (handle: FakeHandle, text: object): Promise<PanelData> => evaluate(createReader(handle), panel(text), NOW);
const cells = (data: PanelData, column: string): unknown[] => data.rows.map((row) => row.data[column]);

const proposal = (id: string, more: Partial<Proposal> = {}): string =>
  JSON.stringify({
    id,
    by: 'agent:writer',
    title: `Do ${id}`,
    hash: 'h',
    rationale: 'because',
    reversibility: 'reversible',
    class: 'spend',
    waits: 'above your ceiling',
    createdAt: '2026-11-17T06:00:00.000Z',
    expiresAt: '2026-11-18T06:00:00.000Z',
    state: 'pending',
    ...more,
  } satisfies Proposal);

describe('proposals', () => {
  const handle = () =>
    fakeHandle({
      '/system/proposals/a.json': proposal('a', { program: 'shop', expiresAt: '2026-11-19T06:00:00.000Z' }),
      '/system/proposals/b.json': proposal('b', { program: 'shop' }),
      '/system/proposals/c.json': proposal('c', { program: 'shop', state: 'unknown' }),
      '/system/proposals/d.json': proposal('d', { program: 'shop', state: 'executed' }),
      '/system/proposals/e.json': proposal('e', { program: 'other' }),
    });
  const ids = (data: PanelData): unknown[] => data.rows.map((row) => row.proposal?.id);

  test('those that need somebody, of one program, the first to expire first', async () => {
    expect(ids(await ask(handle(), { widget: 'queue', bind: { proposals: { program: 'shop' } } }))).toEqual([
      'b',
      'a',
      'c',
    ]);
    expect(ids(await ask(handle(), { widget: 'queue', bind: { proposals: {} } }))).toEqual(['b', 'e', 'a', 'c']);
    expect(ids(await ask(handle(), { widget: 'queue', bind: { proposals: { state: 'executed' } } }))).toEqual(['d']);
    expect(ids(await ask(handle(), { widget: 'queue', bind: { proposals: { state: 'any' } } }))).toHaveLength(5);
  });

  test('a file that is no proposal is a problem and no row', async () => {
    const broken = handle();
    broken.put('/system/proposals/x.json', '{"id":"x"}');
    broken.put('/system/proposals/y.json', '{');
    const data = await ask(broken, { widget: 'queue', bind: { proposals: { program: 'other' } } });
    expect(ids(data)).toEqual(['e']);
    expect(data.problems).toEqual([
      { path: '/system/proposals/x.json', message: 'is not a proposal.' },
      { path: '/system/proposals/y.json', line: 1, message: 'is not valid JSON.' },
    ]);
  });

  test('no proposals folder yet is an empty queue', async () => {
    expect(await ask(fakeHandle(), { widget: 'queue', bind: { proposals: {} } })).toMatchObject({
      rows: [],
      problems: [],
    });
  });
});

const run = (id: string, at: string, more: object = {}, end?: object): string =>
  [
    {
      t: 'start',
      at,
      id,
      actor: 'agent:analyst',
      kind: 'agent',
      title: `Run ${id}`,
      agent: 'analyst',
      by: 'operator',
      ...more,
    },
    { t: 'model', at, ms: 1, model: 'm', content: [], stop: 'end_turn', usage: {}, usd: 0.01 },
    ...(end ? [{ t: 'end', at, usage: {}, ...end }] : []),
  ]
    .map((record) => JSON.stringify(record))
    .join('\n');

describe('runs', () => {
  const day = (n: number): string => `2026-11-${String(n).padStart(2, '0')}`;
  const handle = () =>
    fakeHandle({
      [`/system/runs/${day(17)}/r3.jsonl`]: run('r3', `${day(17)}T07:00:00.000Z`, { program: 'brief' }),
      [`/system/runs/${day(16)}/r2.jsonl`]: run(
        'r2',
        `${day(16)}T07:00:00.000Z`,
        { program: 'brief' },
        { state: 'done', usd: 0.04, text: 'Wrote it.' },
      ),
      [`/system/runs/${day(15)}/r1.jsonl`]: run(
        'r1',
        `${day(15)}T07:00:00.000Z`,
        { agent: 'writer', actor: 'agent:writer' },
        { state: 'failed' },
      ),
    });

  test('newest first, with state and cost', async () => {
    const data = await ask(handle(), { widget: 'list', bind: { runs: {} } });
    expect(data.rows.map(({ data: { id, state, usd } }) => [id, state, usd])).toEqual([
      ['r3', 'running', 0.01],
      ['r2', 'done', 0.04],
      ['r1', 'failed', undefined],
    ]);
  });

  test('of one program, of one agent', async () => {
    expect(cells(await ask(handle(), { widget: 'list', bind: { runs: { program: 'brief' } } }), 'id')).toEqual([
      'r3',
      'r2',
    ]);
    expect(cells(await ask(handle(), { widget: 'list', bind: { runs: { agent: 'writer' } } }), 'id')).toEqual(['r1']);
  });

  test('only the last seven days that have runs are read', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [
        `/system/runs/${day(n + 1)}/r${n}.jsonl`,
        run(`r${n}`, `${day(n + 1)}T00:00:00.000Z`),
      ]),
    );
    const many = fakeHandle(files);
    expect(cells(await ask(many, { widget: 'list', bind: { runs: {} } }), 'id')).toEqual([
      'r8',
      'r7',
      'r6',
      'r5',
      'r4',
      'r3',
      'r2',
    ]);
    expect(many.calls).not.toContain(`list /system/runs/${day(1)}`);
  });

  test('a long run is known by its first and last lines', async () => {
    const long = run('big', `${day(17)}T07:00:00.000Z`, {}, { state: 'done', usd: 1.5 });
    const [first, ...rest] = long.split('\n');
    const filler = Array.from({ length: 3000 }, () => JSON.stringify({ t: 'note', at: '', text: 'é'.repeat(40) }));
    const data = await ask(
      fakeHandle({ [`/system/runs/${day(17)}/big.jsonl`]: [first, ...filler, ...rest].join('\n') }),
      {
        widget: 'list',
        bind: { runs: {} },
      },
    );
    expect(data.rows[0]?.data).toMatchObject({ id: 'big', state: 'done', usd: 1.5 });
  });
});

import { describe, expect, test } from 'vitest';
import type { Stat } from '../../kernel/protocol/files.ts';
import type { Proposal } from '../../kernel/protocol/formats/records.ts';
import { panelSchema, type Panel } from '../../kernel/protocol/formats/surfaces.ts';
import { cell, numberIn } from './cell.ts';
import { columnsOf, isFigure, titleOf, wordsOf } from './columns.ts';
import { destination } from './destination.ts';
import { documentText } from './document-text.ts';
import { emptyWords, metricWords } from './panel-words.ts';
import { proposalMark, proposalWords } from './proposal-words.ts';
import type { PanelData, Row } from './widget.ts';
import { cellText, figure, heading, isDate, today, when } from './words.ts';

const NOW = new Date(2026, 10, 17, 8, 41).getTime();
const stat = (path: string, at = '2026-11-17T06:00:00.000Z'): Stat => ({
  path,
  kind: 'file',
  size: 1,
  revision: 'r',
  actor: 'agent:analyst',
  at,
  attrs: {},
});
const row = (data: Record<string, unknown>, path = '/workspace/a.md'): Row => ({ data, stat: stat(path) });
const panel = (more: object): Panel =>
  panelSchema.parse({ widget: 'metric', bind: { glob: '/workspace/x/*.md' }, ...more });
const data = (more: Partial<PanelData> = {}): PanelData => ({
  rows: [],
  total: 0,
  sources: [],
  problems: [],
  at: NOW,
  ...more,
});

describe('cells', () => {
  test('own fields, fields within fields, the file’s own, and nothing inherited', () => {
    const one = row({ name: 'Acme', author: { name: 'Ann' }, 'a.b': 1 });
    expect(cell(one, 'author.name')).toBe('Ann');
    expect(cell(one, 'a.b')).toBe(1);
    expect(cell(one, '_by')).toBe('agent:analyst');
    expect(cell(one, '_name')).toBe('a.md');
    for (const column of ['constructor', '__proto__', 'author.constructor', 'toString.name', '_nothing']) {
      expect(cell(one, column), column).toBeUndefined();
    }
  });

  test('numbers are only what is nothing but a number', () => {
    expect(['12', ' -1.5e3 ', 7, '.5'].map(numberIn)).toEqual([12, -1500, 7, 0.5]);
    for (const text of ['$12', '1,000', '', '1 2', '0x10', 'NaN', 'Infinity', NaN, null, true])
      expect(numberIn(text)).toBeUndefined();
  });
});

describe('words', () => {
  test('dates are dates, text is text', () => {
    expect(isDate('2026-11-17')).toBe(true);
    expect(isDate('2026-11-17T07:02:00Z')).toBe(true);
    for (const text of ['12', 'May', '2026', '2026-13-40', 'on 2026-11-17']) expect(isDate(text)).toBe(false);
    expect(when('2026-11-17', NOW)).toBe('today');
    expect(when('2026-11-13', NOW)).toBe('13 Nov');
    expect(when('2025-11-02', NOW)).toBe('2 Nov 2025');
    expect(today(NOW)).toBe('2026-11-17');
  });

  test('figures', () => {
    expect([1234.5, 0.1 + 0.2, -3, -0.001, 1e6].map((n) => figure(n))).toEqual([
      '1,234.5',
      '0.3',
      '−3',
      '0',
      '1,000,000',
    ]);
  });

  test('any value is one line', () => {
    expect(cellText(['a', 2, true], NOW)).toBe('a, 2, yes');
    expect(cellText({ a: 1 }, NOW)).toBe('{"a":1}');
    expect(cellText(null, NOW)).toBe('');
    expect(cellText(2026, NOW)).toBe('2026');
    expect(heading('unit_price')).toBe('Unit price');
    expect(heading('_by')).toBe('By');
    expect(heading('constructor')).toBe('Constructor');
  });
});

describe('what a metric says it is', () => {
  const sources = [
    stat('/workspace/x/a.md', '2026-11-16T00:00:00.000Z'),
    stat('/workspace/x/b.md', '2026-10-01T00:00:00.000Z'),
  ];
  const rows = sources.map((each) => row({}, each.path));

  test.each<[object, Partial<PanelData>, string]>([
    [{}, { rows, total: 2, sources, value: { value: 2, used: 2, left: 0 } }, '1 changed in the last 7 days'],
    [
      { bind: { file: '/workspace/p.csv' }, value: { sum: 'amount' } },
      { rows, sources: [stat('/workspace/p.csv')], value: { value: 7, used: 12, left: 2 } },
      'sum of amount over 12 rows in p.csv, 2 without a number left out',
    ],
    [
      {},
      { missing: '/workspace/x/*.md', value: { value: 0, used: 0, left: 0 } },
      'Nothing matches /workspace/x/*.md yet.',
    ],
    [
      { empty: 'Add a company first.' },
      { missing: '/workspace/x/*.md', value: { value: 0, used: 0, left: 0 } },
      'Add a company first.',
    ],
    [{ bind: { proposals: {} } }, { value: { value: 0, used: 0, left: 0 } }, 'Nothing waits.'],
  ])('%j', (declared, given, words) => {
    expect(metricWords(panel(declared), data(given))).toBe(words);
  });
});

describe('why a panel is empty', () => {
  test.each<[object, Partial<PanelData>, string]>([
    [{ empty: 'Ours.' }, {}, 'Ours.'],
    [
      { bind: { glob: '/workspace/briefings/*.md' } },
      { missing: '/workspace/briefings/*.md' },
      'No file matches /workspace/briefings/*.md yet. The first one written appears here.',
    ],
    [
      { bind: { file: '/workspace/briefings/{latest}.md' } },
      { missing: '/workspace/briefings/{latest}.md' },
      'There is no file /workspace/briefings/*.md yet. It appears here as soon as it is written.',
    ],
    [
      { bind: { file: '/workspace/a.csv', where: { state: 'open' } } },
      {},
      'Nothing in /workspace/a.csv has state: open.',
    ],
  ])('%j', (declared, given, words) => {
    expect(emptyWords(panel(declared), data(given))).toBe(words);
  });
});

describe('rows as lines', () => {
  test('a title is the first column, else a name, else the file', () => {
    expect(titleOf(row({ a: 'A', title: 'T' }), ['a'], NOW)).toBe('A');
    expect(titleOf(row({ name: 'N' }), [], NOW)).toBe('N');
    expect(titleOf(row({ other: 1 }), [], NOW)).toBe('a.md');
  });

  test('the words under it are the other columns, else what rows say of themselves, else when', () => {
    expect(wordsOf(row({ a: 'A', b: 2, c: '' }), ['a', 'b', 'c'], NOW)).toBe('2 b');
    expect(wordsOf(row({ summary: 'S', stage: 'Hiring' }), [], NOW)).toBe('S · Hiring');
    expect(wordsOf(row({ date: '2026-11-13' }), [], NOW)).toBe('13 Nov');
    expect(wordsOf(row({ a: 'A' }), ['a', 'b'], NOW)).toBe('');
  });

  test('a run says how it ended', () => {
    const ended = {
      actor: 'agent:a',
      state: 'failed',
      kind: 'agent',
      title: 'T',
      said: 'The shop answered 422.\nMore.',
    };
    expect(wordsOf(row(ended), [], NOW)).toBe('The shop answered 422.');
    expect(wordsOf(row({ ...ended, said: undefined }), [], NOW)).toBe('');
  });

  test('a column of numbers is one despite an odd word; a column of words is none', () => {
    const rows = ['38.00', 24, 'n/a', ''].map((n) => row({ n, word: 'x' }));
    expect([isFigure(rows, 'n'), isFigure(rows, 'word'), isFigure([], 'n')]).toEqual([true, false, false]);
  });

  test('columns come from the rows when none are named, without nested things', () => {
    expect(columnsOf(undefined, [row({ a: 1, o: {} }), row({ b: 2, tags: [] })])).toEqual(['a', 'b', 'tags']);
    expect(columnsOf(['x'], [row({ a: 1 })])).toEqual(['x']);
  });

  test('a document is shown without its front matter; a broken one whole', () => {
    expect(documentText(row({ text: '---\na: 1\n---\n# Hi\n' }))).toBe('# Hi\n');
    expect(documentText(row({ text: '---\na: [\n---\nx' }))).toBe('---\na: [\n---\nx');
    expect(documentText(row({ text: 7 }))).toBe('');
  });
});

describe('proposals as lines', () => {
  const proposal = (more: Partial<Proposal>): Proposal => ({
    id: 'p',
    by: 'agent:writer',
    title: 'Refund',
    hash: 'h',
    rationale: 'because',
    reversibility: 'reversible',
    class: 'spend',
    waits: 'above your ceiling',
    createdAt: '',
    expiresAt: new Date(NOW + 3_600_000).toISOString(),
    state: 'pending',
    ...more,
  });

  test('[A14] past its time it reads as expired before anybody has written so', () => {
    expect(proposalMark(proposal({}), NOW)).toMatchObject({ tone: 'wait', words: 'until 09:41' });
    expect(proposalMark(proposal({}), NOW + 7_200_000)).toMatchObject({ tone: 'over', words: 'Expired' });
    expect(proposalMark(proposal({ state: 'approved' }), NOW + 7_200_000).words).toBe('Approved');
  });

  test('[A15] an unknown end is shown as unknown, with what was said', () => {
    const unknown = proposal({ state: 'unknown', result: { at: '', said: 'Sent once, no answer.' } });
    expect(proposalMark(unknown, NOW)).toMatchObject({ tone: 'unknown', words: 'Unknown' });
    expect(proposalWords(unknown)).toBe('Sent once, no answer.');
    expect(proposalWords(proposal({}))).toBe('above your ceiling');
  });
});

describe('where links lead', () => {
  const base = '/workspace/context/acme/profile.md';

  test.each([
    ['pricing.md', { path: '/workspace/context/acme/pricing.md' }],
    ['./pricing.md#L14', { path: '/workspace/context/acme/pricing.md', line: 14 }],
    ['profile.md:14', { path: '/workspace/context/acme/profile.md', line: 14 }],
    ['../tarn/a%20b.md', { path: '/workspace/context/tarn/a b.md' }],
    ['/system/runs/2026-11-17/5e1f.jsonl', { path: '/system/runs/2026-11-17/5e1f.jsonl' }],
    ['/workspace/a.md?x=1#part', { path: '/workspace/a.md' }],
    ['../../../../../../etc/passwd', { path: '/etc/passwd' }],
    ['https://acme.example/p?q=1#f', { url: 'https://acme.example/p?q=1#f' }],
    ['mailto:a@acme.example', { url: 'mailto:a@acme.example' }],
  ])('%s', (href, to) => expect(destination(href, base)).toEqual(to));

  test.each([
    '',
    '#part',
    '//evil.example/x',
    '\\\\evil.example\\x',
    'javascript:alert(1)',
    ' JAVASCRIPT:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'blob:https://a/b',
    'vbscript:x',
    'https://',
    '/',
    '?x',
    'a%00b.md',
    '/workspace/a\u0000b',
  ])('%j leads nowhere', (href) => expect(destination(href, base)).toBeUndefined());
});

import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../kernel/protocol/effects.ts';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { amended, draftsOf } from './amending.ts';
import { exactOf, valueOf } from './exact-fields.ts';
import { outsideOf } from './outside-words.ts';
import { untilAfter, wouldGrant } from './remembering.ts';
import {
  approveLabel,
  chipsOf,
  endChip,
  endWords,
  queueOf,
  standingOf,
  staysHere,
  waitsForNetwork,
} from './standing.ts';

const NOW = Date.parse('2026-11-17T08:41:00Z');
const POST: Effect = {
  kind: 'http',
  method: 'POST',
  url: 'https://api.example.com/orders?live=1',
  headers: { 'content-type': 'application/json' },
  body: '{"n":1}',
  secret: { name: 'BROKER', header: 'x-key', prefix: 'Bearer ' },
  value: { usd: 12.5 },
  class: 'external-irreversible',
};

const proposal = (more: Partial<Proposal> = {}): Proposal => ({
  id: 'p1',
  by: 'agent:analyst',
  title: 'Send it',
  hash: '9c417be204fd',
  rationale: 'It opens at 07:05.',
  reversibility: 'irreversible',
  class: 'external-irreversible',
  waits: 'It waits.',
  createdAt: '2026-11-17T07:41:00Z',
  expiresAt: '2026-11-17T09:22:00Z',
  state: 'pending',
  ...more,
});

describe('exactly', () => {
  test('[E7] a request shows method, address, headers, body, and which secret goes where', () => {
    const { verb, fields, texts } = exactOf(POST);
    expect(verb).toBe('POST https://api.example.com/orders?live=1');
    expect(Object.fromEntries(fields)).toEqual({
      'header content-type': 'application/json',
      secret: expect.stringMatching(/^BROKER, in the header x-key, after "Bearer "/) as unknown,
      class: 'external-irreversible',
    });
    expect(texts).toEqual([{ label: 'Body', text: '{"n":1}' }]);
    expect(valueOf(POST)).toBe(12.5);
    const asked = exactOf({ ...POST, body: undefined, secret: { name: 'BROKER', query: 'key' } });
    expect(Object.fromEntries(asked.fields)).toMatchObject({
      body: 'none',
      secret: expect.stringContaining('parameter key') as unknown,
    });
  });

  test('a tool call shows server, tool and arguments as JSON; an offer shows its digest', () => {
    const call = exactOf({ kind: 'mcp', server: 'own', tool: 'get_tides', arguments: { harbour: 'Kiel' } });
    expect(Object.fromEntries(call.fields)).toEqual({ server: 'own', tool: 'get_tides' });
    expect(JSON.parse(call.texts[0]?.text ?? '')).toEqual({ harbour: 'Kiel' });
    const offer: Effect = { kind: 'mcp-tools', server: 'own', approve: 'd1gest' };
    expect(Object.fromEntries(exactOf(offer).fields)).toEqual({ server: 'own', offer: 'd1gest' });
    expect(approveLabel(proposal({ effect: offer }))).toBe('Approve these tools');
  });

  test('no field of an effect that is not known here is left out', () => {
    expect(exactOf({ kind: 'fax', to: '0431', pages: [1] })).toMatchObject({
      verb: 'fax',
      fields: [
        ['to', '0431'],
        ['pages', '[\n  1\n]'],
      ],
    });
  });

  test('a character that nobody would see is written out', () => {
    expect(exactOf({ ...POST, body: 'pay \u202e001' }).texts[0]?.text).toBe('pay ‹U+202E›001');
    expect(exactOf({ ...POST, headers: { 'x\u200b': 'a\u0000' } }).fields[0]).toEqual([
      'header x‹U+200B›',
      'a‹U+0000›',
    ]);
    expect(exactOf({ ...POST, body: 'Grüße,\n\tKiel\r\n' }).texts[0]?.text).toBe('Grüße,\n\tKiel\r\n');
    expect(exactOf({ ...POST, body: 'a\rb' }).texts[0]?.text).toBe('a‹U+000D›b');
  });
});

describe('from outside', () => {
  test('[C11] a run that read words from outside is told by a chip, before anything is decided', () => {
    const told = (sources: string[]): boolean =>
      chipsOf(proposal({ sources }), NOW).some(({ children }) => children === 'Read words from outside');
    expect([told(['/workspace/inbox/a.md']), told([])]).toEqual([true, false]);
  });

  test('what only looks leaves the device all the same', () => {
    const look: Effect = { kind: 'http', method: 'GET', url: 'https://a.example' };
    expect(staysHere(proposal({ class: 'read', effect: look }))).toBe(false);
    expect(staysHere(proposal({ class: 'workspace', effect: { kind: 'mcp-tools', server: 'own' } }))).toBe(false);
    expect(staysHere(proposal({ class: 'workspace', effect: { kind: 'notify', title: 'x', body: '' } }))).toBe(true);
  });

  test('[C11] each kind of source has its words, and a way to it where it is kept here', () => {
    expect(outsideOf('/workspace/inbox/a.md')).toMatchObject({
      words: expect.stringContaining('inbox') as unknown,
      href: expect.stringContaining('files') as unknown,
    });
    expect(outsideOf('/system/proposals/ab12.json')).toMatchObject({
      label: 'ab12',
      href: expect.stringContaining('inbox') as unknown,
    });
    expect(outsideOf('/system/mcp/own.json').words).toMatch(/tools/);
    expect(outsideOf('/workspace/reports/x.md').words).toMatch(/program/);
    for (const source of [
      'GET https://a.example/x',
      'get_tides of MCP server own',
      'what it read before the kernel stopped',
    ])
      expect(outsideOf(source)).toMatchObject({ label: source });
    expect(outsideOf('GET https://a.example/x').href).toBeUndefined();
  });
});

describe('approve and remember', () => {
  test('[C10] is offered only for what can be taken back, and says exactly what would be granted', () => {
    const put = { op: 'put', path: '/workspace/a.md', content: 'x', base: null } as const;
    expect(wouldGrant(proposal({ changes: [put] }), NOW)).toEqual({ kind: 'write', lines: ['/workspace/a.md'] });
    const read: Effect = { kind: 'http', method: 'GET', url: 'https://a.example/x?y=1', secret: { name: 'KEY' } };
    expect(wouldGrant(proposal({ effect: read }), NOW)).toEqual({
      kind: 'effects',
      lines: ['http GET https://a.example/x as read with KEY'],
    });
    expect(wouldGrant(proposal({ effect: POST }), NOW)).toBeUndefined();
    expect(wouldGrant(proposal({ changes: [{ ...put, path: '/workspace/jobs/x.md' }] }), NOW)).toBeUndefined();
    expect(untilAfter('7', NOW)).toBe('2026-11-24T08:41:00.000Z');
  });
});

describe('change it first', () => {
  const changes: Proposal['changes'] = [
    { op: 'remove', path: '/workspace/old.md' },
    { op: 'put', path: '/workspace/a.md', content: 'one\n', base: 'r1' },
    { op: 'edit', path: '/workspace/b.md', old: 'x', new: 'y', all: true },
  ];

  test('[C10] only the text changes: bases, order and everything without text stay', () => {
    const asked = proposal({ changes });
    expect(draftsOf(asked).map(({ text }) => text)).toEqual(['one\n', 'y']);
    expect(amended(asked, ['two\n', 'y'])).toEqual({
      ok: true,
      value: {
        changes: [changes[0], { ...changes[1], content: 'two\n' }, changes[2]],
      },
    });
    expect(amended(asked, ['one\n', 'y'])).toMatchObject({ ok: false, error: { code: 'EINVAL' } });
    expect(draftsOf(proposal({ changes: [{ op: 'remove', path: '/workspace/old.md' }] }))).toEqual([]);
  });

  test('the body of a request and the arguments of a call are edited; what is no JSON is refused', () => {
    expect(amended(proposal({ effect: POST }), ['{"n":2}'])).toEqual({
      ok: true,
      value: { effect: { ...POST, body: '{"n":2}' } },
    });
    const call = proposal({ effect: { kind: 'mcp', server: 'own', tool: 't', arguments: { a: 1 } } });
    expect(amended(call, ['{"a":2}'])).toMatchObject({ value: { effect: { tool: 't', arguments: { a: 2 } } } });
    expect(amended(call, ['[1]'])).toMatchObject({ ok: false });
    expect(amended(call, ['{'])).toMatchObject({ ok: false });
    expect(draftsOf(proposal({ effect: { kind: 'http', method: 'GET', url: 'https://a.example' } }))).toEqual([]);
  });
});

describe('approved without a network', () => {
  const decision = { by: 'operator', verdict: 'approve', at: '2026-11-17T08:00:00Z' } as const;
  const waits = proposal({ effect: POST, state: 'approved', sendsFrom: 'd1', decision });

  test('[C9] it says that nothing is sent yet and until when, and is over when its time is', () => {
    expect(waitsForNetwork(waits, NOW)).toBe(true);
    expect(endChip(waits, NOW)?.children).toBe('Waits for a network');
    expect(endWords(waits, NOW)).toMatch(/nothing is sent yet.*sends it once/);
    expect(queueOf([waits], NOW).doing).toEqual([waits]);
    const late = Date.parse(waits.expiresAt);
    expect(standingOf(waits, late)).toBe('expired');
    expect(waitsForNetwork(waits, late)).toBe(false);
    expect(endWords(waits, late)).toMatch(/no network before it expired, so nothing was sent/);
  });

  test('[C10] what was changed by the operator is not called rejected', () => {
    const old = proposal({ state: 'rejected', replacedBy: 'p2', decision: { ...decision, verdict: 'reject' } });
    expect(endChip(old, NOW)?.children).toBe('Changed');
    expect(endWords(old, NOW)).toMatch(/You changed it/);
  });
});

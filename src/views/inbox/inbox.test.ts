import { describe, expect, test } from 'vitest';
import type { Proposal } from '../../../kernel/protocol/formats/records.ts';
import { previewChanges, type FileNow as File } from './preview.ts';
import { approveLabel, chipsOf, endWords, queueOf, standingOf } from './standing.ts';

const NOW = Date.parse('2026-11-17T08:41:00Z');

const proposal = (more: Partial<Proposal> = {}): Proposal => ({
  id: 'p1',
  by: 'agent:analyst',
  title: 'Edit brief',
  hash: '9c417be204fd',
  rationale: 'It opens at 07:05.',
  reversibility: 'reversible',
  class: 'workspace',
  waits: 'Jobs wait.',
  createdAt: '2026-11-17T07:41:00Z',
  expiresAt: '2026-11-17T09:22:00Z',
  state: 'pending',
  ...more,
});

describe('standing', () => {
  test('[A14] past its time a proposal is expired, before the kernel has said so', () => {
    const late = proposal({ expiresAt: '2026-11-17T08:40:59Z' });
    expect(standingOf(late, NOW)).toBe('expired');
    expect(queueOf([late], NOW)).toMatchObject({ waiting: [], ended: [late] });
    expect(endWords(late, NOW)).toMatch(/Nobody decided within 59 min, so nothing was done/);
  });

  test('what expires first stands first; what ended last stands first', () => {
    const queue = queueOf(
      [
        proposal({ id: 'late', expiresAt: '2026-11-18T00:00:00Z' }),
        proposal({ id: 'soon' }),
        proposal({
          id: 'old',
          state: 'rejected',
          decision: { by: 'operator', verdict: 'reject', at: '2026-11-15T00:00:00Z' },
        }),
        proposal({ id: 'new', state: 'executed', result: { at: '2026-11-16T00:00:00Z' } }),
        proposal({ id: 'lost', state: 'unknown' }),
        proposal({ id: 'now', state: 'executing' }),
      ],
      NOW,
    );
    expect(Object.values(queue).map((part) => part.map(({ id }) => id))).toEqual([
      ['soon', 'late'],
      ['now'],
      ['lost'],
      ['new', 'old'],
    ]);
  });

  test('minutes left have colour; an unknown end never offers to send again', () => {
    expect(chipsOf(proposal(), NOW)[0]?.tone).toBe('wait');
    expect(chipsOf(proposal({ expiresAt: '2026-11-18T09:22:00Z' }), NOW)[0]?.tone).toBeUndefined();
    expect(endWords(proposal({ state: 'unknown' }), NOW)).toMatch(/not be sent again by itself/);
  });

  test('the button repeats the verb and the number', () => {
    const put = { op: 'put', path: '/workspace/a.md', content: 'x' } as const;
    expect(approveLabel(proposal({ changes: [put, { op: 'append', path: '/workspace/a.md', content: 'y' }] }))).toBe(
      'Approve and write 1 file',
    );
    expect(approveLabel(proposal({ changes: [{ op: 'remove', path: '/workspace/a.md' }] }))).toBe(
      'Approve and remove 1 file',
    );
    expect(approveLabel(proposal({ changes: [put, { op: 'mkdir', path: '/workspace/b' }] }))).toBe(
      'Approve and make 2 changes',
    );
    expect(approveLabel(proposal({ effect: { kind: 'notify', title: 'Hi', body: '' } }))).toBe('Approve and notify');
  });
});

describe('preview', () => {
  const files: Record<string, File> = {
    '/workspace/a.md': { revision: 'r1', text: 'one\ntwo\n' },
    '/workspace/pic.png': { revision: 'r9' },
  };
  const read = async (path: string): Promise<File> => files[path];

  test('shows the lines against what stands now', async () => {
    const [shown] = await previewChanges(
      [{ op: 'put', path: '/workspace/a.md', content: 'one\nthree\n', base: 'r1' }],
      read,
    );
    expect(shown).toMatchObject({ diff: { add: 1, del: 1 } });
    expect(shown?.problem).toBeUndefined();
  });

  test('a character that turns a line round is written out in its lines', async () => {
    const [shown] = await previewChanges([{ op: 'append', path: '/workspace/a.md', content: 'pay \u202e001\n' }], read);
    expect(JSON.stringify(shown?.diff)).toContain('pay ‹U+202E›001');
  });

  test('says when the file moved on, exists already, or lost the text', async () => {
    const problems = await previewChanges(
      [
        { op: 'put', path: '/workspace/a.md', content: 'x', base: 'r0' },
        { op: 'put', path: '/workspace/pic.png', content: 'x', base: null },
        { op: 'edit', path: '/workspace/none.md', old: 'a', new: 'b' },
        { op: 'remove', path: '/workspace/none2.md' },
      ],
      read,
    );
    expect(problems.map(({ problem }) => problem !== undefined)).toEqual([true, true, true, true]);
    expect(problems[0]?.problem).toMatch(/changed after this was proposed/);
  });

  test('a later change sees what an earlier one leaves', async () => {
    const shown = await previewChanges(
      [
        { op: 'put', path: '/workspace/new.md', content: 'alpha\n', base: null },
        { op: 'edit', path: '/workspace/new.md', old: 'alpha', new: 'beta' },
        { op: 'move', from: '/workspace/new.md', to: '/workspace/kept.md' },
        { op: 'append', path: '/workspace/kept.md', content: 'gamma\n' },
      ],
      read,
    );
    expect(shown.every(({ problem }) => problem === undefined)).toBe(true);
    expect(shown[3]?.diff).toMatchObject({ add: 1, del: 0 });
  });

  test('an edit that matches twice would fail, and says so', async () => {
    const twice = async (): Promise<File> => ({ revision: 'r1', text: 'a a' });
    expect(
      (await previewChanges([{ op: 'edit', path: '/workspace/x.md', old: 'a', new: 'b' }], twice))[0]?.problem,
    ).toMatch(/2 times/);
    expect(
      (await previewChanges([{ op: 'edit', path: '/workspace/x.md', old: 'a', new: 'b', all: true }], twice))[0]
        ?.problem,
    ).toBeUndefined();
  });
});

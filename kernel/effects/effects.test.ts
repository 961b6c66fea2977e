import { describe, expect, test } from 'vitest';
import type { Effect } from '../protocol/effects.ts';
import { err } from '../protocol/errors.ts';
import type { Sys } from '../protocol/sys.ts';
import { createEffects } from './effects.ts';
import type { Notice } from './carry.ts';

// Effects use nothing of the handle but who it belongs to.
const sys = { actor: 'agent:writer', run: 'r1' } as unknown as Sys;
const sent: Notice[] = [];
const secrets = async () => err('ENOENT', 'none');
const effects = createEffects({ notify: (notice) => void sent.push(notice), secrets });

describe('effects', () => {
  test('notify hands the notice to the operator, in the name of the handle', async () => {
    const effect = { kind: 'notify', title: 'Briefing is ready', body: 'See it.', by: 'operator' } as Effect;
    expect(await effects.run(sys, effect)).toEqual({ ok: true, value: { said: 'shown to the operator' } });
    expect(sent).toEqual([{ title: 'Briefing is ready', body: 'See it.', by: 'agent:writer', run: 'r1' }]);
  });

  test('a notice without a body, and one that is no notice', async () => {
    expect(await effects.run(sys, { kind: 'notify', title: 'Short' })).toMatchObject({ ok: true });
    expect(sent.at(-1)).toMatchObject({ body: '' });
    expect(await effects.run(sys, { kind: 'notify', title: '' })).toMatchObject({
      ok: false,
      error: { code: 'EINVAL' },
    });
  });

  test('[A11] a kind that nobody listed does not happen', async () => {
    for (const kind of ['mail', 'constructor', '__proto__', 'bash', '']) {
      const count = sent.length;
      expect(await effects.run(sys, { kind })).toMatchObject({ ok: false, error: { code: 'ENOSYS' } });
      expect(sent).toHaveLength(count);
    }
  });

  test('what breaks while it is carried out is an answer', async () => {
    const broken = createEffects({ notify: () => Promise.reject(new Error('no screen')), secrets });
    expect(await broken.run(sys, { kind: 'notify', title: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'EIO', message: expect.stringContaining('no screen') as string },
    });
  });
});

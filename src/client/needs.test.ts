/** What is told while the page is hidden, over the real kernel: once, and nothing that was seen. */
import { expect, onTestFinished, test } from 'vitest';
import { bootMemory } from '../../kernel/boot/memory.ts';
import { createLateWire } from '../../kernel/boot/late-wire.ts';
import { must } from '../../kernel/protocol/errors.ts';
import { createClient } from './client.ts';
import { tellNeeds } from './needs.ts';
import type { Notice } from './notify.ts';

const setUp = async () => {
  let ends: 'done' | 'failed' = 'done';
  const k = await bootMemory({
    ports: () => ({
      agents: {
        run: async () => ({
          state: ends,
          usage: { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 },
          ...(ends === 'failed'
            ? { error: { code: 'EIO' as const, call: 'run', message: 'The model answered 529: overloaded.' } }
            : {}),
        }),
      },
    }),
  });
  const wire = createLateWire(() => 0);
  wire.lead(k);
  const client = createClient(wire.port, 'page');
  const shown: Notice[] = [];
  const state = { hidden: undefined as number | undefined, wanted: true, elsewhere: false, askedElsewhere: 0 };
  const stop = tellNeeds(client, {
    hiddenSince: () => state.hidden,
    seenElsewhere: async () => {
      state.askedElsewhere += 1;
      return state.elsewhere;
    },
    wanted: () => state.wanted,
    show: (notice) => shown.push(notice),
    now: k.clock.now,
  });
  onTestFinished(async () => {
    stop();
    await k.stop();
  });
  const propose = async (title: string): Promise<string> => {
    const asked = await k.as('agent:shell').invoke('propose', {
      effect: { kind: 'notify', title: 'x', body: '' },
      title,
      rationale: 'It opens at 07:05.',
      reversibility: 'irreversible',
    });
    return must(asked).id;
  };
  const run = async (state: 'done' | 'failed'): Promise<string> => {
    ends = state;
    const fired = must(
      await k.as('operator').fire('/workspace/agents/shell', { args: { prompt: 'Write the brief.', wait: true } }),
    );
    return fired.run ?? '';
  };
  return { k, state, shown, propose, run };
};

/** What is told in the end: a change is watched, looked at and told some moments after it was made. */
const titles = (shown: readonly Notice[]) => expect.poll(() => shown.map(({ title }) => title), { timeout: 20_000 });

test('a proposal that came while the page was hidden is told once; one that was seen is not', async () => {
  const { k, state, shown, propose } = await setUp();
  await propose('Tell before');
  k.clock.set(k.clock.now() + 1_000);
  state.hidden = k.clock.now();
  const id = await propose('Tell the operator');
  await titles(shown).toEqual(['shell asks: Tell the operator']);
  expect(shown[0]).toEqual({
    title: 'shell asks: Tell the operator',
    body: expect.stringMatching(/^It waits for your decision until .*\. It opens at 07:05\.$/),
    tag: `proposal ${id}`,
    href: `#/inbox/${id}`,
  });
  await propose('And this');
  await titles(shown).toEqual(['shell asks: Tell the operator', 'shell asks: And this']);
});

test('a run that failed is told with its reason; one that ended well is not', async () => {
  const { k, state, shown, run } = await setUp();
  state.hidden = k.clock.now();
  await run('done');
  const id = await run('failed');
  await titles(shown).toEqual(['shell failed: Write the brief.']);
  expect(shown[0]).toMatchObject({
    body: 'The model answered 529: overloaded.',
    tag: `run ${id}`,
    href: `#/agents/${id}`,
  });
});

test('nothing is told while the page is seen, nor to whom it does not want; and not later either', async () => {
  const { k, state, shown, propose, run } = await setUp();
  const later = (): number => {
    k.clock.set(k.clock.now() + 1_000);
    return k.clock.now();
  };
  await propose('Seen');
  await run('failed');
  state.hidden = later();
  state.wanted = false;
  await propose('Not wanted');
  await run('failed');
  state.hidden = later();
  state.wanted = true;
  await propose('Wanted');
  await titles(shown).toEqual(['shell asks: Wanted']);
});

test('what another tab had in sight is not told, nor later when that one is hidden too', async () => {
  const { k, state, shown, propose } = await setUp();
  state.hidden = k.clock.now();
  state.elsewhere = true;
  await propose('Seen there');
  await expect.poll(() => state.askedElsewhere, { timeout: 20_000 }).toBeGreaterThan(0);
  state.elsewhere = false;
  await propose('Seen nowhere');
  await titles(shown).toEqual(['shell asks: Seen nowhere']);
});

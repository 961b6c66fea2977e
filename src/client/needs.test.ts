/** What is told while the page is hidden, over the real kernel: once, and nothing that was seen. */
import { expect, onTestFinished, test } from 'vitest';
import { bootMemory } from '../../kernel/boot/memory.ts';
import { createLateWire, turns } from '../../kernel/boot/late-wire.ts';
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
  const state = { hidden: undefined as number | undefined, wanted: true, elsewhere: false };
  const stop = tellNeeds(client, {
    hiddenSince: () => state.hidden,
    seenElsewhere: async () => state.elsewhere,
    wanted: () => state.wanted,
    show: (notice) => shown.push(notice),
    now: k.clock.now,
  });
  onTestFinished(async () => {
    stop();
    await k.stop();
  });
  /** Long enough for a change to be watched, looked at and told. */
  const rest = () => turns(400);
  await rest();
  const propose = async (title: string): Promise<string> => {
    const asked = await k.as('agent:shell').invoke('propose', {
      effect: { kind: 'notify', title: 'x', body: '' },
      title,
      rationale: 'It opens at 07:05.',
      reversibility: 'irreversible',
    });
    await rest();
    return must(asked).id;
  };
  const run = async (state: 'done' | 'failed'): Promise<string> => {
    ends = state;
    const fired = must(
      await k.as('operator').fire('/workspace/agents/shell', { args: { prompt: 'Write the brief.', wait: true } }),
    );
    await rest();
    return fired.run ?? '';
  };
  return { k, state, shown, propose, run };
};

test('a proposal that came while the page was hidden is told once; one that was seen is not', async () => {
  const { k, state, shown, propose } = await setUp();
  await propose('Tell before');
  k.clock.set(k.clock.now() + 1_000);
  state.hidden = k.clock.now();
  const id = await propose('Tell the operator');
  expect(shown).toEqual([
    {
      title: 'shell asks: Tell the operator',
      body: expect.stringMatching(/^It waits for your decision until .*\. It opens at 07:05\.$/),
      tag: `proposal ${id}`,
      href: `#/inbox/${id}`,
    },
  ]);
  await propose('And this');
  expect(shown.map(({ title }) => title)).toEqual(['shell asks: Tell the operator', 'shell asks: And this']);
});

test('a run that failed is told with its reason; one that ended well is not', async () => {
  const { k, state, shown, run } = await setUp();
  state.hidden = k.clock.now();
  await run('done');
  expect(shown).toEqual([]);
  const id = await run('failed');
  expect(shown).toEqual([
    {
      title: 'shell failed: Write the brief.',
      body: 'The model answered 529: overloaded.',
      tag: `run ${id}`,
      href: `#/agents/${id}`,
    },
  ]);
});

test('nothing is told to whom it does not want, nor while the page is seen', async () => {
  const { k, state, shown, propose, run } = await setUp();
  await propose('Seen');
  await run('failed');
  state.hidden = k.clock.now() + 1;
  state.wanted = false;
  k.clock.set(k.clock.now() + 2);
  await propose('Not wanted');
  await run('failed');
  expect(shown).toEqual([]);
});

test('what another tab had in sight is not told, nor later when that one is hidden too', async () => {
  const { k, state, shown, propose } = await setUp();
  state.hidden = k.clock.now();
  state.elsewhere = true;
  await propose('Seen there');
  state.elsewhere = false;
  await propose('Seen nowhere');
  expect(shown.map(({ title }) => title)).toEqual(['shell asks: Seen nowhere']);
});

/** Stop everything, over the real kernel: what runs is ended, nothing acts alone afterwards, and it is taken back. */
import { expect, onTestFinished, test } from 'vitest';
import { bootMemory } from '../../kernel/boot/memory.ts';
import { err, must } from '../../kernel/protocol/errors.ts';
import { stubOver, type Call } from '../../kernel/protocol/stub.ts';
import { stopEverything, type Said } from './stop.ts';

const POLICY = '/system/policy.yaml';

const boot = async () => {
  const k = await bootMemory({
    ports: () => ({
      agents: {
        // It works until it is stopped.
        run: ({ signal }: { signal: AbortSignal }) =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () =>
              resolve({ state: 'cancelled', usage: { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 } }),
            ),
          ),
      } as never,
    }),
  });
  onTestFinished(() => k.stop());
  const op = k.as('operator');
  const call = ((name: never, args: never) => op.invoke(name, args)) as Call;
  const policy = async (): Promise<string> => String(must(await op.read(POLICY)).content);
  return { op, client: { call, stub: stubOver(call) }, policy };
};
const stop = (client: Awaited<ReturnType<typeof boot>>['client'], tell: (said: Said) => void = () => undefined) =>
  stopEverything(client, client.call('kill', { run: 'all' }), tell);

test('[R3] [P6] every run ends, policy is paused in one word, and one press takes that back', async () => {
  const { op, client, policy } = await boot();
  const before = await policy();
  must(await op.fire('/workspace/agents/shell', { args: { prompt: 'Work.' } }));
  const told: Said[] = [];
  let tellMore = (): void => undefined;
  const more = new Promise<void>((resolve) => (tellMore = resolve));
  const said = await stop(client, (one) => {
    told.push(one);
    tellMore();
  });
  expect(said.text).toBe(
    'Everything is stopped. 1 run ended; what was written is kept. Nothing starts by itself, and each change an agent wants waits for you.',
  );
  expect(await policy()).toBe(before.replace('paused: false', 'paused: true'));
  expect(must(await op.invoke('would', { actor: 'agent:shell', path: '/workspace/a.md' }))).toEqual({
    verdict: 'queue',
    reason: 'Everything is stopped.',
  });
  said.action?.onRun();
  await more;
  expect(told).toEqual([{ text: expect.stringContaining('may work again') }]);
  expect(await policy()).toBe(before);
});

test('stopped twice is stopped, and says that nothing was running', async () => {
  const { client, policy } = await boot();
  await stop(client);
  const once = await policy();
  expect((await stop(client)).text).toContain('Nothing was running.');
  expect(await policy()).toBe(once);
});

test('a policy that cannot be written leaves the runs ended, and says what may still start', async () => {
  const { client } = await boot();
  const write = async () => err('EBADMSG', 'The journal is damaged.');
  const said = await stop({ ...client, stub: { ...client.stub, write } });
  expect(said).toMatchObject({ tone: 'fail', text: expect.stringContaining('Jobs may still start by themselves') });
});

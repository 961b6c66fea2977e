import { afterEach, describe, expect, test } from 'vitest';
import { must } from '../protocol/errors.ts';
import { ROLE, boot, ask, kernel, operator, server } from '../../tests/kits/clerk.ts';

const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 5));
};

afterEach(async () => {
  await kernel.stop();
  await server.close();
});

describe('stopping', () => {
  test('[A20] [R3] a kill stops a streaming model at once: the socket closes, the run is cancelled', async () => {
    await boot([{ text: 'word '.repeat(400), delayMs: 20 }]);
    const running = ask('Talk long.');
    await until(() => server.requests.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const at = Date.now();
    must(await operator.call('kill', { run: 'all' }));
    const { ended, records } = await running;
    expect(Date.now() - at).toBeLessThan(500);
    expect(ended.state).toBe('cancelled');
    expect(ended.usage.input).toBeGreaterThan(0);
    expect(records.at(-1)).toMatchObject({ t: 'end', state: 'cancelled' });
    await until(() => server.aborted === 1);
  });

  test('[A20] a kill stops a waiting tool and a waiting retry', async () => {
    await boot([
      { tools: [{ name: 'bash', input: { script: 'sleep 20' } }] },
      { error: { status: 529, type: 'overloaded_error', message: 'busy', retryAfter: 30 } },
    ]);
    const inTool = (): boolean => kernel.kernel.processes.list().some(({ kind }) => kind === 'bash');
    const inRetry = (): boolean => server.requests.length > 1;
    for (const waits of [inTool, inRetry]) {
      const running = ask('Wait.');
      await until(waits);
      await new Promise((resolve) => setTimeout(resolve, 50));
      must(await operator.call('kill', { run: 'all' }));
      expect((await running).ended.state).toBe('cancelled');
    }
  });

  test('it ends after so many turns, with what it did kept', async () => {
    await boot(() => ({ text: 'again', tools: [{ name: 'list', input: { path: '/workspace' } }] }), {
      agents: { maxTurns: 3 },
    });
    const { ended } = await ask('Loop.');
    expect(ended).toMatchObject({
      state: 'failed',
      text: 'again',
      error: { code: 'EDQUOT', message: expect.stringContaining('3 turns') },
    });
    expect(server.requests).toHaveLength(3);
  });

  test('a run that has used its budget asks no further turn', async () => {
    await boot(() => ({
      text: 'x',
      tools: [{ name: 'list', input: { path: '/workspace' } }],
      usage: { input_tokens: 100_000, output_tokens: 1 },
    }));
    const role = must(await operator.read('/workspace/agents/clerk/AGENT.md'));
    must(
      await operator.write(
        [
          {
            op: 'put',
            path: '/workspace/agents/clerk/AGENT.md',
            content: ROLE.replace('write:', 'budget: { per_run: 0.5 }\nwrite:'),
            base: role.stat.revision,
          },
        ],
        { message: 'm' },
      ),
    );
    expect((await ask('Spend.')).ended).toMatchObject({
      state: 'failed',
      error: { code: 'EDQUOT', message: expect.stringContaining('0.5 USD') },
    });
    expect(server.requests).toHaveLength(2);
  });
});

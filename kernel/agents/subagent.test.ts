import { afterEach, expect, test } from 'vitest';
import { must } from '../protocol/errors.ts';
import { ROLE, ask, boot, kernel, operator, server } from '../../tests/kits/clerk.ts';

const CLERK = '/workspace/agents/clerk/AGENT.md';
const delegate = (prompt: string) => ({
  tools: [{ name: 'fire', input: { target: '/workspace/agents/drafter', args: { prompt, wait: true } } }],
});

/** The clerk may fire; the drafter answers by its own script. */
const team = async (clerk: (turn: number) => object, drafter: (turn: number) => object): Promise<void> => {
  const turns = { clerk: 0, drafter: 0 };
  await boot(({ body }) => {
    const who = JSON.stringify(body.system).includes('You are the agent drafter') ? 'drafter' : 'clerk';
    return (who === 'drafter' ? drafter : clerk)(turns[who]++);
  });
  const { stat } = must(await operator.read(CLERK));
  must(
    await operator.write(
      [
        { op: 'put', path: CLERK, content: ROLE.replace('bash]', 'bash, fire]'), base: stat.revision },
        {
          op: 'put',
          path: '/workspace/agents/drafter/AGENT.md',
          content: '---\nname: drafter\ntools: [read, write, fire]\nwrite: [/workspace/**]\n---\nYou draft.\n',
          base: null,
        },
      ],
      { message: 'a team' },
    ),
  );
};
const results = (records: { t: string }[]) => records.filter(({ t }) => t === 'tool');

afterEach(async () => {
  await kernel.stop();
  await server.close();
});

test('an agent reads what the agent said that it had work for it, in a run of its own below its own', async () => {
  await team(
    (turn) => [delegate('Draft a line.'), { text: 'Passed on.' }][turn] ?? {},
    () => ({ text: 'Dear all, hello.' }),
  );
  const { ended, records, run } = await ask('Have a line drafted.');
  expect(ended).toMatchObject({ state: 'done', text: 'Passed on.' });
  expect(results(records)).toMatchObject([
    { ok: true, result: expect.stringMatching(/^done, run \w+\nDear all, hello\.$/) },
  ]);
  const files = must(await operator.list('/system/runs/2026-11-23')).entries.map(({ path }) => path);
  const child = files.find((path) => !path.includes(run));
  const [start] = String(must(await operator.read(child ?? '')).content).split('\n', 1);
  expect(JSON.parse(start ?? '')).toMatchObject({
    actor: 'agent:drafter',
    by: 'agent:clerk',
    parent: run,
    above: ['clerk'],
  });
});

test('why the other failed, and why it is not started in a circle, is told in words', async () => {
  await team(
    (turn) => [delegate('Go round.'), { text: 'Seen.' }][turn] ?? {},
    (turn) =>
      [
        {
          tools: [
            { name: 'fire', input: { target: '/workspace/agents/clerk', args: { prompt: 'Back.', wait: true } } },
          ],
        },
        { error: { status: 400, type: 'invalid_request_error', message: 'too odd' } },
      ][turn] ?? {},
  );
  const { records } = await ask('Go.');
  expect(results(records)).toMatchObject([
    { ok: false, result: expect.stringMatching(/^failed, run \w+\n\w+: .*too odd/) },
  ]);
  const seen = JSON.stringify(server.requests.map(({ body }) => body.messages));
  expect(seen).toContain('clerk → drafter → clerk');
});

test('[R3] stopping the one stops the other', async () => {
  await team(
    () => delegate('Think long.'),
    () => ({ hang: true }),
  );
  const running = ask('Go.');
  while (server.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const parent = kernel.kernel.processes.list().find(({ agent }) => agent === 'clerk');
  expect(must(await operator.call('kill', { run: parent?.id ?? '' }))).toMatchObject({ killed: { length: 2 } });
  expect((await running).ended.state).toBe('cancelled');
  expect(kernel.kernel.processes.list()).toEqual([]);
});

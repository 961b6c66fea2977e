/** The policy read out, and what would happen if: sentences from a parsed policy, and answers of the real kernel. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { bootMemory } from '../../../kernel/boot/memory.ts';
import { must } from '../../../kernel/protocol/errors.ts';
import { policySchema } from '../../../kernel/protocol/formats/policy.ts';
import { readOut } from './read-out.ts';
import { answerOf, argsOf, type Question } from './try-policy.ts';

const said = (policy: object): string[] =>
  readOut(policySchema.parse(policy)).map(({ words, paths = [] }) =>
    [words, paths.join(', ')].filter(Boolean).join(' '),
  );

describe('a policy in plain words', () => {
  test('an empty one grants nobody anything, and says that nothing is sent', () => {
    const words = said({});
    expect(words).toContainEqual(expect.stringMatching(/^You granted no agent anything here/));
    expect(words).toContain('No model is connected, so no agent can work and nothing is sent to one');
    expect(words.join()).not.toMatch(/budget|device/);
  });

  test('stopped and manual come first, and outweigh every grant', () => {
    const grants = { 'agent:ana': { write: ['/workspace/a/**', '/workspace/b.md'] } };
    expect(said({ paused: true, grants })[0]).toMatch(/^Everything is stopped: nothing starts by itself/);
    expect(said({ autonomy: 'manual', grants })[0]).toMatch(/^Every change an agent wants to make waits for you/);
    expect(said({ autonomy: 'autonomous', grants })[0]).toMatch(/^An agent changes files alone where a grant/);
    expect(said({ grants })).toContain('ana may write /workspace/a/**, /workspace/b.md');
  });

  test('[P2] a grant that does nothing is said to do nothing', () =>
    expect(said({ grants: { 'program:brief': { write: ['/workspace/**'] } } })).toContain(
      'The grant for program:brief does nothing: only agents write under a grant',
    ));

  test('rules, budget, addresses and the device that runs schedules', () => {
    const words = said({
      never_auto: ['path /workspace/mandate.md', 'http * https://broker.example/orders'],
      budget: { usd: 30, per: 'month' },
      executor: '7f3a12',
      egress: ['https://acme.example'],
      models: {
        default: { base_url: 'https://api.anthropic.com', model: 'm' },
        small: { base_url: 'https://api.anthropic.com', model: 'n' },
      },
    });
    expect(words).toEqual(
      expect.arrayContaining([
        'No agent changes without you /workspace/mandate.md',
        'Never without you: http * https://broker.example/orders',
        'Your budget for models is $30.00 a month',
        'Jobs by the clock run only on the device 7f3a12',
        'Addresses you listed for reaching outside: https://acme.example',
        'What an agent reads in a run is sent to its model, at https://api.anthropic.com',
      ]),
    );
  });
});

test('[G8] what would happen if, as the kernel answers it', async () => {
  const k = await bootMemory();
  onTestFinished(() => k.stop());
  const op = k.as('operator');
  const put = (path: string, content: string) =>
    op.write([{ op: 'put', path, content, base: k.kernel.fs.stat(path)?.revision ?? null }], { message: 'm' });
  must(await put('/workspace/agents/ana/AGENT.md', '---\nname: ana\ntools: [write]\nwrite: [/workspace/a/**]\n---\nx'));
  const policy = (more: string) =>
    put('/system/policy.yaml', `${more}grants: { "agent:ana": { write: [/workspace/a/**] } }\n`);
  must(await policy(''));
  const ask = async (what: Question['what'], path = ''): Promise<string> => {
    const question: Question = { agent: 'ana', what, path };
    const { title, words } = answerOf(question, must(await op.invoke('would', must(argsOf(question)))));
    return `${title}: ${words}`;
  };
  expect(await ask('write', ' /workspace/a/1.md ')).toBe(
    'It is done at once: ana may write /workspace/a/1.md alone. It is one revision in the file’s history, and you can take it back.',
  );
  expect(await ask('write', '/workspace/b.md')).toBe(
    'It is refused: ana has no grant to write /workspace/b.md. Propose the change instead.',
  );
  expect(await ask('read', '/workspace/agents/bob/memory/x.md')).toBe(
    'It is refused: /workspace/agents/bob/memory/x.md is the private memory of agent bob.',
  );
  expect(await ask('bash')).toMatch(/^It is refused: ana does not have bash among its tools/);
  expect(await ask('notify')).toMatch(/^It is done at once: ana may tell you something alone/);
  expect(await ask('outside')).toMatch(
    /^It waits for you: A proposal of ana to send something outside stands in your Inbox/,
  );
  must(await policy('paused: true\n'));
  expect(await ask('write', '/workspace/a/1.md')).toBe(
    'It waits for you: A proposal of ana to write /workspace/a/1.md stands in your Inbox. Everything is stopped.',
  );
});

test('a path that is none is said to be none before anybody is asked', () =>
  expect(argsOf({ agent: 'ana', what: 'write', path: 'notes.md' })).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('not absolute') },
  }));

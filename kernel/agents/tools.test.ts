// What a model is told when a call does not succeed: every refusal says what to do next.
import { describe, expect, test } from 'vitest';
import { err, ok, type ErrorCode, type Result } from '../protocol/errors.ts';
import { TOOLS, type ToolName } from '../protocol/formats/role.ts';
import type { Sys } from '../protocol/sys.ts';
import { createTurn } from './providers/anthropic-turn.ts';
import type { RawMessageStreamEvent } from './providers/anthropic-client.ts';
import { createTools, type Outcome } from './tools.ts';

const answering = (answer: Result<unknown>): Sys =>
  ({
    invoke: async () => answer,
    read: async () => err('ENOENT', 'none'),
  }) as unknown as Sys;
const call = (
  name: string,
  input: unknown,
  sys = answering(ok({})),
  allowed: readonly ToolName[] = TOOLS,
): Promise<Outcome> => createTools(sys, allowed).run({ type: 'tool_use', id: 't', name, input });
const write = { changes: [{ op: 'append', path: '/workspace/a.md', content: 'x' }], message: 'm' };

describe('a refusal is one the model can act on', () => {
  test.each<[ErrorCode, string, RegExp]>([
    ['EACCES', 'clerk has no grant.', /^EACCES: clerk has no grant\. .*use propose and say why/],
    ['ESTALE', 'changed.', /Read it again and redo your change/],
    ['EEXIST', 'is there.', /Read what is there/],
    ['EAGAIN', 'It waits for the operator.', /Do not repeat it/],
    ['ENOSPC', 'The disk is full.', /Nothing of it was kept\. Do not repeat it as it is/],
    ['EDQUOT', 'The budget is used up.', /end with what you have/],
    ['ETIMEDOUT', 'No answer in time.', /look before you repeat it/],
    [
      'EIO',
      'This device is offline. Try again when it is online.',
      /^EIO: This device is offline\. Try again when it is online\.$/,
    ],
    ['EINVAL', 'changes.0.op: Invalid input', /^EINVAL: changes\.0\.op/],
  ])('%s', async (code, message, words) => {
    expect(await call('write', write, answering(err(code, message)))).toMatchObject({
      ok: false,
      text: expect.stringMatching(words),
    });
  });

  test('a tool it does not have, by the names of those it has', async () => {
    expect(await call('bash', { script: 'ls' }, answering(ok({})), ['read', 'list'])).toEqual({
      ok: false,
      text: 'ENOSYS: You have no tool named bash. Yours are read, list.',
    });
    expect((await call('rm', {})).text).toMatch(/no tool named rm\. Yours are read, /);
  });

  test.each([null, 'a text', 7, ['a']])('an input that is no object: %j', async (input) => {
    for (const name of TOOLS)
      expect(await call(name, input)).toMatchObject({
        ok: false,
        text: expect.stringMatching(/^EINVAL: .*JSON object/),
      });
  });

  test('an input that is not JSON goes back as an object, says so, and does nothing', async () => {
    const turn = createTurn();
    const events = [
      { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'write', input: {} } },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'input_json_delta', partial_json: '{"changes": [{"op": "put' },
      },
      { type: 'content_block_stop', index: 0 },
    ] as unknown as RawMessageStreamEvent[];
    for (const event of events) turn.add(event);
    const [block] = turn.turn().content;
    expect(block).toMatchObject({ type: 'tool_use', input: expect.any(Object) });
    const asked: unknown[] = [];
    const sys = { invoke: async (name: string) => (asked.push(name), ok({})) } as unknown as Sys;
    const outcome = await call('write', block?.type === 'tool_use' ? block.input : undefined, sys);
    expect(outcome).toMatchObject({ ok: false, text: expect.stringMatching(/was not JSON \(it began "\{\\"changes/) });
    expect(asked).toEqual([]);
  });
});

test('after a restart the first script is told that its shell is new, the next is not', async () => {
  const sys = answering(
    ok({ state: 'done', result: { stdout: 'x', stderr: '', code: 0, cwd: '/workspace', env: {}, revisions: [] } }),
  );
  const tools = createTools(sys, TOOLS, { again: true });
  const run = () => tools.run({ type: 'tool_use', id: 't', name: 'bash', input: { script: 'ls' } });
  expect((await run()).text).toContain('the shell was a new one');
  expect((await run()).text).not.toContain('the shell was a new one');
});

import { afterEach, describe, expect, test } from 'vitest';
import { must } from '../protocol/errors.ts';
import type { Sys } from '../protocol/sys.ts';
import { createAgents } from './agents.ts';
import { KEY, ROLE, FAST, boot, ask, kernel, operator, server } from '../../tests/kits/clerk.ts';

const put = (path: string, content: string) => ({ op: 'put', path, content });

afterEach(async () => {
  await kernel.stop();
  await server.close();
});

describe('going on', () => {
  test('a chat carries what was asked and answered before', async () => {
    await boot([
      { text: 'First.', tools: [{ name: 'list', input: { path: '/workspace' } }] },
      { text: 'One.' },
      { text: 'Two.' },
      { text: 'Three.' },
    ]);
    const first = await ask('Question one?');
    const second = await ask('Question two?', { after: first.file });
    await ask('Question three?', { after: second.file });
    const last = server.requests
      .at(-1)
      ?.body.messages.map(({ role, content }) => [role, (content as { text: string }[])[0]?.text]);
    expect(last).toEqual([
      ['user', 'Question one?'],
      ['assistant', 'First.\n\nOne.'],
      ['user', 'Question two?'],
      ['assistant', 'Two.'],
      ['user', 'Question three?'],
    ]);
  });

  test('[A22] a run that was cut short goes on from its record, and repeats no call by itself', async () => {
    await boot([
      {
        text: 'Both.',
        tools: [
          { name: 'list', input: { path: '/workspace' }, id: 'toolu_a' },
          { name: 'write', input: { changes: [put('/workspace/x.md', 'x')], message: 'm' }, id: 'toolu_b' },
        ],
      },
      { text: 'ok' },
      { text: 'Gone on.' },
    ]);
    const { records, run, file } = await ask('Do both.');
    const cut = records
      .filter(
        (record) => record.t === 'start' || record.t === 'model' || (record.t === 'tool' && record.id === 'toolu_a'),
      )
      .slice(0, 3);
    const history = [...cut.map((record) => JSON.stringify(record)), '{"t":"tool","at":"cut off'].join('\n');
    const sys: Sys = {
      ...kernel.as('agent:clerk'),
      run,
      invoke: (async (name: string) => ({
        ok: true,
        value: name === 'log' ? { revision: '' } : { max_tokens: 1_000 },
      })) as Sys['invoke'],
    };
    const read: Sys['read'] = async (path, o) =>
      path === file
        ? { ok: true, value: { content: history, stat: must(await operator.read(file)).stat } }
        : operator.read(path, o);
    const { parseRole } = await import('../protocol/formats/role.ts');
    const role = must(parseRole('/workspace/agents/clerk/AGENT.md', ROLE));
    const agents = createAgents({ secrets: async () => ({ ok: true, value: KEY }), pace: FAST });
    const ended = await agents.run({ ...sys, read }, { role, prompt: 'Do both.', date: '2026-11-23', after: file });
    expect(ended).toMatchObject({ state: 'done', text: 'Gone on.' });
    const sent = server.requests.at(-1)?.body.messages;
    expect(sent).toHaveLength(3);
    expect(sent?.[2]?.content).toMatchObject([
      { tool_use_id: 'toolu_a', content: expect.stringContaining('/workspace/AGENTS.md') },
      { tool_use_id: 'toolu_b', is_error: true, content: expect.stringContaining('not on record') },
    ]);
  });
});

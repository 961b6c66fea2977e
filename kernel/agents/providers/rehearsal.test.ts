import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootMemory, type Memory } from '../../boot/memory.ts';
import { hashHex } from '../../protocol/bytes.ts';
import { must } from '../../protocol/errors.ts';
import { parseRehearsal } from '../../protocol/formats/rehearsal.ts';
import type { Ended } from '../../protocol/ports.ts';
import type { Sys } from '../../protocol/sys.ts';
import { createAgents } from '../agents.ts';

let kernel: Memory;
let operator: Sys;

beforeEach(async () => {
  kernel = await bootMemory();
  operator = kernel.as('operator');
  const policy = must(await operator.read('/system/policy.yaml'));
  const role = '---\nname: clerk\ntools: [read, write]\nwrite: [/workspace/**]\n---\nAnswer.\n';
  const content = 'grants: { "agent:clerk": { write: [/workspace/**] } }\n';
  must(
    await operator.write([{ op: 'put', path: '/system/policy.yaml', content, base: policy.stat.revision }], {
      message: 'grant',
    }),
  );
  must(
    await operator.write([{ op: 'put', path: '/workspace/agents/clerk/AGENT.md', content: role, base: null }], {
      message: 'role',
    }),
  );
});
afterEach(() => kernel.stop());

describe('[R7] a recording', () => {
  const material = 'price,units\n3,4\n';
  const recording = (sha256: string, turns: object[]) =>
    must(
      parseRehearsal(
        '/r.jsonl',
        [
          {
            rehearsal: 1,
            job: '/workspace/jobs/brief.md',
            agent: 'clerk',
            title: 'Brief',
            recorded: '2026-11-01',
            model: 'recorded-model',
            inputs: [{ path: '/workspace/in.csv', from: 'in.csv', sha256 }],
          },
          ...turns,
        ]
          .map((line) => JSON.stringify(line))
          .join('\n'),
      ),
    );
  const play = async (sha256: string, turns: object[]): Promise<Ended> => {
    const agents = createAgents({
      secrets: async () => ({ ok: false, error: { code: 'EACCES', call: '', message: 'no' } }),
      pace: { live: 1, rehearsal: 1 },
    });
    const role = {
      name: 'clerk',
      description: '',
      tools: ['read' as const, 'write' as const],
      write: ['/workspace/**'],
      prompt: 'Answer.',
    };
    const sys: Sys = { ...kernel.as('agent:clerk'), run: 'r1' };
    const invoke = (async (name: string, args: unknown) =>
      name === 'log' || name === 'live' ? { ok: true, value: {} } : sys.call(name, args)) as Sys['invoke'];
    return agents.run(
      { ...sys, invoke },
      { role, prompt: 'Go.', date: '2026-11-23', rehearsal: recording(sha256, turns) },
    );
  };
  const usage = { input_tokens: 900, output_tokens: 80 };
  const turns = [
    {
      content: [
        { type: 'text', text: 'I read it on {date}.' },
        { type: 'tool_use', id: 't1', name: 'read', input: { path: '/workspace/in.csv' } },
      ],
      stop_reason: 'tool_use',
      usage,
    },
    {
      content: [
        {
          type: 'tool_use',
          id: 't2',
          name: 'write',
          input: {
            message: 'Brief of {date}',
            changes: [{ op: 'put', path: '/workspace/brief-{date}.md', content: 'Total 12 on {date}\n' }],
          },
        },
      ],
      stop_reason: 'tool_use',
      usage,
    },
    { content: [{ type: 'text', text: 'The brief of {date} is there.' }], stop_reason: 'end_turn', usage },
  ];
  const give = () =>
    operator.write([{ op: 'put', path: '/workspace/in.csv', content: material, base: null }], { message: 'm' });

  test("drives the real files, with today's date in every string, and costs nothing", async () => {
    must(await give());
    expect(await play(hashHex(material), turns)).toMatchObject({
      state: 'done',
      text: 'The brief of 2026-11-23 is there.',
      usd: 0,
      usage: { input: 2_700, output: 240 },
    });
    expect(must(await operator.read('/workspace/brief-2026-11-23.md')).content).toBe('Total 12 on 2026-11-23\n');
  });

  test('is refused over other material, and where the material is missing', async () => {
    expect(await play(hashHex(material), turns)).toMatchObject({
      state: 'failed',
      error: { code: 'ENOENT', message: expect.stringMatching(/belongs to other material.*\/workspace\/in\.csv/) },
    });
    must(await give());
    expect(await play(hashHex('other'), turns)).toMatchObject({
      state: 'failed',
      error: {
        code: 'EINVAL',
        message: expect.stringMatching(/belongs to other material: \/workspace\/in\.csv is not/),
      },
    });
    expect((await operator.read('/workspace/brief-2026-11-23.md')).ok).toBe(false);
  });

  test('that runs out says so', async () => {
    must(await give());
    expect(await play(hashHex(material), turns.slice(0, 2))).toMatchObject({
      state: 'failed',
      error: { code: 'EPROTO', message: expect.stringContaining('holds 2 answers') },
    });
  });
});

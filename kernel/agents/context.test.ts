import { afterEach, describe, expect, test } from 'vitest';
import { must } from '../protocol/errors.ts';
import { checkBody } from '../../tests/servers/messages-check.ts';
import { ask, boot, kernel, operator, server } from '../../tests/kits/clerk.ts';
import { clear, clearCount, placesIn, tokensIn } from './context.ts';
import type { Message } from './providers/provider.ts';

const turn = (id: string, chars: number, calls = 1): Message[] => [
  {
    role: 'assistant',
    content: Array.from({ length: calls }, (_, n) => ({
      type: 'tool_use' as const,
      id: `${id}${n}`,
      name: 'read',
      input: { path: `/workspace/${id}${n}.md` },
    })),
  },
  {
    role: 'user',
    content: Array.from({ length: calls }, (_, n) => ({
      type: 'tool_result' as const,
      tool_use_id: `${id}${n}`,
      content: id.repeat(chars),
    })),
  },
];
const asked: Message = { role: 'user', content: [{ type: 'text', text: 'Go.' }] };
const where = { file: '/system/runs/2026-11-23/r.jsonl', places: new Map() };
const resultsIn = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ content }) =>
    (content as { type: string; content?: string }[]).flatMap((block) =>
      block.type === 'tool_result' ? [block.content ?? ''] : [],
    ),
  );
const isClearedText = (text: string): boolean => text.includes('left out here');

describe('[L1] making room', () => {
  test('what fits is left alone; over the limit the oldest results go, down to half, the newest turns stay', () => {
    const messages = [asked, ...'abcdefgh'.split('').flatMap((id) => turn(id, 7_000))];
    const all = tokensIn(messages);
    expect(clearCount(messages, all)).toBe(0);
    const count = clearCount(messages, all - 1);
    const kept = clear(messages, count, where);
    expect(resultsIn(kept).map(isClearedText)).toEqual(Array.from('abcdefgh', (_, at) => at < count));
    expect(count).toBeGreaterThan(3);
    expect(tokensIn(kept)).toBeLessThan(all * 0.6);
    expect(kept[0]).toEqual(asked);
    expect(kept.slice(-6)).toEqual(messages.slice(-6));
  });

  test('newest turns give way only where nothing older is left to', () => {
    const messages = [asked, ...turn('a', 7_000, 6)];
    const count = clearCount(messages, 6_000);
    const cleared = resultsIn(clear(messages, count, where)).map(isClearedText);
    expect(cleared).toEqual(Array.from('aaaaaa', (_, at) => at < count));
    expect(tokensIn(clear(messages, count, where))).toBeLessThanOrEqual(6_000);
    expect(count).toBeLessThan(6);
  });

  test('each call keeps its result, also where ids are given again; twice is as once', () => {
    const messages = [asked, ...turn('a', 3_000, 2), ...turn('b', 3_000), ...turn('a', 3_000, 2)];
    for (let count = 0; count <= 5; count++) {
      const kept = clear(messages, count, where);
      const tools = [{ name: 'read', input_schema: { type: 'object' } }];
      const body = { model: 'm', max_tokens: 1, tools, messages: kept } as Parameters<typeof checkBody>[0];
      expect(checkBody(body)).toBeUndefined();
      expect(resultsIn(kept).filter(isClearedText)).toHaveLength(count);
      expect(clear(kept, count, where)).toEqual(kept);
    }
  });

  test('long inputs go too, and keep their shape', () => {
    const input = { changes: [{ op: 'put', path: '/workspace/x.md', content: 'x'.repeat(5_000) }], message: 'm' };
    const messages: Message[] = [
      asked,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'w', name: 'write', input }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'w', content: 'done: 1' }] },
    ];
    const kept = clear(messages, clearCount(messages, 500), where);
    expect(tokensIn(kept)).toBeLessThan(500);
    expect(kept[1]?.content[0]).toMatchObject({
      input: { changes: [{ op: 'put', path: '/workspace/x.md' }], message: 'm' },
    });
    expect(kept[2]).toEqual(messages[2]);
  });

  test('a place is a line of the record, found again by offset and length', () => {
    const record = (id: string, result: string) =>
      JSON.stringify({ t: 'tool', id, name: 'read', input: {}, ok: true, result });
    const model = JSON.stringify({ t: 'model', content: [{ type: 'tool_use', id: 'a', name: 'read', input: {} }] });
    const lines = [JSON.stringify({ t: 'start' }), model, record('a', 'größer'), model, record('a', 'again')];
    const text = `${lines.join('\n')}\n`;
    const place = placesIn(text).get('2/a');
    expect(place).toMatchObject({ record: 5 });
    expect(text.slice(place?.offset, (place?.offset ?? 0) + (place?.length ?? 0))).toBe(lines[4]);
  });
});

describe('a long run', () => {
  afterEach(async () => {
    await kernel.stop();
    await server.close();
  });

  test('[L1] stays within its context, says so on record, and can read what was left out', async () => {
    const CONTEXT = 14_000;
    const read = (n: number) => ({
      thinking: `Now ${n}.`,
      tools: [{ name: 'read', input: { path: `/workspace/${n}.md` } }],
    });
    let told = '';
    await boot(
      ({ body }, at) => {
        if (at < 8) return read(at);
        if (at > 8) return { text: 'Done.' };
        told = resultsIn(body.messages as Message[]).find(isClearedText) ?? '';
        const [, record, offset, length] = /read it with|record (\d+) of .*offset (\d+), length (\d+)/.exec(told) ?? [];
        expect(Number(record)).toBeGreaterThan(1);
        const path = / of (\/system\/runs\/\S+\.jsonl)/.exec(told)?.[1];
        return { tools: [{ name: 'read', input: { path, offset: Number(offset), length: Number(length) } }] };
      },
      { agents: { context: CONTEXT } },
    );
    must(
      await operator.write(
        Array.from({ length: 8 }, (_, n) => ({
          op: 'put' as const,
          path: `/workspace/${n}.md`,
          content: `${n}`.repeat(9_000),
          base: null,
        })),
        { message: 'm' },
      ),
    );
    const { ended, records } = await ask('Read all eight.');
    expect(ended).toMatchObject({ state: 'done', text: 'Done.' });
    for (const { body } of server.requests)
      expect(tokensIn([body.system, body.tools, body.messages])).toBeLessThan(CONTEXT + 200);
    const notes = records.flatMap((record) => (record.t === 'note' ? [record.cleared] : []));
    expect(notes.length).toBeGreaterThan(0);
    expect(notes).toEqual([...notes].sort((a, b) => Number(a) - Number(b)));
    expect(server.requests.at(-1)?.body.messages[0]?.content).toMatchObject([{ text: 'Read all eight.' }]);
    // What was left out was read back from the record, whole.
    const back = records.flatMap((record) =>
      record.t === 'tool' && JSON.stringify(record.input).includes('/system/runs') ? [record.result] : [],
    );
    expect(back).toEqual([expect.stringContaining('0'.repeat(9_000))]);
  });

  test('[L2] every turn and every run of a day begins with the same bytes; four marks at most', async () => {
    await boot([
      { tools: [{ name: 'read', input: { path: '/workspace/AGENTS.md' } }] },
      { tools: [{ name: 'list', input: { path: '/workspace' } }] },
      { text: 'one' },
      { text: 'two' },
    ]);
    await ask('First.');
    await ask('Second.');
    const bodies = server.requests.map(({ body }) => body);
    const stable = (body: (typeof bodies)[number]) => JSON.stringify([body.tools, (body.system as unknown[])[0]]);
    expect(new Set(bodies.map(stable)).size).toBe(1);
    // Within a run all that was sent is sent again, up to the mark that moved on.
    const bare = (value: unknown) => JSON.stringify(value).replaceAll(',"cache_control":{"type":"ephemeral"}', '');
    const [first, second, third] = bodies;
    for (const [earlier, later] of [
      [first, second],
      [second, third],
    ]) {
      expect(bare(later?.system)).toBe(bare(earlier?.system));
      expect(bare(later?.messages).startsWith(bare(earlier?.messages).slice(0, -1))).toBe(true);
    }
    for (const body of bodies) expect(JSON.stringify(body).match(/cache_control/g)).toHaveLength(4);
    expect(bodies[0]?.tools?.at(-1)).toHaveProperty('cache_control');
  });

  test('it is told what its memory holds, how its runs and proposals ended, and what came of them', async () => {
    await boot([
      {
        tools: [
          {
            name: 'write',
            input: {
              changes: [{ op: 'put', path: '/workspace/agents/clerk/memory/tone.md', content: '# Plain words\nmore' }],
              message: 'm',
            },
          },
        ],
      },
      {
        tools: [
          {
            name: 'propose',
            input: {
              title: 'Make a job',
              changes: [{ op: 'put', path: '/workspace/jobs/j.md', content: 'x' }],
              rationale: 'r',
              reversibility: 'reversible',
            },
          },
        ],
      },
      { text: 'Kept.' },
      { text: 'ok' },
    ]);
    const { file } = await ask('Learn.');
    const [proposal] = must(await operator.list('/system/proposals')).entries;
    const { id, hash } = JSON.parse(String(must(await operator.read(proposal?.path ?? '')).content)) as {
      id: string;
      hash: string;
    };
    must(await operator.call('decide', { id, hash, verdict: 'reject', reason: 'No daily jobs, please.' }));
    await ask('Again.');
    const [stable, today] = ((server.requests.at(-1)?.body.system ?? []) as { text: string }[]).map(({ text }) => text);
    expect(stable).toMatch(/Your memory is \/workspace\/agents\/clerk\/memory\/[^]*memory\/tone\.md: # Plain words/);
    expect(today).toContain(`${file} (Learn.): done: Kept.`);
    expect(today).toContain(`${id} "Make a job": rejected: No daily jobs, please.`);
  });
});

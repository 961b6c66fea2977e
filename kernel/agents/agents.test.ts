import { afterEach, describe, expect, test } from 'vitest';
import { must } from '../protocol/errors.ts';
import type { RunRecord } from '../protocol/formats/records.ts';
import { boot, ask, kernel, operator, server } from '../../tests/kits/clerk.ts';

const text = async (path: string): Promise<unknown> => {
  const read = await operator.read(path);
  return read.ok ? read.value.content : undefined;
};
const tools = (records: RunRecord[]) => records.filter((record) => record.t === 'tool');
const put = (path: string, content: string) => ({ op: 'put', path, content });

afterEach(async () => {
  await kernel.stop();
  await server.close();
});

describe('a run', () => {
  test('[R1] reads, writes, and ends with its words; every step is on record', async () => {
    await boot([
      {
        thinking: 'Look first.',
        text: 'I look.',
        tools: [
          { name: 'read', input: { path: '/workspace/AGENTS.md' } },
          { name: 'list', input: { path: '/workspace', depth: 2 } },
        ],
      },
      {
        tools: [
          {
            name: 'write',
            input: { changes: [put('/workspace/notes/2026-11-23.md', 'noted\n')], message: 'note of the day' },
          },
        ],
      },
      { text: 'Done: /workspace/notes/2026-11-23.md' },
    ]);
    const { ended, records, run } = await ask('Note the day.');
    expect(ended).toMatchObject({ state: 'done', text: 'Done: /workspace/notes/2026-11-23.md' });
    expect(records.map(({ t }) => t)).toEqual(
      'start reserve model tool tool reserve model tool reserve model end'.split(' '),
    );
    expect(await text('/workspace/notes/2026-11-23.md')).toBe('noted\n');
    const [made] = must(await operator.list('/workspace/notes/2026-11-23.md', { history: true })).entries;
    expect(made).toMatchObject({ actor: 'agent:clerk', message: 'note of the day', run });
    expect(tools(records)[2]).toMatchObject({ ok: true, revisions: expect.arrayContaining([made?.id]) });
  });

  test('is told house rules, role, date and map, the stable first; thinking goes back as it came', async () => {
    await boot([
      { thinking: 'Hm.', tools: [{ name: 'read', input: { path: '/workspace/nothing.md' } }] },
      { text: 'ok' },
    ]);
    await ask('Hello.');
    const [first, second] = server.requests.map(({ body }) => body);
    const system = first?.system as { text: string; cache_control?: unknown }[];
    expect(system[0]?.text).toMatch(
      /Allod[^]*House rules[^]*agent clerk: Keeps the notes[^]*\/workspace\/notes\/2026-11-23\.md/,
    );
    expect(system[0]?.cache_control).toBeDefined();
    expect(system[1]?.text).toMatch(/Today is 2026-11-23[^]*\/workspace\/agents\/clerk\//);
    expect(first?.tools?.map(({ name }) => name)).toEqual(['read', 'list', 'search', 'write', 'propose', 'bash']);
    expect(JSON.stringify(first?.tools)).not.toMatch(/"base"|"attrs"|"anyOf":\[\{"type":"string"\},\{\}\]/);
    expect(second?.messages[1]?.content).toMatchObject([
      { type: 'thinking', thinking: 'Hm.', signature: 'c2lnbmVk' },
      { type: 'tool_use', name: 'read' },
    ]);
    expect(second?.messages[2]?.content).toMatchObject([
      { type: 'tool_result', is_error: true, content: expect.stringMatching(/^ENOENT/) },
    ]);
  });

  test('calls that read run side by side, in one message of results', async () => {
    await boot([
      { tools: ['a', 'b', 'c'].map((name) => ({ name: 'read', input: { path: `/workspace/${name}.md` } })) },
      { text: 'ok' },
    ]);
    must(
      await operator.write(
        ['a', 'b', 'c'].map((name) => ({
          op: 'put' as const,
          path: `/workspace/${name}.md`,
          content: name.repeat(3),
          base: null,
        })),
        { message: 'm' },
      ),
    );
    const { records } = await ask('Read all.');
    expect(tools(records).map(({ result }) => result.at(-1))).toEqual(['a', 'b', 'c']);
    expect(server.requests[1]?.body.messages).toHaveLength(3);
    expect(server.requests[1]?.body.messages[2]?.content).toHaveLength(3);
  });

  test('bash is a tool: one shell for the run, its writes belong to the run', async () => {
    await boot([
      { tools: [{ name: 'bash', input: { script: 'mkdir -p desk; cd desk; export N=7' } }] },
      { tools: [{ name: 'bash', input: { script: 'echo $N > n.txt; pwd; cat n.txt; cat missing' } }] },
      { text: 'ok' },
    ]);
    const { records, run } = await ask('Use the shell.');
    expect(tools(records)[1]).toMatchObject({
      ok: false,
      result: expect.stringMatching(
        /^\/workspace\/desk\n7\n[^]*missing[^]*\[exit 1, 1 revisions, in \/workspace\/desk\]$/,
      ),
    });
    expect(must(await operator.list('/workspace/desk/n.txt', { history: true })).entries[0]).toMatchObject({
      actor: 'agent:clerk',
      run,
    });
  });

  test("usage and price are the API's own, to the cent", async () => {
    const usage = {
      input_tokens: 1_000,
      output_tokens: 200,
      cache_creation_input_tokens: 400,
      cache_read_input_tokens: 5_000,
    };
    await boot([
      { text: 'a', tools: [{ name: 'list', input: { path: '/workspace' } }], usage },
      { text: 'b', usage },
    ]);
    const { ended, records } = await ask('Count.');
    expect(ended.usage).toEqual({ input: 2_000, output: 400, cacheWrite: 800, cacheRead: 10_000 });
    expect(ended.usd).toBeCloseTo((2_000 * 3 + 400 * 15 + 800 * 3.75 + 10_000 * 0.3) / 1e6, 9);
    expect(records.filter((record) => record.t === 'model').map(({ usd }) => usd)).toEqual([0.009, 0.009]);
    expect(records.at(-1)).toMatchObject({ t: 'end', usd: 0.018 });
  });

  test('what it says is shown while it says it', async () => {
    await boot([{ text: 'one two three four five six seven eight nine ten', delayMs: 15 }]);
    const shown: string[] = [];
    operator.on('/proc/runs/*', ({ path, change }) => {
      if (change === 'live')
        void operator
          .read(path)
          .then(
            (read) => read.ok && shown.push(String((JSON.parse(String(read.value.content)) as { live: string }).live)),
          );
    });
    await ask('Talk.');
    expect(shown.filter((said) => said !== '').length).toBeGreaterThan(1);
    expect(shown.some((said) => said.startsWith('one two') && !said.endsWith('ten'))).toBe(true);
  });
});

describe('replacing a file', () => {
  const over = {
    tools: [{ name: 'write', input: { changes: [put('/workspace/a.md', 'new\n')], message: 'replace' } }],
  };
  const read = { tools: [{ name: 'read', input: { path: '/workspace/a.md' } }] };
  const given = async () =>
    must(
      await operator.write([{ op: 'put', path: '/workspace/a.md', content: 'old\n', base: null }], { message: 'm' }),
    );

  test('[F3] what was not read is not overwritten; read first, it is', async () => {
    await boot([over, read, over, over, { text: 'ok' }]);
    await given();
    const [blind, , seen, again] = tools((await ask('Replace.')).records);
    expect(blind).toMatchObject({ ok: false, result: expect.stringMatching(/^ESTALE: .*Read it first/) });
    expect(seen).toMatchObject({ ok: true, revisions: [expect.any(String)] });
    expect(again).toMatchObject({ ok: true, result: 'Nothing changed: it was so already.' });
  });

  test('a file known to be absent may be made, and then replaced by its maker', async () => {
    const twice = {
      tools: [{ name: 'write', input: { changes: [put('/workspace/a.md', 'newer\n')], message: 'again' } }],
    };
    await boot([read, over, twice, { text: 'ok' }]);
    expect(tools((await ask('Make.')).records).map(({ ok }) => ok)).toEqual([false, true, true]);
    expect(await text('/workspace/a.md')).toBe('newer\n');
  });

  test('[A4] what changed since it was read is not overwritten', async () => {
    const edit = () =>
      operator.write([{ op: 'edit', path: '/workspace/a.md', old: 'old', new: 'mine' }], { message: 'the operator' });
    // The operator's edit lands while the model thinks about what it has read.
    await boot((_seen, turn) => {
      if (turn === 1) void edit();
      return [read, { ...over, hang: 80 }, { text: 'ok' }][turn] ?? {};
    });
    await given();
    expect(tools((await ask('Replace.')).records).at(-1)).toMatchObject({
      ok: false,
      result: expect.stringMatching(/^ESTALE: .*operator.*Read it again/),
    });
    expect(await text('/workspace/a.md')).toBe('mine\n');
  });

  test('[A10] [P3] its own role and jobs stay closed, in words that name propose', async () => {
    await boot([
      {
        tools: [
          {
            name: 'write',
            input: {
              changes: [{ op: 'append', path: '/workspace/agents/clerk/AGENT.md', content: 'autonomy: autonomous' }],
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
              changes: [put('/workspace/jobs/j.md', '---\nagent: clerk\n---\nGo.\n')],
              rationale: 'daily',
              reversibility: 'reversible',
            },
          },
        ],
      },
      { tools: [{ name: 'fire', input: { target: '/workspace/agents/shell' } }] },
      { text: 'ok' },
    ]);
    const [write, propose, fire] = tools((await ask('Widen yourself.')).records);
    expect(write).toMatchObject({ ok: false, result: expect.stringMatching(/^EACCES: .*propose/) });
    expect(propose).toMatchObject({ ok: true, result: expect.stringContaining('is pending') });
    expect(fire).toMatchObject({ ok: false, result: expect.stringContaining('You have no tool named fire') });
  });
});

// Money over a real wire: a model behind a loopback server, its streams, its refusals, its usage.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { must } from '../protocol/errors.ts';
import { LEDGER, parseLedger, type LedgerLine, type Settle } from '../protocol/formats/ledger.ts';
import { parseRun, type Usage as Used } from '../protocol/formats/records.ts';
import { costOf } from '../protocol/money.ts';
import { ROLE, ask, boot, kernel, operator, server, setModels } from '../../tests/kits/clerk.ts';
import type { Turn } from '../../tests/servers/messages.ts';

const PRICE = { input: 3, output: 15, cache_write: 3.75, cache_read: 0.3 };
const list = { name: 'list', input: { path: '/workspace' } };
const JOB = '/workspace/jobs/daily.md';

const put = async (path: string, content: string): Promise<void> => {
  const read = await operator.read(path);
  const base = read.ok ? read.value.stat.revision : null;
  must(await operator.write([{ op: 'put', path, content, base }], { message: 'm' }));
};
const role = (budget: string): Promise<void> =>
  put('/workspace/agents/clerk/AGENT.md', ROLE.replace('write:', `budget: ${budget}\nwrite:`));
const ledger = async (): Promise<LedgerLine[]> => {
  const lines: LedgerLine[] = [];
  for (const { path } of kernel.kernel.fs.files(LEDGER))
    lines.push(...parseLedger(String(must(await operator.read(path)).content)));
  return lines;
};
const settled = async (): Promise<Settle[]> => (await ledger()).filter((line) => line.t === 'settle');
const budget = async (): Promise<{ month: { spent: number; reserved: number }; open: unknown[] }> =>
  JSON.parse(String(must(await operator.read('/proc/budget')).content)) as never;
/** What the server told its clients, at the price. */
const serverNano = (): number => {
  const told = server.totals();
  const usage: Used = {
    input: told.input_tokens,
    output: told.output_tokens,
    cacheWrite: told.cache_creation_input_tokens,
    cacheRead: told.cache_read_input_tokens,
  };
  return costOf(PRICE, usage);
};
const sum = (lines: readonly Settle[]): number => lines.reduce((nano, line) => nano + line.nano, 0);
const fireJob = async () => {
  const fired = must(await operator.fire(JOB, { args: { wait: true } }));
  const text = String(must(await operator.read(`/system/runs/2026-11-23/${fired.run}.jsonl`)).content);
  return parseRun(text);
};

afterEach(async () => {
  await kernel.stop();
  await server.close();
});

describe('[M3] what is settled is what the API reported', () => {
  test('[A19] to the nano-dollar: cache writes and reads, refusals, an overload in mid-stream, a cut stream', async () => {
    const cached = {
      input_tokens: 12,
      output_tokens: 34,
      cache_creation_input_tokens: 5_678,
      cache_read_input_tokens: 0,
    };
    const script: Turn[] = [
      { text: 'a', tools: [list], usage: cached },
      { error: { status: 429, type: 'rate_limit_error', message: 'slow' } },
      {
        error: { status: 529, type: 'overloaded_error', message: 'mid', after: 1 },
        text: 'x'.repeat(60),
        usage: cached,
      },
      {
        text: 'half of it is',
        cutAfter: 1,
        usage: { input_tokens: 7, output_tokens: 5, cache_read_input_tokens: 5_678 },
      },
      { text: 'done', usage: { input_tokens: 9, output_tokens: 3, cache_read_input_tokens: 5_678 } },
    ];
    await boot(script);
    const { ended, records } = await ask('Go.');
    expect(ended).toMatchObject({ state: 'done', text: 'done' });
    expect(server.requests).toHaveLength(5);
    const lines = await settled();
    expect(lines.map(({ how }) => how)).toEqual(['reported', 'none', 'reported', 'reported', 'reported']);
    expect(sum(lines)).toBe(serverNano());
    expect(sum(lines)).toBeGreaterThan(0);
    expect(records.map(({ t }) => t).filter((t) => t !== 'note')).toEqual(
      'start reserve model tool reserve spent reserve spent reserve spent reserve model end'.split(' '),
    );
    expect(records.at(-1)).toMatchObject({ usd: sum(lines) / 1e9, usage: ended.usage });
    expect(ended.usd).toBe(sum(lines) / 1e9);
    expect(await budget()).toMatchObject({ month: { spent: sum(lines) / 1e9, reserved: 0 }, open: [] });
  });

  test('what was reserved was always enough', async () => {
    await boot([{ text: 'a', tools: [list] }, { text: 'b'.repeat(4_000) }]);
    await ask('Grüße, 你好, und noch mehr. '.repeat(200));
    const lines = await ledger();
    for (const line of lines) {
      if (line.t !== 'settle') continue;
      const held = lines.find(({ t, id }) => t === 'reserve' && id === line.id);
      expect(held?.nano).toBeGreaterThanOrEqual(line.nano);
    }
    expect(lines).toHaveLength(4);
  });

  test('[A20] a killed stream costs what was reported, and holds nothing back', async () => {
    await boot([{ text: 'word '.repeat(400), delayMs: 10 }]);
    const running = ask('Talk long.');
    while (!server.requests[0]?.usage) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await budget()).open).toHaveLength(1);
    must(await operator.call('kill', { run: 'all' }));
    expect((await running).ended.state).toBe('cancelled');
    expect(await settled()).toMatchObject([{ how: 'reported', nano: serverNano() }]);
    expect((await budget()).open).toEqual([]);
  });

  test('a stream that broke off without a word of usage counts in full, in words', async () => {
    await boot([]);
    const mute = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end();
    });
    await new Promise<void>((ready) => mute.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    await setModels(`{ default: { base_url: "${url}", model: m, price: { input: 3, output: 15 } } }`);
    const { ended, records } = await ask('Go.');
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'EPROTO' } });
    const held = (await ledger()).filter(({ t }) => t === 'reserve');
    expect(await settled()).toMatchObject(
      held.map(({ nano }) => ({ how: 'unknown', nano, words: expect.stringMatching(/counts as spent/) })),
    );
    expect(held).toHaveLength(2);
    expect(records.at(-1)).toMatchObject({ usd: (await settled()).reduce((nano, line) => nano + line.nano, 0) / 1e9 });
    mute.closeAllConnections();
    await new Promise((closed) => mute.close(closed));
  });

  test('stopped before a word was said, or nobody there: nothing is spent', async () => {
    await boot(() => ({ hang: true }));
    const running = ask('Wait.');
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    must(await operator.call('kill', { run: 'all' }));
    await running;
    // Stopped before it said anything: what was set aside is given back.
    expect(await settled()).toMatchObject([{ how: 'none', nano: 0 }]);
    await server.close();
    expect((await ask('Again.')).ended).toMatchObject({ state: 'failed', error: { code: 'EIO' } });
    expect((await settled()).map(({ how }) => how)).toEqual(['none', 'none', 'none', 'none']);
  });
});

describe('[M1] prices', () => {
  const unpriced = (): string => `{ default: { base_url: "${server.url}", model: test-model, secret: TEST_KEY } }`;

  test('[A19] a model without a price is not asked, and the words say where to write it', async () => {
    await boot([{ text: 'a' }]);
    await setModels(unpriced());
    const { ended } = await ask('Go.');
    expect(ended).toMatchObject({
      state: 'failed',
      error: {
        code: 'EINVAL',
        message: expect.stringMatching(/no price for test-model.*\/workspace\/settings\/prices\.yaml/),
      },
    });
    expect(server.requests).toHaveLength(0);
    expect(await ledger()).toEqual([]);
  });

  test("the operator's list says it; policy's own price comes first; a list that does not parse is named", async () => {
    const usage = { input_tokens: 1_000, output_tokens: 1_000 };
    await boot([
      { text: 'a', usage },
      { text: 'b', usage },
    ]);
    await put(
      '/workspace/settings/prices.yaml',
      'models:\n  test-model: { input: 1, output: 2, date: 2026-11-23, source: a page }\n',
    );
    await setModels(unpriced());
    expect((await ask('Go.')).ended.usd).toBe(0.003);
    await setModels(unpriced().replace('secret:', 'price: { input: 0, output: 0 }, secret:'));
    expect((await ask('Go.')).ended.usd).toBe(0);
    await put('/workspace/settings/prices.yaml', 'models:\n  test-model: { input: cheap }\n');
    await setModels(unpriced());
    expect((await ask('Go.')).ended.error?.message).toMatch(/prices\.yaml:2: models\.test-model\.input/);
  });

  test('a new workspace has the list, with no price in it that nobody read off', async () => {
    await boot([]);
    const text = String(must(await operator.read('/workspace/settings/prices.yaml')).content);
    expect(text).toMatch(/USD for a million tokens/);
    expect(text).toMatch(/^models: \{\}$/m);
  });
});

describe('[M5] at the limit', () => {
  const USAGE = { input_tokens: 20_000, output_tokens: 1_000 };

  test('[A19] a job is skipped with its reason before anything is sent; the chat goes on, with a note', async () => {
    await boot(() => ({ text: 'here', usage: USAGE }));
    await put(JOB, '---\nagent: clerk\nschedule: "0 7 * * *"\n---\nCount.\n');
    await role('{ usd: 0.08, per: day }');
    expect((await fireJob()).at(-1)).toMatchObject({ t: 'end', state: 'done', usd: 0.075 });
    const skipped = await fireJob();
    expect(skipped.map(({ t }) => t)).toEqual(['start', 'end']);
    expect(skipped.at(-1)).toMatchObject({
      state: 'skipped',
      usd: expect.toSatisfy((usd: unknown) => usd === undefined || usd === 0),
      error: { code: 'EDQUOT', message: expect.stringMatching(/0\.08 USD a day for agent clerk, 0\.005 USD is left/) },
    });
    expect(server.requests).toHaveLength(1);
    const { ended, records } = await ask('Are you there?');
    expect(ended).toMatchObject({ state: 'done', text: 'here' });
    expect(records.filter(({ t }) => t === 'note')).toMatchObject([{ text: expect.stringMatching(/^Over budget/) }]);
  });

  test('in the middle of its work a run fails, and keeps what it did', async () => {
    await boot(() => ({ text: 'x', tools: [list], usage: USAGE }));
    await put(JOB, '---\nagent: clerk\n---\nCount.\n');
    await role('{ usd: 0.155, per: day }');
    const records = await fireJob();
    expect(records.at(-1)).toMatchObject({ state: 'failed', error: { code: 'EDQUOT' }, usd: 0.15 });
  });

  test('with little left, the answer is asked to be short', async () => {
    await boot([{ text: 'short' }]);
    await role('{ per_run: 0.06 }');
    const { records } = await ask('Go.');
    const sent = server.requests[0]?.body.max_tokens ?? 0;
    expect(sent).toBeGreaterThan(1_024);
    expect(sent).toBeLessThan(4_000);
    expect(records.find(({ t }) => t === 'reserve')).toMatchObject({ max_tokens: sent });
    expect(records.find(({ t }) => t === 'note')).toMatchObject({
      text: expect.stringMatching(/may have \d+ tokens instead of 8192/),
    });
  });
});

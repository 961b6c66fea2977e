// Reserving and settling through the gate, by runs whose model is a script: every step a call of its own.
import { describe, expect, test } from 'vitest';
import { fillDisk } from '../boot/faults.ts';
import type { Result } from '../protocol/errors.ts';
import { LEDGER } from '../protocol/formats/ledger.ts';
import type { Values } from '../protocol/syscalls.ts';
import {
  boot,
  budgetOf,
  causesOf,
  done,
  ledgerOf,
  PRICE,
  recordsOf,
  refused,
  reserve,
  said,
  usage,
  type Body,
} from '../../tests/kits/spender.ts';

describe('[M2] before the model is asked', () => {
  test('[A19] the most that it can cost stands in the run and in the ledger, in one change set', async () => {
    const { k, fire } = await boot();
    const { run } = await fire(async (sys) => {
      expect(await reserve(sys)).toEqual({ ok: true, value: { max_tokens: 10_000 } });
      expect(await budgetOf(k)).toMatchObject({
        month: { spent: 0, reserved: 0.101 },
        open: [{ run: sys.run, usd: 0.101 }],
      });
      await said(sys, usage(10));
      return done();
    });
    const records = await recordsOf(k, run);
    expect(records.map(({ t }) => t)).toEqual(['start', 'reserve', 'model', 'end']);
    expect(records[1]).toMatchObject({ model: 'm', usd: 0.101, max_tokens: 10_000 });
    const ledger = await ledgerOf(k);
    expect(ledger).toMatchObject([
      { t: 'reserve', run, actor: 'agent:clerk', model: 'm', nano: 101_000_000 },
      { t: 'settle', nano: 1_100_000, how: 'reported', usage: { input: 1_000, output: 10 } },
    ]);
    const file = k.kernel.fs.files(LEDGER)[0]?.path ?? '';
    expect(file).toMatch(/^\/system\/ledger\/2026-11\/[0-9a-f]{32}\.jsonl$/);
    // One change set has one cause.
    const ofLedger = await causesOf(k, file);
    const ofRun = await causesOf(k, `/system/runs/2026-11-23/${run}.jsonl`);
    expect(ofLedger).toEqual(ofRun.slice(1, 3));
    expect(new Set(ofLedger).size).toBe(2);
  });

  test('less is left than it can cost: a shorter answer, and below what helps nobody none', async () => {
    const { k, fire, role } = await boot();
    await role('budget: { per_run: 0.05 }');
    const { run } = await fire(async (sys) => {
      const first = await reserve(sys);
      expect(first).toMatchObject({
        ok: true,
        value: { max_tokens: 4_900, notice: expect.stringMatching(/4900 tokens.*0\.05 USD/) },
      });
      await said(sys, usage(4_000));
      expect(refused(await reserve(sys))).toMatch(
        /^EDQUOT This run has used its budget: of 0\.05 USD for this run, 0\.009 USD is left.*AGENT\.md/,
      );
      // A call that fits may still be made.
      expect(await reserve(sys, { max_tokens: 700 })).toMatchObject({ ok: true });
      await said(sys, usage(700));
      return done();
    });
    expect((await recordsOf(k, run)).at(-1)).toMatchObject({ t: 'end', usd: 0.049 });
    expect((await budgetOf(k)).open).toEqual([]);
  });

  test('two runs at once do not both spend what is left', async () => {
    const { fire, put } = await boot();
    await put('/system/policy.yaml', 'budget: { usd: 0.15, per: month }\ngrants: {}\n');
    await put('/workspace/jobs/j.md', '---\nagent: clerk\n---\nGo.\n');
    let asked = 0;
    let go = (): void => undefined;
    const both = new Promise<void>((resolve) => (go = resolve));
    const answers: Result<Values['reserve']>[] = [];
    const body: Body = async (sys) => {
      if (++asked === 2) go();
      await both;
      answers.push(await reserve(sys));
      return done();
    };
    await Promise.all([fire(body, '/workspace/jobs/j.md'), fire(body, '/workspace/jobs/j.md')]);
    const granted = answers.map((one) => (one.ok ? one.value.max_tokens : 0));
    expect(granted.sort((a, b) => b - a)).toEqual([10_000, 4_800]);
  });

  test('a price of nothing costs nothing, also where nothing is left', async () => {
    const { fire, role } = await boot();
    await role('budget: { per_run: 0 }');
    await fire(async (sys) => {
      expect(
        await reserve(sys, { price: { ...PRICE, input: 0, output: 0, cache_write: 0, cache_read: 0 } }),
      ).toMatchObject({ ok: true });
      expect(refused(await reserve(sys))).toMatch(/^EDQUOT/);
      return done();
    });
  });

  test('[M2] only a run reserves, and only for itself', async () => {
    const { k, op } = await boot();
    expect(refused(await reserve(op))).toMatch(/^EACCES/);
    expect(refused(await reserve(k.as('agent:clerk')))).toMatch(/^EACCES/);
    expect(await ledgerOf(k)).toEqual([]);
  });
});

describe('[M3] afterwards', () => {
  test('[A19] cache writes and reads at their prices; the end says the sum of what was settled', async () => {
    const { k, fire } = await boot();
    const { run, ended } = await fire(async (sys) => {
      for (const used of [usage(3, { cacheWrite: 7 }), usage(5, { cacheRead: 11 })]) {
        await reserve(sys);
        await said(sys, used);
      }
      // What the run itself thinks it used is not what counts.
      return { ...(await done()), usage: usage(999), usd: 9 };
    });
    expect(ended).toMatchObject({ usd: 9 });
    const nano = [1_000_000 + 30_000 + 7_000, 1_000_000 + 50_000 + 1_100];
    expect((await ledgerOf(k)).flatMap((line) => (line.t === 'settle' ? [line.nano] : []))).toEqual(nano);
    expect((await recordsOf(k, run)).at(-1)).toMatchObject({
      t: 'end',
      usd: 0.0020881,
      usage: { input: 2_000, output: 8, cacheWrite: 7, cacheRead: 11 },
    });
    expect(await budgetOf(k)).toMatchObject({
      month: { spent: 0.0020881, reserved: 0, agents: { 'agent:clerk': 0.0020881 } },
    });
  });

  test('[A22] what was not settled counts in full, in words: at the next call, and at the end', async () => {
    const { k, fire } = await boot();
    const { run } = await fire(async (sys) => {
      await reserve(sys);
      await reserve(sys);
      return done();
    });
    const settled = (await ledgerOf(k)).filter((line) => line.t === 'settle');
    expect(settled).toMatchObject(
      [1, 2].map(() => ({ how: 'unknown', nano: 101_000_000, words: expect.stringMatching(/counts as spent/) })),
    );
    const records = await recordsOf(k, run);
    expect(records.map(({ t }) => t)).toEqual(['start', 'reserve', 'spent', 'reserve', 'end']);
    expect(records[2]).toMatchObject({ how: 'unknown', usd: 0.101 });
    expect(records.at(-1)).toMatchObject({ usd: 0.202 });
    expect((await budgetOf(k)).open).toEqual([]);
  });

  test('a full disk: nothing is set aside that is not on record, and what is open stays so until it can be settled', async () => {
    const { k, fire } = await boot();
    await fire(async (sys) => {
      const full = fillDisk(1);
      expect(refused(await reserve(sys))).toMatch(/^ENOSPC/);
      full.undo();
      expect(await budgetOf(k)).toMatchObject({ open: [], month: { reserved: 0 } });
      await reserve(sys);
      const again = fillDisk(1);
      expect(refused(await said(sys, usage(10)))).toMatch(/^ENOSPC/);
      again.undo();
      expect(await budgetOf(k)).toMatchObject({ open: [{ usd: 0.101 }], month: { spent: 0 } });
      expect((await said(sys, usage(10))).ok).toBe(true);
      return done();
    });
    expect(await ledgerOf(k)).toMatchObject([{ t: 'reserve' }, { t: 'settle', how: 'reported', nano: 1_100_000 }]);
    expect(await budgetOf(k)).toMatchObject({ open: [], month: { spent: 0.0011 } });
  });

  test('numbers that are none say nothing, so the call counts in full', async () => {
    const { k, fire } = await boot();
    await fire(async (sys) => {
      await reserve(sys);
      await said(sys, usage(Number.NaN));
      await reserve(sys);
      await said(sys, usage(-5));
      return done();
    });
    expect((await ledgerOf(k)).flatMap((line) => (line.t === 'settle' ? [[line.how, line.nano]] : []))).toEqual([
      ['unknown', 101_000_000],
      ['unknown', 101_000_000],
    ]);
  });
});

describe('[M4] [A22] a kernel that dies', () => {
  const cut = async (at: 'reserved' | 'settled') => {
    const first = await boot();
    let stand = (): void => undefined;
    const standing = new Promise<void>((resolve) => (stand = resolve));
    void first.fire(async (sys) => {
      await reserve(sys);
      if (at === 'settled') await said(sys, usage(10));
      stand();
      return new Promise(() => undefined);
    });
    await standing;
    first.crash();
    const second = await first.again();
    return second;
  };

  test('between reservation and settlement: settled as unknown, once, and the run that goes on has its cost', async () => {
    const { k, again } = await cut('reserved');
    const lines = await ledgerOf(k);
    expect(lines).toMatchObject([{ t: 'reserve' }, { t: 'settle', how: 'unknown', nano: 101_000_000 }]);
    const records = await recordsOf(k, lines[0]?.t === 'reserve' ? lines[0].run : '');
    expect(records.map(({ t }) => t)).toEqual(['start', 'reserve', 'spent', 'note', 'end']);
    expect(records.at(-1)).toMatchObject({ state: 'done', usd: 0.101 });
    expect(await budgetOf(k)).toMatchObject({ month: { spent: 0.101, unknown: 1 }, open: [] });
    await k.stop();
    expect(await ledgerOf((await again()).k)).toHaveLength(2);
  });

  test('after the settlement: nothing more is counted', async () => {
    const { k } = await cut('settled');
    expect(await ledgerOf(k)).toMatchObject([{ t: 'reserve' }, { t: 'settle', how: 'reported' }]);
    const records = await recordsOf(k, ((await ledgerOf(k))[0] as { run: string }).run);
    expect(records.at(-1)).toMatchObject({
      t: 'end',
      state: 'done',
      usd: 0.0011,
      usage: { input: 1_000, output: 10 },
    });
  });

  test('where the record of the run is closed already, the ledger alone says it', async () => {
    const first = await boot();
    let stand = (): void => undefined;
    const standing = new Promise<void>((resolve) => (stand = resolve));
    let run = '';
    void first.fire(async (sys) => ((run = sys.run), await reserve(sys), stand(), new Promise(() => undefined)));
    await standing;
    const end = { t: 'end', at: 'now', state: 'failed', usage: usage(0) };
    await first.k.kernel.fs.write(
      [{ op: 'append', path: `/system/runs/2026-11-23/${run}.jsonl`, content: `${JSON.stringify(end)}\n` }],
      { actor: 'daemon:test', message: 'm', run: '', cause: '' },
    );
    first.crash();
    const { k } = await first.again();
    expect((await recordsOf(k, run)).map(({ t }) => t)).toEqual(['start', 'reserve', 'end']);
    expect(await ledgerOf(k)).toMatchObject([{ t: 'reserve' }, { t: 'settle', how: 'unknown' }]);
  });

  test('two months ago: what is open is found in the last file of this device', async () => {
    const first = await boot();
    void first.fire(async (sys) => (await reserve(sys), new Promise(() => undefined)));
    await first.k.clock.advance(1_000);
    first.crash();
    first.k.clock.set(Date.UTC(2027, 3, 1));
    const { k } = await first.again();
    expect(await ledgerOf(k)).toMatchObject([{ t: 'reserve' }, { t: 'settle', how: 'unknown' }]);
    expect(k.kernel.fs.files(LEDGER)).toHaveLength(1);
  });

  test('[A20] a killed run leaves nothing reserved, whether it heeds or not', async () => {
    const { k, op, fire } = await boot();
    let stand = (): void => undefined;
    const standing = new Promise<void>((resolve) => (stand = resolve));
    const ended = fire(async (sys) => (await reserve(sys), stand(), new Promise(() => undefined)));
    await standing;
    expect((await budgetOf(k)).open).toHaveLength(1);
    await op.call('kill', { run: 'all' });
    await k.clock.advance(1_000);
    expect((await ended).ended.state).toBe('cancelled');
    expect((await budgetOf(k)).open).toEqual([]);
  });
});

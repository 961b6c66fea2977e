// Which runs are held to which limits, on one device and on two, and how the operator sees it.
import { describe, expect, test } from 'vitest';
import type { Memory } from '../boot/memory.ts';
import { installedFile } from '../protocol/formats/records.ts';
import { boot, budgetOf, done, ledgerOf, refused, reserve, said, usage, type Body } from '../../tests/kits/spender.ts';

const AUTHOR = { actor: 'daemon:test' as const, message: 'm', run: '', cause: '' };
/** One call of 0.0511 USD, or as much of it as is allowed. */
const spend: Body = async (sys) => {
  const held = await reserve(sys);
  if (held.ok) await said(sys, usage(Math.min(5_010, held.value.max_tokens)));
  return done();
};
const JOB = '/workspace/jobs/j.md';
/** What one more call is told. */
const asked = async (fire: Awaited<ReturnType<typeof boot>>['fire'], path?: string): Promise<string> => {
  let answer = '';
  await fire(async (sys) => {
    const held = await reserve(sys);
    answer = held.ok ? (held.value.notice ?? 'granted') : refused(held);
    await said(sys, usage(0));
    return done();
  }, path);
  return answer;
};
const meet = async (a: Memory, b: Memory): Promise<void> => {
  for (const [to, from] of [
    [a, b],
    [b, a],
  ] as const) {
    const merged = await to.kernel.fs.merge(await from.journal.parcels(to.journal.vector()));
    if (!merged.ok) throw new Error(merged.error.message);
  }
};

describe('[M5] a limit of time', () => {
  test.each([
    [
      'of the role',
      'budget: { usd: 0.05, per: day }',
      '',
      '',
      /^EDQUOT.*0\.05 USD a day for agent clerk.*AGENT\.md.*next day/,
    ],
    ['of the role, a month where it does not say', 'budget: { usd: 0.05 }', '', '', /^EDQUOT.*0\.05 USD a month/],
    [
      'of the job',
      '',
      'budget: { usd: 0.05, per: month }',
      '',
      /^EDQUOT.*a month for the job \/workspace\/jobs\/j\.md/,
    ],
    ['of everything', '', '', 'budget: { usd: 0.05, per: week }\n', /^EDQUOT.*a week for everything.*policy\.yaml/],
  ])('%s: a job is refused, in words', async (_of, role, job, policy, words) => {
    const k = await boot();
    await k.role(role);
    await k.put(JOB, `---\nagent: clerk\n${job}\n---\nGo.\n`);
    await k.put('/system/policy.yaml', `tz: UTC\n${policy}`);
    await k.fire(spend, JOB);
    expect(await asked(k.fire, JOB)).toMatch(words);
    // When the period is over, it may go on. (The clock stands at Monday, 23 November, 08:00.)
    k.k.clock.set(Date.UTC(2026, 11, 1));
    expect(await asked(k.fire, JOB)).toMatch(/granted|tokens instead/);
  });

  test('of a job, for one run, where it does not say', async () => {
    const k = await boot();
    await k.put(JOB, '---\nagent: clerk\nbudget: { usd: 0.052 }\n---\nGo.\n');
    const answers: string[] = [];
    const twice: Body = async (sys) => {
      await spend(sys);
      answers.push(refused(await reserve(sys)));
      return done();
    };
    await k.fire(twice, JOB);
    await k.fire(twice, JOB);
    for (const answer of answers)
      expect(answer).toMatch(/^EDQUOT This run has used its budget: of 0\.052 USD for this run/);
    expect(answers).toHaveLength(2);
  });

  test('[A19] the operator asks in person: it goes on, and says so', async () => {
    const k = await boot();
    await k.put('/system/policy.yaml', 'budget: { usd: 0.05, per: month }\ntz: UTC\n');
    await k.fire(spend);
    expect(await asked(k.fire)).toMatch(
      /^Over budget: of 0\.05 USD a month for everything, 0 USD was left.*asked for it/,
    );
    expect((await budgetOf(k.k)).limits).toMatchObject([{ scope: 'all', spent: 0.0521, reserved: 0 }]);
    expect((await budgetOf(k.k)).limits[0]?.left).toBeCloseTo(-0.0021, 9);
  });

  test('what an agent starts is held, and counts for the job and the program of what started it', async () => {
    const k = await boot();
    const powers = { write: [], effects: [], spend: { usd: 0.11, per: 'month' } };
    const tide = JSON.stringify({ name: 'tide', state: 'active', powers, agents: [], jobs: [JOB], forked: {} });
    await k.k.kernel.fs.write([{ op: 'put', path: installedFile('tide'), content: tide, base: null }], AUTHOR);
    await k.put(JOB, '---\nagent: clerk\nprogram: tide\n---\nGo.\n');
    await k.put('/workspace/agents/page/AGENT.md', '---\nname: page\n---\nWork.\n');
    let answer = '';
    let child = false;
    await k.fire(async (sys) => {
      if (child) return spend(sys);
      child = true;
      await sys.fire('/workspace/agents/page', { args: { prompt: 'p', wait: true } });
      await sys.fire('/workspace/agents/page', { args: { prompt: 'q', wait: true } });
      answer = refused(await reserve(sys));
      return done();
    }, JOB);
    expect(answer).toMatch(/^EDQUOT.*0\.11 USD a month for the program tide/);
    const held = (await ledgerOf(k.k)).filter((line) => line.t === 'reserve');
    expect(held).toMatchObject([1, 2].map(() => ({ job: JOB, program: 'tide' })));
  });
});

describe('[M6] two devices', () => {
  const pair = async (devices: (a: string, b: string) => string) => {
    const a = await boot();
    const b = await boot();
    await meet(a.k, b.k);
    await a.put(JOB, '---\nagent: clerk\n---\nGo.\n');
    const shares = devices(a.k.journal.device, b.k.journal.device);
    await a.put('/system/policy.yaml', `tz: UTC\nbudget: { usd: 0.2, per: month${shares} }\n`);
    await meet(a.k, b.k);
    return { a, b };
  };
  const untilRefused = async (k: Awaited<ReturnType<typeof boot>>): Promise<string> => {
    for (let n = 0; n < 20; n++) {
      const answer = await asked(k.fire, JOB);
      if (answer.startsWith('EDQUOT')) return answer;
      await k.fire(spend, JOB);
    }
    throw new Error('never refused');
  };

  test.each([
    ['equal parts', () => '', 0.5],
    ['as policy says', (a: string, b: string) => `, devices: { "${a.slice(0, 8)}": 0.7, "${b}": 0.3 }`, 0.7],
  ])('apart, together they spend no more than the whole: %s', async (_how, devices, share) => {
    const { a, b } = await pair(devices);
    expect((await budgetOf(a.k)).share).toBe(share);
    for (const k of [a, b]) expect(await untilRefused(k)).toMatch(/EDQUOT.*the share of this device/);
    await meet(a.k, b.k);
    const [left, right] = [await budgetOf(a.k), await budgetOf(b.k)];
    expect(left.month.spent).toBe(right.month.spent);
    expect(left.month.spent).toBeLessThanOrEqual(0.2);
    expect(left.month.spent).toBeGreaterThan(0.05);
    expect(Object.keys(left.month.devices)).toHaveLength(2);
    // What the other spent is known now: its own lines and no others are in its own file.
    expect(left.limits.map(({ scope }) => scope)).toEqual(['all', 'device']);
    expect(left.open).toEqual([]);
  });

  test('a device that is not named has no share', async () => {
    const { b } = await pair((a) => `, devices: { "${a}": 1 }`);
    expect(await asked(b.fire, JOB)).toMatch(/^EDQUOT.*0 USD a month for the share of this device/);
    expect(await ledgerOf(b.k)).toEqual([]);
  });
});

describe('[M8] two devices that disagree', () => {
  const apart = async (path: string, before: string, one: string, other: string) => {
    const [a, b] = [await boot(), await boot()];
    await meet(a.k, b.k);
    await a.put(JOB, '---\nagent: clerk\n---\nGo.\n');
    await a.put(path, before);
    await meet(a.k, b.k);
    await a.put(path, one);
    await b.k.clock.advance(5_000);
    await b.put(path, other);
    await meet(a.k, b.k);
    return { a, b };
  };
  const limitsOf = async (k: Memory, scope: string): Promise<number[]> =>
    (await budgetOf(k)).limits.filter((limit) => limit.scope === scope).map(({ usd }) => usd);

  test('on the whole: the strictest holds on both, whatever the merged text says, until it is written again', async () => {
    const policy = (usd: string): string => `tz: UTC\nbudget: { usd: ${usd}, per: month }\n`;
    const { a, b } = await apart('/system/policy.yaml', policy('3'), policy('0.04'), policy('70'));
    const text = await a.op.read('/system/policy.yaml');
    // The digits of both, in one number.
    expect(text.ok && text.value.content).not.toMatch(/usd: (0\.04|70),/);
    for (const { k, fire } of [a, b]) {
      expect(Math.min(...(await limitsOf(k, 'all')))).toBe(0.04);
      expect(await asked(fire, JOB)).toMatch(/0\.02 USD a month for the share of this device/);
    }
    await a.put('/system/policy.yaml', policy('9'));
    await meet(a.k, b.k);
    for (const { k } of [a, b]) expect(await limitsOf(k, 'all')).toEqual([9]);
  });

  test('on a role', async () => {
    const role = (usd: string): string => `---\nname: clerk\nbudget: { usd: ${usd}, per: day }\n---\nWork.\n`;
    const { a, b } = await apart('/workspace/agents/clerk/AGENT.md', role('3'), role('0.05'), role('71'));
    for (const { fire } of [a, b]) {
      expect(await asked(fire, JOB)).toMatch(/tokens instead.*0\.05 USD a day for agent clerk/);
    }
  });

  test('who writes having seen the other does not disagree', async () => {
    const policy = (usd: string): string => `tz: UTC\nbudget: { usd: ${usd}, per: month }\n`;
    const [a, b] = [await boot(), await boot()];
    await meet(a.k, b.k);
    await a.put('/system/policy.yaml', policy('3'));
    await meet(a.k, b.k);
    await b.put('/system/policy.yaml', policy('50'));
    await meet(a.k, b.k);
    for (const { k } of [a, b]) expect(await limitsOf(k, 'all')).toEqual([50]);
  });
});

describe('[M7] the operator sees it', () => {
  test('each limit with what is spent and left; the ledger as a table', async () => {
    const k = await boot();
    await k.role('budget: { usd: 1, per: day }');
    await k.put('/system/policy.yaml', 'budget: { usd: 30, per: month }\ntz: Europe/Berlin\n');
    await k.fire(spend);
    expect(await budgetOf(k.k)).toMatchObject({
      tz: 'Europe/Berlin',
      limits: [
        {
          scope: 'all',
          of: '',
          per: 'month',
          usd: 30,
          spent: 0.0511,
          reserved: 0,
          left: 29.9489,
          where: '/system/policy.yaml',
        },
        { scope: 'agent', of: 'agent:clerk', per: 'day', usd: 1, spent: 0.0511, left: 0.9489 },
      ],
      month: { from: '2026-10-31T23:00:00.000Z', spent: 0.0511, agents: { 'agent:clerk': 0.0511 } },
    });
    const csv = await k.op.read('/proc/ledger.csv');
    const lines = csv.ok ? String(csv.value.content).split('\n') : [];
    expect(lines[0]).toMatch(/^at,id,device,run,actor,job,program,model,state,reserved_usd,usd,input,output/);
    expect(lines[1]).toMatch(
      /^2026-11-23T08:00:00\.000Z,.*,agent:clerk,,,m,reported,0\.101000000,0\.051100000,1000,5010,0,0,$/,
    );
    expect(lines).toHaveLength(3);
    const listed = await k.op.list('/proc');
    expect(listed.ok && listed.value.entries.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/proc/budget', '/proc/ledger.csv']),
    );
  });

  test('[A10] no agent writes the price list', async () => {
    const k = await boot();
    await k.put('/system/policy.yaml', 'autonomy: autonomous\ngrants: { "agent:clerk": { write: [/workspace/**] } }\n');
    await k.role('write: [/workspace/**]');
    const path = '/workspace/settings/prices.yaml';
    const written = await k.k.as('agent:clerk').write([{ op: 'append', path, content: 'x: 1\n' }], { message: 'm' });
    expect(refused(written)).toMatch(/^EACCES.*Propose/);
  });
});

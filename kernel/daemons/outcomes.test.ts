import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { bootMemory, createClock, createDisk, type Clock, type Disk, type Memory } from '../boot/memory.ts';
import type { Actor } from '../protocol/actor.ts';
import { must } from '../protocol/errors.ts';
import type { Change } from '../protocol/files.ts';
import { parseOutcomes, type Outcome, type OutcomeSummary } from '../protocol/formats/outcomes.ts';
import { proposalFile, type Proposal } from '../protocol/formats/records.ts';
import { createNarrative } from './narrative.ts';
import { createOutcomes } from './outcomes.ts';

const kernels: Memory[] = [];
afterEach(async () => {
  for (const kernel of kernels.splice(0)) await kernel.stop();
});

const PROGRAM = {
  name: 'sales',
  version: '1.0.0',
  title: 'Sales',
  agents: [],
  jobs: [],
  powers: { write: [], effects: [] },
};
const DECLARES = `outcomes:
  replies:
    source: /workspace/sales/*.csv
    key: id
    match: proposal
    value: amount
    unit: EUR
    folds: [count, sum, avg, min, max, last, rate]
    windows: [7d]
`;
const HEAD = 'id,amount,at,proposal\n';

const boot = async (disk: Disk = createDisk(), clock: Clock = createClock(), narrative = false) => {
  let dead = false;
  const setTimer: Clock['setTimer'] = (run, ms) => clock.setTimer(() => (dead ? undefined : run()), ms);
  const kernel = await bootMemory({
    disk,
    clock,
    daemons: [createOutcomes(setTimer), ...(narrative ? [createNarrative({ setTimer })] : [])],
  });
  kernels.push(kernel);
  const op = kernel.as('operator');
  const as = async (actor: Actor, ...changes: Change[]): Promise<void> => {
    must(await kernel.kernel.fs.write(changes, { actor, message: 'm', run: '', cause: '' }));
  };
  const text = async (path: string): Promise<string> => {
    const read = await op.read(path, { as: 'text' });
    return read.ok ? String(read.value.content) : '';
  };
  const files = async (): Promise<Record<string, string>> => {
    const listed = await op.list('/system/outcomes/sales');
    const out: Record<string, string> = {};
    for (const { path } of listed.ok ? listed.value.entries : []) out[path] = await text(path);
    return out;
  };
  return {
    kernel,
    op,
    clock,
    as,
    text,
    files,
    rest: () => clock.advance(1_500),
    outcome: async (key: string) => JSON.parse(await text(`/system/outcomes/sales/${key}.json`)) as Outcome,
    summary: async () => JSON.parse(await text('/system/outcomes/sales/summary.json')) as OutcomeSummary,
    declare: async (outcomes = DECLARES, state = 'active') => {
      const put = async (path: string, content: string): Promise<Change> => {
        const there = await op.read(path);
        return { op: 'put', path, content, base: there.ok ? there.value.stat.revision : null };
      };
      await as(
        'daemon:test',
        await put('/programs/sales/org.allod/outcomes.yaml', outcomes),
        await put('/programs/sales/org.allod/program.yaml', 'title: Sales\noutcomes: org.allod/outcomes.yaml\n'),
        await put('/system/programs/sales.json', JSON.stringify({ ...PROGRAM, state })),
      );
    },
    crash: () => {
      dead = true;
      kernels.splice(kernels.indexOf(kernel), 1);
      kernel.crash();
    },
  };
};

test('[A16] [O1] an outcome carries the id of the proposal that it came of, and folding again changes nothing', async () => {
  const k = await boot(createDisk(), createClock(), true);
  await k.declare();
  const asked = must(
    await k.kernel.as('agent:seller').propose({
      changes: [{ op: 'put', path: '/workspace/offer.md', content: 'An offer.' }],
      title: 'Write the offer',
      rationale: 'they asked',
      reversibility: 'reversible',
    }),
  );
  const { hash } = JSON.parse(await k.text(proposalFile(asked.id))) as Proposal;
  must(await k.op.invoke('decide', { id: asked.id, hash, verdict: 'approve' }));
  await k.as('program:sales', {
    op: 'put',
    path: '/workspace/sales/a.csv',
    content: `${HEAD}r1,250,2026-11-22,${asked.id}\n`,
  });
  await k.rest();
  expect(await k.outcome('replies.r1')).toEqual({
    key: 'replies.r1',
    proposal: asked.id,
    value: 250,
    unit: 'EUR',
    at: '2026-11-22T00:00:00.000Z',
    attestation: 'platform',
    source: '/workspace/sales/a.csv',
  });
  // An agent can have it in front of it when it looks at the next proposal.
  const shown = must(await k.kernel.as('agent:reviewer').read('/system/outcomes/sales/summary.json'));
  expect(String(shown.content)).toContain(asked.id);
  const before = k.kernel.journal.entryCount();
  const files = await k.files();
  await k.as('program:sales', {
    op: 'append',
    path: '/workspace/sales/a.csv',
    content: `r1,250,2026-11-22,${asked.id}\n`,
  });
  await k.rest();
  expect(await k.files()).toEqual(files);
  expect(k.kernel.journal.entryCount()).toBe(before + 1);
  // What the daemon did is told, once for each time it did something.
  const acts = (await k.text('/system/narrative/2026-11-23.md'))
    .split('\n')
    .filter((line) => line.includes('housekeeping daemon'));
  expect(acts.filter((line) => line.includes('Folds the outcomes of sales: 1 outcomes'))).toHaveLength(1);
});

test('[A16] [O1] a restart folds what came meanwhile, and nothing twice', async () => {
  const first = await boot();
  await first.declare();
  await first.as('operator', { op: 'put', path: '/workspace/sales/a.csv', content: `${HEAD}r1,1,2026-11-22,\n` });
  await first.rest();
  await first.as('operator', { op: 'append', path: '/workspace/sales/a.csv', content: 'r2,2,2026-11-22,\n' });
  first.crash();
  const second = await boot(first.kernel.disk, first.clock);
  await second.rest();
  expect(Object.keys(await second.files())).toEqual([
    '/system/outcomes/sales/replies.r1.json',
    '/system/outcomes/sales/replies.r2.json',
    '/system/outcomes/sales/summary.json',
  ]);
  const revisions = must(await second.op.list('/system/outcomes/sales/replies.r1.json', { history: true }));
  expect(revisions.entries).toHaveLength(1);
});

test('[A16] [O1] any order and repetition of the same changes gives the same outcomes', async () => {
  const row = fc.record({
    key: fc.constantFrom('r1', 'r2', 'a key/with ü'),
    value: fc.integer({ min: -5, max: 5 }),
    day: fc.constantFrom('2026-11-20', '2026-11-21'),
    file: fc.constantFrom('a', 'b'),
    actor: fc.constantFrom<Actor>('operator', 'agent:seller', 'program:sales'),
  });
  const folded = async (rows: readonly (typeof row extends fc.Arbitrary<infer T> ? T : never)[], wait: boolean) => {
    const k = await boot();
    const heads = ['a', 'b'].map((file): Change => ({
      op: 'put',
      path: `/workspace/sales/${file}.csv`,
      content: HEAD,
    }));
    await k.as('program:sales', ...heads);
    await k.declare();
    for (const { key, value, day, file, actor } of rows) {
      await k.as(actor, { op: 'append', path: `/workspace/sales/${file}.csv`, content: `${key},${value},${day},\n` });
      if (wait) await k.rest();
    }
    await k.rest();
    return k.files();
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 5 }).chain((rows) =>
        fc.record({
          rows: fc.constant(rows),
          again: fc
            .tuple(fc.subarray(rows), fc.constant(rows))
            .chain(([more, all]) => fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length })),
        }),
      ),
      async ({ rows, again }) => {
        expect(await folded(again, true)).toEqual(await folded(rows, false));
      },
    ),
    { numRuns: 8 },
  );
});

test('[O2] the weakest of those who wrote a row vouches for it, and an agent never replaces what another vouches for', async () => {
  const k = await boot();
  await k.declare();
  const path = '/workspace/sales/a.csv';
  await k.as('program:sales', { op: 'put', path, content: `${HEAD}p,10,2026-11-20,\nt,10,2026-11-20,\n` });
  await k.as('operator', { op: 'append', path, content: 'o,20,2026-11-20,\n' });
  await k.as('agent:seller', { op: 'append', path, content: 'a,30,2026-11-20,\np,999,2026-11-22,\n' });
  await k.as('agent:seller', { op: 'edit', path, old: 't,10', new: 't,99' });
  await k.rest();
  const vouched = async (key: string) => {
    const { value, attestation } = await k.outcome(`replies.${key}`);
    return [value, attestation];
  };
  expect(await vouched('p')).toEqual([10, 'platform']);
  expect(await vouched('t')).toEqual([99, 'agent']);
  expect(await vouched('o')).toEqual([20, 'operator']);
  expect(await vouched('a')).toEqual([30, 'agent']);
  expect((await k.summary()).folds['replies']?.attested).toEqual({ platform: 1, operator: 1, agent: 2 });
});

test('[O3] figures over all time and over windows that end today, and that move with the day', async () => {
  const k = await boot();
  await k.declare();
  const content = `${HEAD}r1,10,2026-11-01,\nr2,20,2026-11-17,\nr3,60,2026-11-23T07:00:00Z,\n`;
  await k.as('operator', { op: 'put', path: '/workspace/sales/a.csv', content });
  await k.rest();
  expect((await k.summary()).folds['replies']?.figures).toEqual({
    all: { count: 3, sum: 90, avg: 30, min: 10, max: 60, last: 60 },
    '7d': { count: 2, sum: 80, avg: 40, min: 20, max: 60, last: 60, rate: 2 / 7 },
  });
  k.clock.set(Date.UTC(2026, 10, 24, 9));
  await k.clock.advance(3_700_000);
  expect((await k.summary()).folds['replies']?.figures['7d']).toMatchObject({ count: 1, sum: 60 });
});

test('[O4] rows that cannot be read are named with file and line, and the others count', async () => {
  const k = await boot();
  await k.declare();
  const content = `${HEAD}r1,10,2026-11-01,\n,20,2026-11-17,\nr3,much,2026-11-17,\nr4,1,soon,\nr5,1,2026-11-17,p-none\n`;
  await k.as('operator', { op: 'put', path: '/workspace/sales/a.csv', content });
  await k.rest();
  const { problems, folds } = await k.summary();
  expect(problems).toEqual([
    '/workspace/sales/a.csv:3: has no id, which is part of its key.',
    '/workspace/sales/a.csv:4: amount is not a number.',
    '/workspace/sales/a.csv:5: at is not a date such as 2026-11-23 or 2026-11-23T08:00:00Z.',
    '/workspace/sales/a.csv:6: names the proposal p-none, which there is not.',
  ]);
  expect(folds['replies']?.figures['all']?.count).toBe(2);
});

test('[O4] a file that declares outcomes wrongly is refused with its line, and said in the summary', async () => {
  const file = '/programs/sales/org.allod/outcomes.yaml';
  const refused = (text: string): string => {
    const parsed = parseOutcomes(file, text);
    return parsed.ok ? '' : parsed.error.message;
  };
  expect(refused(DECLARES)).toBe('');
  expect(refused(DECLARES.replace('[7d]', '[7w]'))).toBe(
    `${file}:9: outcomes.replies.windows.0: a number of days such as 7d`,
  );
  expect(refused(DECLARES.replace('/workspace/sales', '/system/runs'))).toContain(`${file}:3: outcomes.replies.source`);
  expect(refused(DECLARES.replace('    unit', '    units'))).toContain('units');
  // What was found before stays until it can be read again.
  const k = await boot();
  await k.declare();
  await k.as('operator', { op: 'put', path: '/workspace/sales/a.csv', content: `${HEAD}r1,10,2026-11-01,\n` });
  await k.rest();
  await k.declare(DECLARES.replace('[7d]', '[7w]'));
  await k.rest();
  expect((await k.outcome('replies.r1')).value).toBe(10);
  expect((await k.summary()).problems).toEqual([`${file}:9: outcomes.replies.windows.0: a number of days such as 7d`]);
});

test('[O1] outcomes of a program that is not active stay as they are; a row that is gone takes its outcome with it', async () => {
  const k = await boot();
  await k.declare();
  const path = '/workspace/sales/a.csv';
  await k.as('operator', { op: 'put', path, content: `${HEAD}r1,10,2026-11-01,\nr2,1,2026-11-01,\n` });
  await k.rest();
  await k.as('operator', { op: 'edit', path, old: 'r2,1,2026-11-01,\n', new: '' });
  await k.rest();
  const files = await k.files();
  expect(Object.keys(files)).toEqual(['/system/outcomes/sales/replies.r1.json', '/system/outcomes/sales/summary.json']);
  await k.declare(DECLARES, 'installed');
  await k.as('operator', { op: 'remove', path });
  await k.rest();
  expect(await k.files()).toEqual(files);
});

test.each(['csv', 'jsonl'])(
  '[O2] line ends of another kind do not move an agent’s row onto another’s line (%s)',
  async (ending) => {
    const k = await boot();
    await k.declare(DECLARES.replace('*.csv', `*.${ending}`));
    const path = `/workspace/sales/a.${ending}`;
    const row = (id: string): string =>
      ending === 'csv' ? `${id},1,2026-11-20,` : JSON.stringify({ id, amount: 1, at: '2026-11-20' });
    const head = ending === 'csv' ? HEAD : '\n';
    const tail = `${row('o1')}\n${row('o2')}\n${row('o3')}\n`;
    await k.as('operator', { op: 'put', path, content: head + tail });
    await k.as('agent:seller', { op: 'edit', path, old: row('o1'), new: `${row('o1')}\n\r\r${row('a')}` });
    await k.rest();
    expect((await k.outcome('replies.a')).attestation).toBe('agent');
    expect((await k.outcome('replies.o3')).attestation).toBe('operator');
  },
);

test('[O2] who names the columns of a CSV vouches for its rows too', async () => {
  const k = await boot();
  await k.declare();
  const path = '/workspace/sales/a.csv';
  const content = 'id,loss,amount,at,proposal\no,1,20,2026-11-20,\n';
  await k.as('operator', { op: 'put', path, content });
  await k.rest();
  expect(await k.outcome('replies.o')).toMatchObject({ value: 20, attestation: 'operator' });
  await k.as('agent:seller', { op: 'edit', path, old: 'loss,amount', new: 'amount,loss' });
  await k.rest();
  expect(await k.outcome('replies.o')).toMatchObject({ value: 1, attestation: 'agent' });
});

test('[O2] rows that a program shipped are its word, not the platform’s; what it wrote there later is', async () => {
  const k = await boot();
  await k.declare();
  const path = '/workspace/sales/a.csv';
  const content = `${HEAD}shipped,10,2026-11-20,\n`;
  await k.as('program:sales', { op: 'put', path, content, attrs: { fork: 'sales|1' } });
  await k.as('program:sales', { op: 'append', path, content: 'later,10,2026-11-20,\n' });
  await k.rest();
  expect((await k.outcome('replies.shipped')).attestation).toBe('agent');
  expect((await k.outcome('replies.later')).attestation).toBe('platform');
});

test('[O2] what an agent took out of a line makes the line its word, also after the operator saved again', async () => {
  const k = await boot();
  await k.declare();
  const path = '/workspace/sales/a.csv';
  await k.as('operator', {
    op: 'put',
    path,
    content: `${HEAD}1,9000,2026-11-23,\n2,20,2026-11-23,\n`,
    base: null,
  });
  await k.as('agent:shell', { op: 'edit', path, old: '9000', new: '9' });
  await k.as('operator', { op: 'append', path, content: '3,30,2026-11-23,\n' });
  await k.rest();
  const said = async (key: string) => (await k.outcome(`replies.${key}`)).attestation;
  expect([await said('1'), await said('2'), await said('3')]).toEqual(['agent', 'operator', 'operator']);
  expect((await k.outcome('replies.1')).value).toBe(9);
  // Written anew by the operator, it is the operator's again.
  await k.as('operator', { op: 'edit', path, old: '1,9,', new: '1,9000.5,' });
  await k.rest();
  expect(await said('1')).toBe('operator');
  // A column that is another one for want of a letter is an agent's too.
  await k.as('operator', { op: 'edit', path, old: 'id,amount', new: 'id,famount' });
  await k.as('agent:shell', { op: 'edit', path, old: 'famount', new: 'amount' });
  await k.rest();
  expect(await said('2')).toBe('agent');
});

test('[O2] private memory is no source', async () => {
  const k = await boot();
  await k.declare(DECLARES.replace('/workspace/sales/*.csv', '/workspace/**'));
  const content = `${HEAD}secret,1,2026-11-23,\n`;
  await k.as('agent:shell', { op: 'put', path: '/workspace/agents/shell/memory/m.csv', content, base: null });
  await k.as('operator', {
    op: 'put',
    path: '/workspace/open.csv',
    content: content.replace('secret', 'told'),
    base: null,
  });
  await k.rest();
  expect(Object.keys(await k.files()).sort()).toEqual([
    '/system/outcomes/sales/replies.told.json',
    '/system/outcomes/sales/summary.json',
  ]);
});

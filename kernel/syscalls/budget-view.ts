/**
 * /proc/budget: every limit that holds now, with what was spent, what is set aside for calls that go on, and what is
 * left; and what each agent, job, program and device spent this month, limited or not.
 */
import { balance, limitsOf, shareOf, type Limit } from '../policy/budget.ts';
import { periodAt } from '../policy/periods.ts';
import { JOBS } from '../protocol/formats/job.ts';
import { usdOf } from '../protocol/money.ts';
import type { Account } from '../process/ledger.ts';
import { policyLimits, readJob, zoneOf } from './budgets.ts';
import type { Kernel } from './kernel.ts';

/** A run's own limit is not among them: it is read beside the run. */
const limitsOfAll = async (kernel: Kernel): Promise<Limit[]> => {
  const ledger = await kernel.ledger.open();
  const none = { budget: undefined };
  const of = (bound: Parameters<typeof limitsOf>[0]): Limit[] => limitsOf(bound, none, ledger.device, []);
  const limits = await policyLimits(kernel, ledger);
  const agents = await kernel.fs.list('/workspace/agents', { limit: 10_000 });
  for (const { path } of agents.ok ? agents.value.entries : []) {
    const { role } = await kernel.facts.of(`agent:${path.split('/').at(-1) ?? ''}`, []);
    limits.push(...of({ role }));
  }
  for (const { path } of kernel.fs.files(JOBS)) limits.push(...of({ job: await readJob(kernel, path) }));
  for (const program of await kernel.facts.programs()) limits.push(...of({ program }));
  return limits;
};

const sums = (accounts: readonly Account[], key: (account: Account) => string | undefined): Record<string, number> => {
  const nano = new Map<string, number>();
  for (const account of accounts) {
    const name = key(account);
    if (name !== undefined) nano.set(name, (nano.get(name) ?? 0) + (account.settled?.nano ?? 0));
  }
  return Object.fromEntries([...nano].map(([name, sum]) => [name, usdOf(sum)]));
};

export const budgetView = async (kernel: Kernel): Promise<object> => {
  const ledger = await kernel.ledger.open();
  const policy = await kernel.facts.policy();
  const [now, tz] = [kernel.now(), zoneOf(policy)];
  const limits = (await limitsOfAll(kernel)).map((limit) => {
    const { spent, reserved, left } = balance(limit, ledger.accounts(), now, tz);
    const { scope, of, per, nano, where } = limit;
    return {
      scope,
      of,
      per,
      usd: usdOf(nano),
      spent: usdOf(spent),
      reserved: usdOf(reserved),
      left: usdOf(left),
      where,
    };
  });
  const { from } = periodAt('month', now, tz);
  const month = [...ledger.accounts()].filter(({ at }) => Date.parse(at) >= from);
  return {
    tz,
    device: ledger.device,
    share: shareOf(policy.budget?.devices, ledger.device, ledger.devices()),
    limits,
    month: {
      from: new Date(from).toISOString(),
      spent: usdOf(month.reduce((sum, { settled }) => sum + (settled?.nano ?? 0), 0)),
      reserved: usdOf(month.reduce((sum, { settled, nano }) => sum + (settled ? 0 : nano), 0)),
      unknown: month.filter(({ settled }) => settled?.how === 'unknown').length,
      agents: sums(month, ({ actor }) => actor),
      jobs: sums(month, ({ job }) => job),
      programs: sums(month, ({ program }) => program),
      devices: sums(month, ({ device }) => device),
      models: sums(month, ({ model }) => model),
    },
    open: ledger.open().map(({ id, run, model, nano }) => ({ id, run, model, usd: usdOf(nano) })),
  };
};

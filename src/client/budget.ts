/** What /proc/budget says: what was spent this month, what is set aside, and what is left of each limit. */
import { ok, type Result } from '../../kernel/protocol/errors.ts';
import { LEDGER } from '../../kernel/protocol/formats/ledger.ts';
import type { Client } from './client.ts';
import { useClient } from './context.ts';
import { createLive, fromJson, type Live } from './live.ts';

export type BudgetLimit = {
  scope: string;
  of: string;
  per: string;
  usd: number;
  spent: number;
  reserved: number;
  left: number;
  /** The file it stands in, or whose powers say it. */
  where: string;
};
export type Budget = {
  /** Where the operator is: days and months begin there. */
  tz: string;
  device: string;
  limits: BudgetLimit[];
  month: { from: string; spent: number; reserved: number; unknown: number };
};

/** The limit on all that a month may cost, which is told before any other. */
export const monthLimit = ({ limits }: Budget): BudgetLimit | undefined =>
  limits.find(({ scope, per }) => scope === 'all' && per === 'month');

export const readBudget = async (client: Client): Promise<Result<Budget>> => {
  const read = await client.stub.read('/proc/budget', { as: 'text' });
  return read.ok ? ok(fromJson(read.value.content) as Budget) : read;
};

/** Loaded again whenever a call is reserved or settled. */
export const createBudget = (): Live<Budget> => {
  const client = useClient();
  return createLive(
    () => `${LEDGER}/**`,
    () => readBudget(client),
  );
};

/** Whose a limit on spending is, in words. */
import type { BudgetLimit } from '../client/budget.ts';

const WHOSE: Record<string, (of: string) => string> = {
  all: () => 'Everything',
  device: () => 'This device’s share',
  agent: (of) => of.replace('agent:', 'Agent '),
  job: (of) => `Job ${of.split('/').at(-1) ?? of}`,
  program: (of) => `Program ${of}`,
};

/** "Agent analyst, a month" */
export const limitWords = ({ scope, of, per }: Pick<BudgetLimit, 'scope' | 'of' | 'per'>): string =>
  `${WHOSE[scope]?.(of) ?? of}, a ${per}`;

/** MoneyCard: what model calls cost this month and what is left of each limit, as the ledger says. */
import { Show } from 'solid-js';
import { createBudget, type BudgetLimit } from '../../client/budget.ts';
import { href } from '../../client/route.ts';
import { Card } from '../../ui/Card.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { money, monthName, plural } from '../../ui/words.ts';
import { limitWords } from '../limit-words.ts';

const limitFact = (limit: BudgetLimit) => ({
  term: limitWords(limit),
  value: `${money(Math.max(0, limit.left))} left of ${money(limit.usd)}`,
});

export function MoneyCard() {
  const budget = createBudget();
  return (
    <Card title="Money">
      <Show when={budget.value()} fallback={<Skeleton label="Reading the ledger" />}>
        {(value) => (
          <Facts
            facts={[
              {
                term: monthName(Date.now(), { now: Date.now() }),
                value: money(value().month.spent),
              },
              value().month.reserved > 0 && {
                term: 'Set aside',
                value: `${money(value().month.reserved)} for calls that go on`,
              },
              value().month.unknown > 0 && {
                term: 'Not known',
                value: `${plural(value().month.unknown, 'call')} broke off unheard, and count with the most they can have cost`,
              },
              ...value().limits.map(limitFact),
              {
                term: 'At a limit',
                value:
                  'A job is skipped, and says so; you in person are told, and go on. A limit for one run holds always.',
              },
              { term: 'Every call', value: <a href={href({ room: 'money' })}>In Money</a> },
            ]}
          />
        )}
      </Show>
    </Card>
  );
}
